# SPDX-License-Identifier: LGPL-2.1-or-later
"""The world outside: an SMTP server on a loopback port that takes everything
and keeps it."""
import re
import socketserver
import threading


class Letter:
    def __init__(self, sender):
        self.sender = sender
        self.recipients = []
        self.message = b""


class _Session(socketserver.StreamRequestHandler):
    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        self.say("220 world.example.org")
        try:
            self.talk()
        except ConnectionResetError:
            pass  # Postfix does not wait for the reply to QUIT

    def talk(self):
        letter = None
        for line in self.rfile:
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            verb = text[:4].upper()
            path = re.search(r"<(.*?)>", text)
            if verb == "MAIL":
                letter = Letter(path.group(1))
            elif verb == "RCPT":
                letter.recipients.append(path.group(1))
            elif verb == "DATA":
                self.say("354 go on")
                letter.message = self.read_message()
                self.server.world.keep(letter)
            self.say("221 bye" if verb == "QUIT" else "250 ok")

    def read_message(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)
        raise ConnectionError("half a message")


class World:
    def __init__(self):
        self.letters = []
        self._changed = threading.Condition()
        self._server = socketserver.ThreadingTCPServer(
            ("127.0.0.1", 0), _Session)
        self._server.daemon_threads = True
        self._server.world = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,),
                         daemon=True).start()

    def keep(self, letter):
        with self._changed:
            self.letters.append(letter)
            self._changed.notify_all()

    def wait(self, count, seconds=30):
        """Whether count letters have come in time."""
        with self._changed:
            return self._changed.wait_for(
                lambda: len(self.letters) >= count, seconds)

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
