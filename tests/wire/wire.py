# SPDX-License-Identifier: LGPL-2.1-or-later
"""One end of a connection: blocking reads by line or by length, each with a
deadline that only guards against hanging."""
import socket


class Failure(Exception):
    """The agent did something else than the conversation says."""


class Wire:
    def __init__(self, sock, name, limit):
        self.sock, self.name, self.buffer = sock, name, b''
        sock.settimeout(limit)

    @classmethod
    def connect(cls, path, name, limit):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(limit)
        sock.connect(path)
        return cls(sock, name, limit)

    def _more(self, what):
        try:
            piece = self.sock.recv(1 << 18)
        except socket.timeout:
            raise Failure(f'{self.name}: waited in vain for {what}'
                          f'{self._so_far()}') from None
        except ConnectionError as error:
            raise Failure(f'{self.name}: {error}, expected {what}') from None
        if not piece:
            raise Failure(f'{self.name}: closed, expected {what}'
                          f'{self._so_far()}')
        self.buffer += piece

    def _so_far(self):
        return f'; so far {self.buffer[:200]!r}' if self.buffer else ''

    def read_line(self, what='a line'):
        """One line without its CRLF; a line that ends otherwise is a fault."""
        while b'\n' not in self.buffer:
            self._more(what)
        line, self.buffer = self.buffer.split(b'\n', 1)
        if not line.endswith(b'\r'):
            raise Failure(f'{self.name}: a line without CR: {line!r}')
        return line[:-1]

    def read_exactly(self, size, what='data'):
        pieces, have = [self.buffer], len(self.buffer)
        while have < size:
            self.buffer = b''
            self._more(what)
            pieces.append(self.buffer)
            have += len(self.buffer)
        data = b''.join(pieces)
        self.buffer = data[size:]
        return data[:size]

    def read_until(self, end, what='the end of data'):
        while end not in self.buffer:
            self._more(what)
        data, self.buffer = self.buffer.split(end, 1)
        return data + end

    def send(self, data):
        try:
            self.sock.sendall(data)
        except socket.timeout:
            raise Failure(f'{self.name}: the agent does not read') from None
        except OSError as error:
            raise Failure(f'{self.name}: cannot send: {error}') from None

    def expect_closed(self):
        """Nothing more may come but the end."""
        if self.buffer:
            raise Failure(f'{self.name}: {self.buffer[:200]!r} before the end')
        try:
            piece = self.sock.recv(4096)
        except socket.timeout:
            raise Failure(f'{self.name}: was not closed') from None
        except ConnectionError:
            return
        if piece:
            raise Failure(f'{self.name}: {piece[:200]!r} instead of the end')

    def leftover(self):
        """What has come and was not read, without waiting."""
        self.sock.setblocking(False)
        try:
            self.buffer += self.sock.recv(4096)
        except OSError:
            pass
        return self.buffer

    def close(self):
        self.sock.close()
