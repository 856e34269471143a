# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plays one conversation (see README in this folder): it is the clients and
the store of a real nameplate-lmtpd, and reads and writes in strict order."""
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import marks
from agent import Agent, Trouble, full_name
from wire import Failure, Wire

STEP = re.compile(r'(?:(\d+)x )?(?:([1-9]\d*)?(C:|C!|S:|>|<!|<|M:|M!|R:))'
                  r'(?: (.*))?$', re.S)
VERB = re.compile(r'([a-z]+)(?: (.*))?$')
WILD = re.compile(r'<\*>')


class Player:
    def __init__(self, conversation, build, folder, maps, wrapper=()):
        self.talk, self.folder = conversation, folder
        self.limit = conversation.limit * (10 if wrapper else 1)
        self.clients, self.stores, self.asked = {}, {}, {}
        self.listener, self.saved, self.transcript = None, {}, []
        self.named = set()
        self.ended = False
        self.now = time.time()  # the same mark whenever it is written out
        maps.copy(folder + '/map', conversation.map_conf(),
                  conversation.commands)
        self.agent = Agent(build, folder, conversation.conf, wrapper)
        self.hidden = self._hidden_mailboxes()

    def _hidden_mailboxes(self):
        """What no client may ever read that did not say it itself."""
        text = self.agent.nameplate(['list', '--format', 'csv'])
        return {word.lower() for word in
                re.findall(r'[a-z0-9.]+@[a-z0-9.]+', text)
                if word.split('@')[0] in ('bob', 'alice', 'carol', 'dave')}

    # -- the run -----------------------------------------------------------

    def play(self):
        """Returns '' or 'FILE:LINE: what was expected and what came'."""
        self.do_listen()
        for line in self.talk.before:
            self.do_sh(line)
        self.agent.start()
        step, fault = None, ''
        try:
            for step in self.talk.steps:
                self._step(step)
            step = None
            self._nothing_left()
        except (Failure, Trouble, SyntaxError, LookupError) as failure:
            where = f'{self.talk.path}:{step.number}: ' if step else ''
            fault = where + str(failure)
        if not self.ended:
            self._close_all()
            end = self.agent.stop(self.limit)
            fault = fault or end
        return fault

    def _close_all(self):
        for wire in [*self.clients.values(), *self.asked.values(),
                     *filter(None, self.stores.values())]:
            wire.close()
        self.listener.close()

    def _nothing_left(self):
        for wire in [*self.clients.values(), *self.asked.values()]:
            if wire.leftover():
                raise Failure(f'{wire.name} got more than expected: '
                              f'{wire.leftover()[:300]!r}')

    def _step(self, step):
        match = STEP.match(step.text)
        if match:
            times, which, what, text = match.groups()
            for count in range(int(times or 1)):
                self._talk(step, int(which or 1), what,
                           (text or '').replace('{i}', str(count + 1)))
            return
        verb = VERB.match(step.text)
        method = verb and getattr(self, 'do_' + verb.group(1), None)
        if not method:
            raise Trouble(f'no such step: {step.text}')
        self.transcript.append('* ' + step.text)
        method(*([verb.group(2)] if verb.group(2) else []))

    def _talk(self, step, which, what, text):
        if what == 'C:':
            self._send(self.client(which), self._fill(text) + b'\r\n')
        elif what == 'C!':
            self._send(self.client(which), self._raw(text))
        elif what == 'S:':
            self._client_line(self.client(which), text)
        elif what == '>' and step.block is not None:
            self._payload(self.store(which), text, step.block)
        elif what == '>':
            self._line(self.store(which), text)
        elif what == '<':
            self._send(self.store(which), self._fill(text) + b'\r\n')
        elif what == '<!':
            self._send(self.store(which), self._raw(text))
        elif what == 'M:':
            query = self._fill(text)
            self._send(self.query(which), b'%d:%s,' % (len(query), query))
        elif what == 'M!':
            self._send(self.query(which), self._raw(text))
        else:
            self._answer(self.query(which), text)

    # -- the ends ----------------------------------------------------------

    def client(self, which):
        if which not in self.clients:
            self.do_connect(str(which))
            if not self.talk.raw:
                self._hello(self.clients[which])
        return self.clients[which]

    def _hello(self, wire):
        self._client_line(wire, '220 mx.example <*>')
        self._send(wire, b'LHLO client.example\r\n')
        while self._note(wire, wire.read_line())[3:4] == b'-':
            pass

    def store(self, which):
        if which not in self.stores:
            self.do_accept(str(which))
            wire = self.stores[which]
            self._send(wire, b'220 store.example ready\r\n')
            self._store_hello(wire)
        return self.stores[which]

    def _store_hello(self, wire, caps=None):
        self._line(wire, 'LHLO mx.example')
        words = ['store.example', *(caps or self.talk.caps).split()]
        for word in words[:-1]:
            self._send(wire, f'250-{word}\r\n'.encode())
        self._send(wire, f'250 {words[-1]}\r\n'.encode())

    def query(self, which):
        if which not in self.asked:
            self.asked[which] = Wire.connect(
                self.agent.socketmap, f'socketmap {which}', self.limit)
        return self.asked[which]

    def do_listen(self):
        self.listener = socket.socket(socket.AF_UNIX)
        if os.path.exists(self.agent.store):
            os.unlink(self.agent.store)
        self.listener.bind(self.agent.store)
        self.listener.listen(100)
        self.listener.settimeout(self.limit)

    def do_unlisten(self):
        self.listener.close()

    def do_connect(self, which='1'):
        self.clients[int(which)] = Wire.connect(
            self.agent.lmtp, f'client {which}', self.limit)

    def do_hello(self, which='1'):
        self._hello(self.clients[int(which)])

    def do_accept(self, which):
        if int(which) != len(self.stores) + 1:
            raise Trouble(f'store connection {which} out of turn')
        try:
            sock = self.listener.accept()[0]
        except socket.timeout:
            raise Failure(f'no store connection {which} was made') from None
        self.stores[int(which)] = Wire(sock, f'store {which}', self.limit)

    def do_greet(self, text):
        """greet N [CAPABILITIES]: greeting and LHLO of an accepted one."""
        which, _, caps = text.partition(' ')
        wire = self.stores[int(which)]
        self._send(wire, b'220 store.example ready\r\n')
        self._store_hello(wire, caps)

    def do_close(self, text):
        kind, _, which = text.partition(' ')
        ends = {'client': self.clients, 'store': self.stores,
                'socketmap': self.asked}[kind]
        ends.pop(int(which or 1)).close()
        if kind == 'store':
            self.stores[int(which or 1)] = None

    def do_shutdown(self, text):
        """shutdown client N: no more from here, but still reading."""
        kind, _, which = text.partition(' ')
        ends = {'client': self.clients, 'store': self.stores}[kind]
        ends[int(which or 1)].sock.shutdown(socket.SHUT_WR)

    def do_expect(self, text):
        words = text.split()
        if words[0] == 'exit':
            fault = self.agent.wait_end(self.limit, int(words[1]))
            self.ended = True
            if fault:
                raise Failure(fault)
            return
        if words[0] != 'closed':
            raise Trouble(f'expect what? {text}')
        ends = {'client': self.clients, 'store': self.stores,
                'socketmap': self.asked}[words[1]]
        ends[int(words[2]) if len(words) > 2 else 1].expect_closed()

    # -- the world around --------------------------------------------------

    def do_nameplate(self, text):
        self.agent.nameplate(text.split())

    def do_sh(self, text):
        run = subprocess.run(['sh', '-c', text], cwd=self.folder, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if run.returncode:
            raise Failure(f'{text}: {run.stdout.decode()}')

    def do_conf(self, text):
        """conf KEY = VALUE: into the file; the agent sees it at a SIGHUP."""
        key, value = text.replace('{folder}', self.folder).split(' = ', 1)
        self.agent.conf[full_name(key)] = value
        self.agent.write_conf()

    def do_key(self, text):
        self.agent.write_key(*text.split())

    def do_signal(self, name):
        self.agent.signal(getattr(signal, 'SIG' + name))

    def do_restart(self):
        fault = self.agent.stop(self.limit)
        if fault:
            raise Failure(fault)
        self.agent.start()

    def do_log(self, regex):
        line = self.agent.wait_log(regex, self.limit)
        if line is None:
            raise Failure(f'no line of the log matches {regex}; '
                          f'last: {self.agent.last_log()}')

    def do_nolog(self, regex):
        for line in self.agent.log:
            if re.search(regex, line):
                raise Failure(f'the log says: {line}')

    def _get(self, path):
        wire = Wire.connect(self.agent.metrics, 'metrics', self.limit)
        wire.send(f'GET {path} HTTP/1.0\r\n\r\n'.encode())
        text = b''
        while True:
            piece = wire.sock.recv(65536)
            if not piece:
                wire.close()
                return text.decode()
            text += piece

    def do_metric(self, line):
        text = self._get('/metrics')
        if line not in text.split('\n') or not text.endswith('# EOF\n'):
            name = line.split()[0]
            got = [x for x in text.split('\n') if x.startswith(name)]
            raise Failure(f'metrics\n  expected: {line}\n  got:      {got}')

    def do_health(self, code):
        got = self._get('/health').split()
        if got[1:2] != [code]:
            raise Failure(f'health\n  expected: {code}\n  got:      {got}')

    # -- bytes -------------------------------------------------------------

    def _note(self, wire, line):
        self.transcript.append(f'{wire.name} got  {line[:200]!r}')
        return line

    def _send(self, wire, data):
        self.transcript.append(f'{wire.name} sent {data[:120]!r}')
        if wire in self.clients.values():
            for word in re.findall(rb'(?i)rcpt to:\s*<([^>]*)>', data):
                self.named.add(word.decode('latin-1').lower())
        wire.send(data)

    def _raw(self, text):
        # Octets are bytes literals, joined and repeated: "ab" + b"c" * 9.
        return eval('b' + text.strip(), {'__builtins__': {}})

    def _fill(self, text):
        """Puts marks in: {mark MAILBOX key=value ..}, {saved NAME}."""
        def one(match):
            words = match.group(2).split()
            if match.group(1) == 'saved':
                return self.saved[words[0]]
            extra = dict(w.split('=', 1) for w in words if '=' in w)
            names = [w for w in words if '=' not in w]
            return marks.make(names[0] if names else '', now=self.now, **extra)
        return re.sub(r'\{(mark|saved)([^{}]*)\}', one, text).encode()

    def _line(self, wire, pattern):
        got = self._note(wire, wire.read_line(pattern))
        if not _matches(pattern, got):
            raise Failure(f'{wire.name}\n  expected: {pattern}\n'
                          f'  got:      {_show(got)}')
        return got

    def _client_line(self, wire, pattern):
        got = self._line(wire, pattern)
        if len(got) > 510:
            raise Failure(f'{wire.name}: a reply of {len(got)} octets')
        if re.search(rb'[\x00-\x1f\x7f]', got):
            raise Failure(f'{wire.name}: control bytes in {got!r}')
        for hidden in self.hidden - self.named:
            if hidden.encode() in got.lower():
                raise Failure(f'{wire.name}: {hidden} leaked: {_show(got)}')

    def _answer(self, wire, pattern):
        head = wire.read_until(b':', pattern)
        body = wire.read_exactly(int(head[:-1]) + 1, pattern)
        self._note(wire, body)
        if body[-1:] != b',' or not _matches(pattern, body[:-1]):
            raise Failure(f'{wire.name}\n  expected: {pattern}\n'
                          f'  got:      {_show(body[:-1])}')

    def _payload(self, wire, how, block):
        if how == 'BDAT LAST':
            data = self._bdat(wire)
        elif how == 'DOT':
            data = self._dotted(wire)
        else:
            raise Trouble(f'> {how} takes no block')
        self._note(wire, data)
        self._compare(wire, data, block)

    def _dotted(self, wire):
        # An empty message is the dot at once.
        data = wire.read_until(b'.\r\n')
        while data != b'.\r\n' and not data.endswith(b'\r\n.\r\n'):
            data += wire.read_until(b'.\r\n')
        return data

    def _bdat(self, wire):
        data = b''
        while True:
            words = wire.read_line('BDAT').split()
            if len(words) < 2 or words[0] != b'BDAT':
                raise Failure(f'{wire.name}\n  expected: BDAT\n'
                              f'  got:      {words!r}')
            data += wire.read_exactly(int(words[1]), 'a chunk')
            if words[2:] == [b'LAST']:
                return data
            wire.send(b'250 2.0.0 chunk\r\n')

    def _compare(self, wire, data, block):
        at = 0
        for line in block:
            if line.startswith('<mark '):
                end = data.find(b'\r\n', at)
                self._judge(wire, line, data[at:end].decode('latin-1'))
                at = end + 2
                continue
            raw = line.startswith('! ')
            want = self._raw(line[2:]) if raw else self._fill(line) + b'\r\n'
            if data[at:at + len(want)] != want:
                raise Failure(
                    f'{wire.name}: at octet {at} of the message\n'
                    f'  expected: {want!r}\n'
                    f'  got:      {data[at:at + len(want) + 40]!r}')
            at += len(want)
        if at != len(data):
            raise Failure(f'{wire.name}: the message goes on: {data[at:]!r}')

    def _judge(self, wire, expected, line):
        """<mark MAILBOX|- N [KEY] [id=MESSAGE-ID]>, [as NAME]."""
        words = expected.strip('<>').split()[1:]
        extra = dict(w.split('=', 1) for w in words if '=' in w)
        mailbox = '' if words[0] == '-' else words[0]
        why = marks.judge(line, mailbox, words[1], extra.get('id'),
                          extra.get('key', marks.KEY_ID))
        if why:
            raise Failure(f'{wire.name}: {why}\n  expected: {expected}\n'
                          f'  got:      {line}')
        if 'as' in extra:
            self.saved[extra['as']] = line


def _matches(pattern, line):
    regex = b'.*'.join(re.escape(piece.encode())
                       for piece in WILD.split(pattern))
    return re.fullmatch(regex, line, re.S) is not None


def _show(line):
    text = line.decode('utf-8', 'backslashreplace')
    return text if text.isprintable() else repr(line)


def play(conversation, build, folder, maps, wrapper=()):
    """Returns ('' or a fault, transcript)."""
    os.mkdir(folder)
    player = None
    try:
        player = Player(conversation, build, folder, maps, wrapper)
        fault = player.play()
        return fault, player.transcript + \
            ['log: ' + line for line in player.agent.log[-8:]]
    except Trouble as trouble:
        return str(trouble), player.transcript if player else []
    finally:
        if player and player.agent.process and \
           player.agent.process.poll() is None:
            player.agent.kill()
        shutil.rmtree(folder, ignore_errors=True)
