# SPDX-License-Identifier: LGPL-2.1-or-later
"""A store that records what it gets, many connections at once, and that can be
told to misbehave. It also judges the agent's manners: whatever a real store
would choke on (MAIL inside a transaction, data without a recipient) is noted
in .faults."""
import collections
import hashlib
import os
import re
import select
import socket
import threading

CAPS = ('PIPELINING', 'ENHANCEDSTATUSCODES', '8BITMIME')
PATH = re.compile(rb'<([^>]*)>(?: (.*))?$')


class Gone(Exception):
    """This connection ends here."""


class Copy:
    """One message for one recipient, as it would lie in a mailbox."""

    def __init__(self, sender, path, orcpt, stamps, digest, data):
        self.sender, self.path, self.orcpt = sender, path, orcpt
        self.stamps, self.digest, self.data = stamps, digest, data
        self.answered = False


def cut_stamps(data):
    """The stamps (list of lines) and what lies below them."""
    lines, at = [], 0
    while True:
        end = data.find(b'\r\n', at)
        line = data[at:end]
        if end < 0 or not re.match(rb'Delivered-To: |X-Nameplate-Mark: ', line):
            return None, data
        lines.append(line.decode('latin-1'))
        at = end + 2
        if line.startswith(b'X-'):
            return lines, data[at:]


