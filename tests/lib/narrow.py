# SPDX-License-Identifier: LGPL-2.1-or-later
"""A relay in front of a store that hides its CHUNKING, so that a real Dovecot
is spoken to with DATA. Everything else passes as it is."""
import os
import socket
import threading

from client import connect


class Narrow:
    def __init__(self, path, store):
        """path: of its own unix socket; store: address behind it."""
        self.path = path
        self.store = store
        self.commands = b""  # everything that went to the store
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self):
        return "unix:" + self.path

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(self.path)

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = connect(self.store)
            far.settimeout(None)
            threading.Thread(target=self._up, args=(near, far),
                             daemon=True).start()
            threading.Thread(target=self._down, args=(far, near),
                             daemon=True).start()

    def _up(self, near, far):
        while True:
            data = self._read(near)
            self.commands += data
            if not self._write(far, data):
                return

    def _down(self, far, near):
        # Whole lines, so that the word is never in two pieces.
        held = b""
        while True:
            data = self._read(far)
            held += data
            lines, _, held = held.rpartition(b"\n")
            lines += b"\n" if lines else b""
            if not data:
                lines += held
            lines = lines.replace(b"250-CHUNKING\r\n", b"")
            if lines and not self._write(near, lines):
                return
            if not data:
                self._write(near, b"")
                return

    @staticmethod
    def _read(sock):
        try:
            return sock.recv(65536)
        except OSError:
            return b""

    @staticmethod
    def _write(sock, data):
        """Nothing to write: the other side has closed."""
        try:
            if data:
                sock.sendall(data)
                return True
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        return False
