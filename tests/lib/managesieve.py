# SPDX-License-Identifier: LGPL-2.1-or-later
"""A ManageSieve client (RFC 5804) as far as script editors use it."""
import base64
import re

from client import connect


class Answer:
    """word: OK, NO or BYE; code: "WARNINGS" or ""; text."""

    def __init__(self, word, code, text):
        self.word, self.code, self.text = word, code, text

    def __repr__(self):
        return "<%s (%s) %s>" % (self.word, self.code, self.text)


class ManageSieve:
    def __init__(self, port, user, password="pw"):
        self.socket = connect("inet:127.0.0.1:%d" % port)
        self.file = self.socket.makefile("rb")
        self.greeting, answer = self.answer()
        self.must(answer)
        plain = base64.b64encode(
            ("\0%s\0%s" % (user, password)).encode()).decode()
        # The capabilities come again, of this user now.
        self.must(self.command('AUTHENTICATE "PLAIN" "%s"' % plain)[1])
        self.capabilities = self.command("CAPABILITY")[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    @staticmethod
    def must(answer):
        if answer.word != "OK":
            raise AssertionError("ManageSieve: %r" % answer)
        return answer

    def answer(self):
        """(lines before it, Answer)."""
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                raise AssertionError("ManageSieve hung up after %r" % lines)
            literal = re.search(rb"\{([0-9]+)\}\r\n$", line)
            if literal:
                line = line[:literal.start()] + self.file.read(
                    int(literal.group(1))) + self.file.readline()
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            found = re.match(r'(OK|NO|BYE)\b ?(?:\(([^)]*)\))? ?"?(.*?)"?$',
                             text, re.S)
            if found:
                return lines, Answer(found.group(1), found.group(2) or "",
                                     found.group(3))
            lines.append(text)

    def command(self, text, script=None):
        data = text.encode()
        if script is not None:
            script = script.encode()
            data += b" {%d+}\r\n%s" % (len(script), script)
        self.socket.sendall(data + b"\r\n")
        return self.answer()

    def put(self, name, script):
        return self.command('PUTSCRIPT "%s"' % name, script)[1]

    def check(self, script):
        return self.command("CHECKSCRIPT", script)[1]

    def activate(self, name):
        return self.command('SETACTIVE "%s"' % name)[1]
