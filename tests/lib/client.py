# SPDX-License-Identifier: LGPL-2.1-or-later
"""An LMTP and SMTP client over a raw socket. It says what it is told, byte for
byte: pipelined, odd, or half a command and then gone."""
import re
import socket
import struct

TIMEOUT = 30


class Reply:
    """One reply: code (int), enhanced ("5.1.1" or ""), text, lines (bytes)."""

    def __init__(self, lines):
        self.lines = lines
        last = lines[-1]
        if not re.match(rb"[2-5][0-9][0-9]( |$)", last):
            raise AssertionError("not a reply: %r" % last)
        self.code = int(last[:3])
        self.text = b"\n".join(line[4:] for line in lines).decode(
            "utf-8", "replace")
        found = re.match(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})( |$)", self.text)
        self.enhanced = found.group(1) if found else ""

    @property
    def status(self):
        """"550 5.1.1": what tests compare."""
        return ("%d %s" % (self.code, self.enhanced)).strip()

    def __repr__(self):
        return "<%d %s>" % (self.code, self.text)


class Gone(AssertionError):
    """The server hung up where a reply was due."""


def connect(address, timeout=TIMEOUT):
    """address: "unix:PATH" or "inet:HOST:PORT"."""
    kind, _, rest = address.partition(":")
    if kind == "unix":
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(timeout)
        sock.connect(rest)
        return sock
    host, _, port = rest.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout)


def dot_stuffed(message):
    """The message as DATA sends it, with the final dot. Bytes are kept: only
    CRLF ends a line here."""
    stuffed = re.sub(rb"(^|\r\n)\.", rb"\1..", message)
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") or not stuffed
                      else b"\r\n.\r\n")


class Client:
    """Common to both protocols; hello is the greeting command."""
    hello = "LHLO"

    def __init__(self, address, hello=True, timeout=TIMEOUT):
        self.socket = connect(address, timeout)
        self.pending = b""
        self.capabilities = []
        if hello:
            self.expect(220, self.reply())
            answer = self.command("%s client.example.org" % self.hello)
            self.expect(250, answer)
            self.capabilities = [line[4:].decode() for line in answer.lines]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @staticmethod
    def expect(code, reply):
        if reply.code != code:
            raise AssertionError("expected %d, got %r" % (code, reply))
        return reply

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def line(self):
        while b"\n" not in self.pending:
            more = self.socket.recv(65536)
            if not more:
                raise Gone("connection closed after %r" % self.pending)
            self.pending += more
        line, self.pending = self.pending.split(b"\n", 1)
        if not line.endswith(b"\r"):
            raise AssertionError("a line without CR: %r" % line)
        return line[:-1]

    def reply(self):
        lines = [self.line()]
        while lines[-1][3:4] == b"-":
            lines.append(self.line())
        return Reply(lines)

    def command(self, text):
        self.send(text.encode() + b"\r\n" if isinstance(text, str)
                  else text + b"\r\n")
        return self.reply()

    def envelope(self, sender, recipients):
        """MAIL and RCPT one by one; the replies to RCPT."""
        self.expect(250, self.command("MAIL FROM:<%s>" % sender))
        return [self.command("RCPT TO:<%s>" % recipient)
                for recipient in recipients]

    def data(self, message, count):
        """DATA and its count replies; count is 1 for SMTP."""
        self.expect(354, self.command("DATA"))
        self.send(dot_stuffed(message))
        return [self.reply() for _ in range(count)]

    def vanish(self):
        """Gone without a word: a reset where TCP has one."""
        if self.socket.family != socket.AF_UNIX:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        self.socket.close()

    def quit(self):
        self.expect(221, self.command("QUIT"))
        self.close()


class Lmtp(Client):
    def deliver(self, recipients, message, sender="sender@example.org",
                pipelined=False):
        """One message; returns {recipient: its last Reply}, the reply to RCPT
        where that refused and the one after the data otherwise. A recipient
        given twice keeps the later one."""
        if pipelined:
            self.send("MAIL FROM:<%s>\r\n" % sender + "".join(
                "RCPT TO:<%s>\r\n" % one for one in recipients) + "DATA\r\n")
            self.expect(250, self.reply())
            given = [self.reply() for _ in recipients]
        else:
            given = self.envelope(sender, recipients)
        result = dict(zip(recipients, given))
        accepted = [one for one, reply in zip(recipients, given)
                    if reply.code == 250]
        if pipelined:
            answer = self.reply()
            if accepted:
                self.expect(354, answer)
                self.send(dot_stuffed(message))
                replies = [self.reply() for _ in accepted]
            else:
                replies = []
        elif accepted:
            replies = self.data(message, len(accepted))
        else:
            self.expect(250, self.command("RSET"))
            replies = []
        result.update(zip(accepted, replies))
        return result


class Smtp(Client):
    hello = "EHLO"

    def deliver(self, recipients, message, sender="sender@example.org"):
        """One message; returns {recipient: Reply to RCPT} and under None the
        reply after the data."""
        given = self.envelope(sender, recipients)
        result = dict(zip(recipients, given))
        if any(reply.code == 250 for reply in given):
            result[None] = self.data(message, 1)[0]
        else:
            self.expect(250, self.command("RSET"))
        return result
