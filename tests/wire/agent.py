# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts the real nameplate-lmtpd with a configuration, a map and a key of its
own below one folder, and ends it. Shared by all that plays at the wire."""
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import marks

HERE = os.path.dirname(os.path.abspath(__file__))
SANITIZER = re.compile(r'AddressSanitizer|LeakSanitizer|runtime error:|'
                       r'UndefinedBehaviorSanitizer|ThreadSanitizer|'
                       r'MemorySanitizer')
VALGRIND = ['valgrind', '--quiet', '--error-exitcode=99', '--leak-check=full',
            '--errors-for-leak-kinds=definite']


class Trouble(Exception):
    """The machinery of the test failed, or the agent as a whole."""


class Maps:
    """Makes each map once, with the real command, and hands out copies."""

    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.lock, self.made = threading.Lock(), {}

    def copy(self, target, map_conf, commands):
        with self.lock:
            key = (tuple(sorted(map_conf.items())), tuple(commands))
            if key not in self.made:
                self.made[key] = self._make(map_conf, commands)
        shutil.copytree(self.made[key], target, symlinks=True)

    def _make(self, map_conf, commands):
        folder = tempfile.mkdtemp(prefix='map', dir=self.folder)
        conf = folder + '.conf'
        write_conf(conf, {'map.file': folder + '/aliases.db', **map_conf})
        with open(HERE + '/aliases', encoding='utf-8') as lines:
            base = [line.strip() for line in lines
                    if line.strip() and not line.startswith('#')]
        for line in ['apply'] + base + list(commands):
            command(self.build, conf, line.replace('{here}', HERE).split())
        return folder


def command(build, conf, words, status=0):
    """Runs nameplate(1); any other exit status than expected (None: any) is
    trouble."""
    run = subprocess.run([build + '/nameplate', '-c', conf, *words],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, check=False)
    if status is not None and run.returncode != status:
        raise Trouble(f'nameplate {" ".join(words)}: exit {run.returncode}: '
                      f'{run.stdout.strip()}')
    return run.stdout


def write_conf(path, conf):
    """conf: {'section.key': value}."""
    sections = {}
    for name, value in conf.items():
        section, key = name.split('.', 1)
        sections.setdefault(section, []).append(f'{key} = {value}\n')
    with open(path, 'w', encoding='utf-8') as out:
        for section, lines in sections.items():
            out.write(f'[{section}]\n' + ''.join(lines))


def full_name(key):
    return key if '.' in key else 'lmtp.' + key


class Agent:
    """One process. Sockets: self.lmtp, self.socketmap, self.metrics; the store
    it asks: self.store (nobody listens there until the caller does)."""

    def __init__(self, build, folder, conf=None, wrapper=()):
        self.build, self.folder, self.wrapper = build, folder, list(wrapper)
        self.lmtp = folder + '/lmtp'
        self.socketmap = folder + '/socketmap'
        self.metrics = folder + '/metrics'
        self.store = folder + '/store'
        self.conf_file = folder + '/conf'
        self.key_file = folder + '/mark.key'
        self.process, self.pass_fds = None, ()
        self.log, self.log_changed = [], threading.Condition()
        self.reader = None
        self.conf = {
            'map.file': folder + '/map/aliases.db',
            'lmtp.listen': 'unix:' + self.lmtp,
            'lmtp.store': 'unix:' + self.store,
            'lmtp.hostname': 'mx.example',
            'lmtp.mark_key': self.key_file,
            'lmtp.store_connections': '8',
            'lmtp.spool_dir': folder,
            'lmtp.drain_timeout': '1',
            'socketmap.listen': 'unix:' + self.socketmap,
            'metrics.listen': 'unix:' + self.metrics,
            'log.target': 'stderr',
            'log.level': 'debug',
            **{full_name(k): v for k, v in (conf or {}).items()}}
        self.write_key(marks.KEY_ID)
        self.write_conf()

    def write_conf(self):
        write_conf(self.conf_file, self.conf)

    def write_key(self, *names):
        with open(self.key_file, 'w', encoding='ascii') as out:
            for name in names:
                out.write(f'{name} {marks.KEYS[name].hex()}\n')
        os.chmod(self.key_file, 0o600)

    def start(self, limit=30):
        notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = f'{self.folder}/notify'
        if os.path.exists(name):
            os.unlink(name)
        notify.bind(name)
        env = dict(os.environ, NOTIFY_SOCKET=name,
                   ASAN_OPTIONS='abort_on_error=0:exitcode=98',
                   UBSAN_OPTIONS='print_stacktrace=1')
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen(
            self.wrapper + [self.build + '/nameplate-lmtpd', '-c',
                            self.conf_file],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, cwd=self.folder, env=env,
            pass_fds=self.pass_fds)
        self.reader = threading.Thread(target=self._read_log, daemon=True,
                                       args=(self.process.stderr,))
        self.reader.start()
        self._wait_ready(notify, limit)
        notify.close()

    def _wait_ready(self, notify, limit):
        pidfd = os.pidfd_open(self.process.pid)
        try:
            end = time.monotonic() + limit
            while time.monotonic() < end:
                ready = select.select([notify, pidfd], [], [],
                                      limit if self._notifies() else 0.02)[0]
                if pidfd in ready:
                    self.reader.join()
                    raise Trouble('the agent did not start: exit '
                                  f'{self.process.wait()}: {self.last_log()}')
                if notify in ready and b'READY=1' in notify.recv(4096):
                    return
                if not ready and self._answers():
                    return
        finally:
            os.close(pidfd)
        raise Trouble('the agent is not ready: ' + self.last_log())

    def _notifies(self):
        """Whether this build says READY=1 (libsystemd)."""
        with open(self.build + '/np-config.h', encoding='ascii') as lines:
            return '#define HAVE_SYSTEMD 1' in lines.read()

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(self.lmtp) == 0

    def _read_log(self, pipe):
        for raw in pipe:
            with self.log_changed:
                self.log.append(raw.decode('utf-8', 'replace').rstrip('\n'))
                self.log_changed.notify_all()
        pipe.close()

    def last_log(self, lines=5):
        with self.log_changed:
            return ' | '.join(self.log[-lines:])

    def wait_log(self, regex, limit):
        """Waits until a line of the log matches; returns it or None."""
        end, seen = time.monotonic() + limit, 0
        with self.log_changed:
            while True:
                for line in self.log[seen:]:
                    if re.search(regex, line):
                        return line
                seen = len(self.log)
                left = end - time.monotonic()
                if left <= 0 or not self.log_changed.wait(left):
                    return None

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """SIGKILL, as a crash."""
        self.process.kill()
        self.process.wait()
        self.reader.join()

    def stop(self, limit=30, status=0):
        """SIGTERM and everything that must hold at the end; returns ''
        or what was wrong."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.wait_end(limit, status)

    def wait_end(self, limit, status=0):
        try:
            code = self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()
            return f'the agent did not end within {limit} s of SIGTERM'
        self.reader.join()
        report = [line for line in self.log if SANITIZER.search(line)]
        if report:
            return 'sanitizer: ' + ' | '.join(self.log[-40:])
        if code != status:
            return f'the agent ended with {code}: {self.last_log()}'
        return ''

    def nameplate(self, words, status=0):
        return command(self.build, self.conf_file, words, status)
