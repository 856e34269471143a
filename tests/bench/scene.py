# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a figure is taken with: a sink or a private Dovecot, an agent before it,
and what /proc says about a process."""
import importlib.machinery
import importlib.util
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "lib"))

from agent import Agent  # noqa: E402
from client import connect  # noqa: E402
from dovecot import Dovecot  # noqa: E402
from folder import Folder  # noqa: E402
from process import Process  # noqa: E402
from runner import Skip  # noqa: E402
from wait import until  # noqa: E402

MAILBOXES = 100
TMPFS = "/dev/shm"
# All 100 mailboxes have one alias: u0@ has a0@.
PRIMARY = ["-a", "u@example.org", "-u", str(MAILBOXES)]
ALIAS = ["-a", "a@example.org", "-u", str(MAILBOXES)]


def load_pairs():
    """The program pairs as a module: it has no ending to import it by."""
    path = os.path.join(HERE, "pairs")
    loader = importlib.machinery.SourceFileLoader("pairs", path)
    spec = importlib.util.spec_from_loader("pairs", loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


pairs = load_pairs()


def alias_lines(count):
    """a0 to a99 lead to u0 to u99; the others fill the map."""
    lines = ["alias,mailbox\n"]
    lines += ["a%d@example.org,u%d@example.org\n" % (i, i)
              for i in range(MAILBOXES)]
    lines += ["alias%013d@example.org,mailbox%08d@example.net\n" % (i, i // 5)
              for i in range(count - MAILBOXES)]
    return "".join(lines)


def rss_anon(pid):
    """In KB."""
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        for line in file:
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return 0


def deleted_files(pid, below):
    """How many files without a name, in that folder, the process holds."""
    folder = "/proc/%d/fd" % pid
    count = 0
    for name in os.listdir(folder):
        try:
            target = os.readlink(os.path.join(folder, name))
        except OSError:
            continue
        if target.startswith(below) and target.endswith("(deleted)"):
            count += 1
    return count


class Scene:
    """One figure's folder and processes. on_tmpfs: all of it in memory."""

    def __init__(self, build, on_tmpfs=False):
        self.build = build
        before = tempfile.tempdir
        if on_tmpfs:
            if not os.path.isdir(TMPFS):
                raise Skip("no %s" % TMPFS)
            tempfile.tempdir = TMPFS
        self.folder = Folder("bench")
        tempfile.tempdir = before
        self.stops = []
        self.store = None
        self.dovecot = None
        self.agent = None

    def __enter__(self):
        return self

    def __exit__(self, *_what):
        while self.stops:
            self.stops.pop()()
        self.folder.remove()

    def program(self, name):
        return os.path.join(self.build, "tests", "bench", name)

    def start_sink(self, postfix=False):
        """Our own, or smtp-sink(1) of Postfix, which is slower and takes DATA
        only."""
        self.store = "unix:" + self.folder.join("sink")
        words = [self.program("lmtp-sink"), self.store]
        if postfix:
            if shutil.which("smtp-sink") is None:
                raise Skip("no smtp-sink")
            words = ["smtp-sink", "-u", "nobody", "-L", "-m", "20000",
                     self.store, "1024"]
        sink = Process(words, self.folder.join("sink.log"))
        self.stops.append(sink.stop)

        def ready():
            sink.must_run()
            try:
                connect(self.store, 5).close()
            except OSError:
                return False
            return True
        until(ready, "the sink")

    def start_dovecot(self):
        if shutil.which("dovecot") is None:
            raise Skip("Dovecot is not installed")
        self.dovecot = Dovecot(
            self.folder, users=["u%d@example.org" % i
                                for i in range(MAILBOXES)])
        # Sixteen sessions of ours and those of the agent at once.
        with open(self.dovecot.config, encoding="utf-8") as file:
            text = file.read()
        with open(self.dovecot.config, "w", encoding="utf-8") as file:
            file.write(text.replace("process_limit = 20",
                                    "process_limit = 100"))
        self.dovecot.start()
        self.stops.append(self.dovecot.stop)
        self.store = self.dovecot.address

    def start_agent(self, entries=MAILBOXES, log=None, **settings):
        """log: where its lines go; else a file of its own."""
        self.agent = Agent(self.folder, self.build, self.store, **settings)
        self.agent.nameplate("import", "--format", "csv", "-",
                             stdin=alias_lines(entries))
        if log is not None:
            os.symlink(log, os.path.join(self.agent.path, "stderr"))
        self.agent.start()
        self.stops.append(self.agent.stop)

    @property
    def pid(self):
        return self.agent.process.pid

    def load(self, *options, endpoint=None):
        """One run of the load driver, by default through the agent."""
        result = pairs.run_one(self.program("lmtp-load"),
                               endpoint or self.agent.address,
                               list(options))
        if result["errors"]:
            raise AssertionError(result["first_error"])
        return result

    def pairs(self, rounds, common, direct, through):
        """Alternating pairs: the store itself and through the agent."""
        return pairs.measure(
            self.program("lmtp-load"), (self.store, self.agent.address),
            (common + direct, common + through), rounds, self.pid)

    def noise(self, rounds, options):
        """Pairs of the store with itself: how far a ratio may be off."""
        return pairs.measure(self.program("lmtp-load"),
                             (self.store, self.store), (options, options),
                             rounds)

    def cpu(self, *options):
        """The agent's CPU for a message of one run, in microseconds."""
        result = pairs.run_one(self.program("lmtp-load"), self.agent.address,
                               list(options), self.pid)
        if result["errors"]:
            raise AssertionError(result["first_error"])
        return result["cpu_us"]

    def warm(self):
        """Every mailbox is made and every connection open."""
        if self.dovecot is not None:
            self.dovecot.forget()
        for words in (PRIMARY, ALIAS):
            self.load("-n", "400", "-c", "16", *words)
        self.load("-n", "200", "-c", "16", *PRIMARY, endpoint=self.store)
