# SPDX-License-Identifier: LGPL-2.1-or-later
"""A recording LMTP store (or SMTP server, as the world outside): keeps every
transaction byte for byte, and answers as the test tells it: refuses, waits,
talks nonsense or hangs up.

    store = Store(path)
    store.rcpt["ann@x"] = "550 5.1.1 No such user"
    store.end["bob@x"] = "452 4.2.2 Full"      # after the data
    store.step["data"] = "close"               # "hang", "close", or any line
"""
import os
import re
import socket
import threading


class Transaction:
    def __init__(self, sender, words):
        self.sender = sender
        self.words = words        # MAIL parameters as they came
        self.recipients = []      # (path, parameters) of accepted ones
        self.message = b""        # as sent; DATA: dots taken off again
        self.raw = b""            # DATA: the bytes on the wire
        self.method = None        # "BDAT" or "DATA"

    @property
    def paths(self):
        return [path for path, _ in self.recipients]

    def orcpt(self, path):
        """The parameters that came with the recipient."""
        return dict(self.recipients)[path]


class HangUp(Exception):
    pass


class Store:
    def __init__(self, path=None, chunking=True, smtputf8=False):
        """path: of its unix socket; None: SMTP on a loopback port."""
        self.path = path
        self.smtp = path is None
        self.chunking = chunking
        self.smtputf8 = smtputf8
        self.transactions = []    # those that got a message
        self.asked = []           # every RCPT line, accepted or not
        self.commands = []        # every command line
        self.connections = 0      # ever accepted
        self.open_now = set()
        self.rcpt = {}            # path -> reply
        self.end = {}             # path -> reply after the data
        self.step = {}            # verb in lower case, "end", "greeting"
        self.changed = threading.Condition()
        self.stopping = threading.Event()
        if self.smtp:
            self.listener = socket.create_server(("127.0.0.1", 0))
            self.port = self.listener.getsockname()[1]
        else:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(path)
            self.listener.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self):
        return ("inet:127.0.0.1:%d" % self.port if self.smtp
                else "unix:" + self.path)

    def stop(self):
        self.stopping.set()
        # A thread in accept() does not see a close; it sees a shutdown.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.drop()
        if not self.smtp:
            os.unlink(self.path)

    def drop(self):
        """Hangs up on everybody, as a restart does."""
        with self.changed:
            for sock in self.open_now:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def wait_for(self, condition, seconds=15):
        """Waits until condition() holds; whether it does."""
        with self.changed:
            return self.changed.wait_for(condition, seconds)

    def release(self):
        """Lets those go on that hang, after step was changed."""
        with self.changed:
            self.changed.notify_all()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.connections += 1
                self.open_now.add(sock)
                self.changed.notify_all()
            threading.Thread(target=self._serve, args=(sock,),
                             daemon=True).start()

    def _serve(self, sock):
        try:
            _Session(self, sock).run()
        except (OSError, HangUp):
            pass
        finally:
            with self.changed:
                self.open_now.discard(sock)
                self.changed.notify_all()
            sock.close()

    def note(self, kept, value):
        with self.changed:
            kept.append(value)
            self.changed.notify_all()


class _Session:
    def __init__(self, store, sock):
        self.store = store
        self.file = sock.makefile("rb")
        self.sock = sock
        self.transaction = None
        self.chunks = b""

    def say(self, text):
        self.sock.sendall(text.encode() + b"\r\n")

    def acted(self, step):
        """Whether the test wants something else than the usual at this
        step, which is then done."""
        store = self.store
        action = store.step.get(step)
        if action == "hang":
            with store.changed:
                store.changed.wait_for(
                    lambda: store.step.get(step) != "hang"
                    or store.stopping.is_set())
            action = store.step.get(step)
        if action is None:
            return False
        if action == "close" or store.stopping.is_set():
            raise HangUp
        if isinstance(action, bytes):
            self.sock.sendall(action)
        else:
            self.say(action)
        return True

    def run(self):
        if not self.acted("greeting"):
            self.say("220 store.company.com ready")
        while True:
            line = self.file.readline()
            if not line.endswith(b"\n"):
                return
            text = line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
            self.store.note(self.store.commands, text)
            verb = text.split(" ")[0].lower()
            handler = getattr(self, "on_" + verb, None)
            if verb == "bdat":
                self.on_bdat(text)
            elif self.acted(verb):
                pass
            elif handler is None:
                self.say("500 5.5.2 Unknown command")
            elif handler(text) is False:
                return

    def on_lhlo(self, _text):
        words = ["store.company.com", "8BITMIME", "ENHANCEDSTATUSCODES",
                 "PIPELINING"]
        if self.store.chunking:
            words.append("CHUNKING")
        if self.store.smtputf8:
            words.append("SMTPUTF8")
        self.say("\r\n".join(["250-" + word for word in words[:-1]]
                             + ["250 " + words[-1]]))

    on_ehlo = on_lhlo

    def on_mail(self, text):
        found = re.match(r"(?i)MAIL FROM:<(.*?)>(.*)$", text)
        self.transaction = Transaction(found.group(1), found.group(2).split())
        self.chunks = b""
        self.say("250 2.1.0 OK")

    def on_rcpt(self, text):
        found = re.match(r"(?i)RCPT TO:<((?:\"(?:\\.|[^\"])*\"|[^>\"])*)>(.*)$",
                         text)
        path = found.group(1)
        self.store.note(self.store.asked, text)
        answer = self.store.rcpt.get(path, self.store.rcpt.get("*"))
        if callable(answer):
            answer = answer(path)
        answer = answer or "250 2.1.5 OK"
        if answer == "close":
            raise HangUp
        if answer.startswith("2"):
            self.transaction.recipients.append((path, found.group(2).split()))
        self.say(answer)

    def on_rset(self, _text):
        self.transaction = None
        self.chunks = b""
        self.say("250 2.0.0 OK")

    def on_noop(self, _text):
        self.say("250 2.0.0 OK")

    def on_quit(self, _text):
        self.say("221 2.0.0 Bye")
        return False

    def on_data(self, _text):
        if not self.transaction or not self.transaction.recipients:
            self.say("503 5.5.1 No recipients")
            return
        self.say("354 Go on")
        raw = b""
        while not (raw == b".\r\n" or raw.endswith(b"\r\n.\r\n")):
            line = self.file.readline()
            if not line:
                return
            raw += line
        self.transaction.raw = raw
        self.transaction.message = re.sub(rb"(^|\r\n)\.", rb"\1", raw[:-3])
        self.finish("DATA")

    def on_bdat(self, text):
        words = text.split()
        chunk = self.file.read(int(words[1]))
        if len(chunk) < int(words[1]):
            raise HangUp
        self.chunks += chunk
        if self.acted("bdat"):
            return
        if not self.transaction or not self.transaction.recipients:
            self.say("503 5.5.1 No recipients")
        elif words[-1].upper() == "LAST":
            self.transaction.message = self.chunks
            self.finish("BDAT")
        else:
            self.say("250 2.0.0 OK")

    def finish(self, method):
        transaction, self.transaction = self.transaction, None
        transaction.method = method
        self.store.note(self.store.transactions, transaction)
        answered = transaction.recipients
        for number, (path, _) in enumerate(
                answered[:1] if self.store.smtp else answered):
            if self.acted("end"):
                continue
            self.say(self.store.end.get(path) or
                     "250 2.0.0 <%s> kept %d" % (path, number))
