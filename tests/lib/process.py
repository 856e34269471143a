# SPDX-License-Identifier: LGPL-2.1-or-later
"""A daemon in the foreground: started, watched, and ended by its own pid."""
import ctypes
import os
import signal
import subprocess

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    # A test program that is killed must not leave daemons behind.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _state(pid):
    """(letter, parent's pid) of a process; ("", 0) of none."""
    try:
        with open("/proc/%d/stat" % pid, encoding="latin-1") as file:
            words = file.read().rpartition(")")[2].split()
    except OSError:
        return "", 0
    return words[0], int(words[1])


def alive(pid):
    """Whether it runs; one that nobody has reaped does not."""
    return _state(pid)[0] not in ("", "Z", "X")


class Process:
    def __init__(self, argv, log, env=None, cwd="/"):
        """Starts argv; what it prints goes to the end of the file log."""
        self.argv = argv
        self.log = log
        with open(log, "ab") as out:
            self.popen = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                cwd=cwd, env=env, preexec_fn=_die_with_parent,
                # A terminal's Ctrl-C is for the test, which stops the rest.
                start_new_session=True)
        self.pid = self.popen.pid

    def running(self):
        return self.popen.poll() is None

    def children(self):
        """The pids of its own children."""
        return [int(name) for name in os.listdir("/proc") if name.isdigit()
                and _state(int(name))[1] == self.pid]

    def log_text(self):
        with open(self.log, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def must_run(self):
        """For waiting loops: what died will not become ready."""
        if not self.running():
            raise AssertionError("%s ended with %s:\n%s" % (
                os.path.basename(self.argv[0]), self.popen.returncode,
                self.log_text()[-4000:]))

    def send(self, number):
        if self.running():
            self.popen.send_signal(number)

    def wait(self, seconds):
        """Waits for its end; whether it came."""
        try:
            self.popen.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def stop(self, number=signal.SIGTERM, seconds=20):
        """Ends it and returns its exit status; -9 if it had to be killed."""
        self.send(number)
        if not self.wait(seconds):
            self.popen.kill()
        return self.popen.wait()
