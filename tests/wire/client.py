# SPDX-License-Identifier: LGPL-2.1-or-later
"""A plain LMTP client for the runs with many messages, and the frame (agent,
map, recording store) in which they are made."""
import contextlib
import os
import re
import shutil
import socket
import tempfile

from agent import VALGRIND, Agent, Maps, Trouble
from store import Store
from wire import Failure, Wire


def stuffed(message):
    """message as it goes over the wire, end of data included; it ends with
    CRLF or is empty, for DATA cannot carry another."""
    text = re.sub(rb'\A\.|(?<=\r\n)\.', b'..', message)
    return text + b'.\r\n'


def as_line(message):
    """The nearest message that DATA can carry."""
    return message if not message or message.endswith(b'\r\n') \
        else message + b'\r\n'


def guarded(message):
    """What must lie below the stamps."""
    return b'\r\n' + message if message[:1] in (b' ', b'\t') else message


def normalised(message):
    """What a DATA store gets: every line end is CRLF."""
    return re.sub(rb'\r\n|\r|\n', b'\r\n', message)


class Client(Wire):
    def __init__(self, path, limit=20, name='client', hello=True):
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(limit)
        sock.connect(path)
        super().__init__(sock, name, limit)
        if hello:
            self.expect(b'220')
            self.send(b'LHLO client.example\r\n')
            self.expect(b'250')

    def reply(self):
        """(code, text) of one whole reply."""
        while True:
            line = self.read_line('a reply')
            if len(line) > 510 or not re.match(rb'[2-5]\d\d[ -]', line):
                raise Failure(f'{self.name}: no reply: {line!r}')
            if line[3:4] == b' ':
                return int(line[:3]), line

    def expect(self, code):
        got = self.reply()[1]
        if not got.startswith(code):
            raise Failure(f'{self.name}: expected {code!r}, got {got!r}')
        return got

    def say(self, text):
        self.send(text.encode() + b'\r\n')
        return self.reply()

    def message(self, sender, rcpts, message):
        """One whole transaction, pipelined. Returns the last code of every
        recipient, in order."""
        lines = [f'MAIL FROM:<{sender}>'] + \
                [f'RCPT TO:<{rcpt}>' for rcpt in rcpts] + ['DATA']
        self.send('\r\n'.join(lines).encode() + b'\r\n')
        code = self.reply()[0]
        codes = [self.reply()[0] for _ in rcpts]
        go = self.reply()[0]
        if go != 354:
            self.say('RSET')
            return [c if c // 100 != 2 else go for c in codes] \
                if code == 250 else [code] * len(rcpts)
        self.send(stuffed(message))
        return [self.reply()[0] if c // 100 == 2 else c for c in codes]


def all_good(codes, count):
    if codes != [250] * count:
        raise Failure(f'answered {codes}')


@contextlib.contextmanager
def frame(build, conf=None, valgrind=False, start=True, **store_options):
    """(agent, store), running; whatever the agent leaves behind at its end is
    a failure."""
    folder = tempfile.mkdtemp(prefix='np-wire-')
    os.chmod(folder, 0o755)
    maps = Maps(os.path.abspath(build), folder)
    maps.copy(folder + '/map', {}, [])
    agent = Agent(os.path.abspath(build), folder,
                  {'log.level': 'warning', **(conf or {})},
                  VALGRIND if valgrind else ())
    store = Store(agent.store, **store_options).start()
    try:
        if start:
            agent.start()
        yield agent, store
        store.stop()
        fault = agent.stop() if agent.process else ''
        if fault:
            raise Failure(fault)
        if store.faults:
            raise Failure('bad manners towards the store: '
                          f'{sorted(set(store.faults))[:5]}')
    finally:
        if agent.process and agent.process.poll() is None:
            agent.kill()
        if not store.stopped.is_set():
            store.stop()
        shutil.rmtree(folder, ignore_errors=True)


class Results:
    """Counts cases and prints them as tests/run wants them."""

    def __init__(self):
        self.passed = self.failed = 0

    def run(self, name, function, *args, **options):
        try:
            note = function(*args, **options)
        except (Failure, Trouble, AssertionError, OSError) as error:
            self.failed += 1
            print(f'FAIL {name}: {type(error).__name__}: {error}', flush=True)
            return
        self.passed += 1
        print(f'ok {name}' + (f' ({note})' if note else ''), flush=True)

    def end(self):
        print(f'{self.passed} passed, {self.failed} failed, 0 skipped')
        return 1 if self.failed or not self.passed else 0