class Store:
    """knows(path): whether a recipient is accepted. plan(step, wire): what to
    do instead of the right thing: None, 'close', 'hang', 'half' (a reply without
    its end, then hang), or bytes to say.
    ends: 'strict' (CRLF.CRLF), 'loose' (as Dovecot 2.3: also with bare LF) or
    'cr' (bare CR too)."""

    def __init__(self, path, bdat=True, ends='strict', keep=False):
        self.path, self.bdat, self.ends, self.keep = path, bdat, ends, keep
        self.knows = lambda mailbox: True
        self.plan = lambda step, wire: None
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.copies = collections.defaultdict(list)
        self.faults, self.count = [], 0
        self.open, self.open_peak = collections.Counter(), collections.Counter()
        self.connections, self.peak, self.made = set(), 0, 0
        self.listener = None
        self.stopped = threading.Event()

    def start(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(200)
        self.accept_more()
        return self

    def accept_more(self):
        threading.Thread(target=self._accept, args=(self.listener,),
                         daemon=True).start()

    def stop_listening(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def stop(self):
        self.stopped.set()
        self.stop_listening()
        with self.lock:
            gone = list(self.connections)
        for wire in gone:
            wire.shutdown()

    def wait(self, condition, limit=10):
        """Waits until condition() holds; it is called under the lock."""
        with self.changed:
            return self.changed.wait_for(condition, limit)

    def _accept(self, listener):
        while True:
            try:
                sock = listener.accept()[0]
            except OSError:
                return
            if sock.family != socket.AF_UNIX:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=Session(self, sock).run,
                             daemon=True).start()

    def note(self, fault):
        with self.lock:
            self.faults.append(fault)


class Session:
    def __init__(self, store, sock):
        self.store, self.sock = store, sock
        self.reader = sock.makefile('rb', 1 << 18)
        self.sender, self.rcpts, self.chunks = None, [], None
        # After nonsense nothing that is said here can be a reply any more.
        self.nonsense = False

    # -- life --------------------------------------------------------------

    def run(self):
        store = self.store
        with store.changed:
            store.connections.add(self)
            store.made += 1
            store.peak = max(store.peak, len(store.connections))
            store.changed.notify_all()
        try:
            self._say('greeting', b'220 store.example ready')
            while True:
                self._command(self._line())
        except (Gone, OSError, ValueError):
            pass
        finally:
            self._reset()
            with store.changed:
                store.connections.discard(self)
                store.changed.notify_all()
            self.reader.close()
            self.sock.close()

    def shutdown(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _line(self):
        line = self.reader.readline(65536)
        if not line:
            raise Gone
        if not line.endswith(b'\r\n'):
            self.store.note(f'a command that ends badly: {line[:80]!r}')
        return line.rstrip(b'\r\n')

    def _send(self, text):
        self.sock.sendall(text + b'\r\n')

    def _say(self, step, text):
        """Says text, unless the plan has something worse. True if it was
        said as it stands."""
        action = self.store.plan(step, self)
        if action is None:
            self._send(text)
            return True
        self._misbehave(action)
        return False

    def _misbehave(self, action):
        if action == 'close':
            raise Gone
        if action in ('hang', 'half'):
            if action == 'half':
                self.sock.sendall(b'250 2.0')
            # Silent, and not reading either, until the agent gives up.
            poll = select.poll()
            poll.register(self.sock, select.POLLRDHUP | select.POLLHUP)
            poll.poll(60000)
            raise Gone
        if not re.match(rb'[45]\d\d[ -].*\r\n\Z', action, re.S):
            self.nonsense = True
        self.sock.sendall(action)
        if action.startswith(b'421'):
            raise Gone

    # -- commands ----------------------------------------------------------

    def _command(self, line):
        word = line.split(b' ', 1)[0].upper()
        if word == b'LHLO':
            self._lhlo()
        elif word == b'MAIL':
            self._mail(line)
        elif word == b'RCPT':
            self._rcpt(line)
        elif word == b'BDAT':
            self._bdat(line)
        elif word == b'DATA':
            self._data()
        elif word == b'RSET':
            self._reset()
            self._say('rset', b'250 2.0.0 OK')
        elif word == b'NOOP':
            self._send(b'250 2.0.0 OK')
        elif word == b'QUIT':
            self._send(b'221 2.0.0 Bye')
            raise Gone
        else:
            self.store.note(f'unknown command: {line[:80]!r}')
            self._send(b'500 5.5.2 What')

    def _lhlo(self):
        caps = CAPS + (('CHUNKING',) if self.store.bdat else ())
        words = ('store.example',) + caps
        text = b'\r\n'.join(
            f'250{" " if n == len(words) - 1 else "-"}{word}'.encode()
            for n, word in enumerate(words))
        self._say('lhlo', text)

    def _mail(self, line):
        if self.sender is not None:
            self.store.note('MAIL inside a transaction')
            self._send(b'503 5.5.1 MAIL already given')
            return
        sender = PATH.search(line).group(1).decode('utf-8', 'replace')
        if self._say('mail', b'250 2.1.0 OK'):
            self.sender = sender

    def _rcpt(self, line):
        path, more = PATH.search(line).groups()
        path = path.decode('utf-8', 'replace')
        orcpt = ''
        if more and more.startswith(b'ORCPT='):
            orcpt = more[len(b'ORCPT='):].decode()
        if self.sender is None:
            self._send(b'503 5.5.1 MAIL first')
        elif not self.store.knows(path):
            self._say('rcpt', b'550 5.1.1 <%s> unknown here' % path.encode())
        else:
            # It counts as open before the reply is on its way.
            self._opened(path, 1)
            self.rcpts.append((path, orcpt))
            if not self._say('rcpt', b'250 2.1.5 OK'):
                self.rcpts.pop()
                self._opened(path, -1)

    def _opened(self, path, change):
        store, key = self.store, re.sub(r'\+[^@]*', '', path.lower())
        with store.changed:
            store.open[key] += change
            store.open_peak[key] = max(store.open_peak[key], store.open[key])
            store.changed.notify_all()

    def _reset(self):
        for path, _ in self.rcpts:
            self._opened(path, -1)
        self.sender, self.rcpts, self.chunks = None, [], None

    # -- data --------------------------------------------------------------

    def _bdat(self, line):
        words = line.split()
        size, last = int(words[1]), words[2:] == [b'LAST']
        if not self.rcpts:
            self.store.note('BDAT without an accepted recipient')
        action = self.store.plan('chunk', self)
        if action is not None:
            self.reader.read(size // 2)
            self._misbehave('hang' if action == 'hang' else 'close')
        data = self.reader.read(size)
        if len(data) != size:
            raise Gone
        self.chunks = (self.chunks or []) + [data]
        if last:
            self._finish(b''.join(self.chunks))
        else:
            self._send(b'250 2.0.0 OK')

    def _data(self):
        if not self.rcpts:
            self.store.note('DATA without an accepted recipient')
            self._send(b'503 5.5.1 No recipients')
            return
        if not self._say('data', b'354 go on'):
            return
        pieces, end = [], self.store.ends
        fresh = True    # at the start of what this store takes for a line
        while True:
            line = self.reader.readline()
            if not line:
                raise Gone
            if end == 'cr' and b'\r' in line[:-2]:
                self.store.note('a bare CR in DATA')
            if fresh and (line == b'.\r\n' or
                          (end != 'strict' and line == b'.\n')):
                break
            if fresh and line.startswith(b'.'):
                line = line[1:]
            if not line.endswith(b'\r\n'):
                self.store.note('a bare LF in DATA')
            fresh = line.endswith(b'\r\n') or end != 'strict'
            pieces.append(line)
        self._finish(b''.join(pieces))

    def _finish(self, data):
        stamps, rest = cut_stamps(data)
        digest = hashlib.sha256(rest).hexdigest()
        if stamps is None:
            self.store.note(f'no stamps: {data[:80]!r}')
        sender = self.sender
        self.sender, self.chunks = None, None
        while self.rcpts:
            path, orcpt = self.rcpts.pop(0)
            self._opened(path, -1)
            self._save(Copy(sender, path, orcpt, stamps, digest,
                            rest if self.store.keep else None))

    def _save(self, copy):
        store = self.store
        action = store.plan('final', self)
        if isinstance(action, bytes) and action[:1] in b'45':
            self._misbehave(action)
            return
        with store.changed:
            store.copies[copy.sender].append(copy)
            store.count += 1
            copy.answered = action is None and not self.nonsense
            store.changed.notify_all()
        if action is not None:
            self._misbehave(action)
        else:
            self._send(b'250 2.0.0 <%s> Saved' % copy.path.encode())
