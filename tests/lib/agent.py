# SPDX-License-Identifier: LGPL-2.1-or-later
"""nameplate-lmtpd and nameplate(1) with a configuration, a map and a key of
their own below a test's folder."""
import grp
import os
import subprocess

from client import Lmtp, connect
from process import Process
from wait import until

KEY = "test 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"


def program(build, name):
    """The path of a built program."""
    for place in ("", "lmtp", "cli"):
        path = os.path.join(build, place, name)
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    raise AssertionError("%s is not built in %s" % (name, build))


class Agent:
    def __init__(self, folder, build, store, name="agent", key=KEY,
                 group=None, **settings):
        """store: the address of the LMTP store, "unix:PATH". group: who may
        use the sockets, as their folder says it. settings: keys
        as "section_key" ("lmtp_max_returns"), written over the defaults that
        suit a test. The map is made here; the agent is not started."""
        self.daemon = program(build, "nameplate-lmtpd")
        self.cli = program(build, "nameplate")
        self.folder = folder
        self.name = name
        self.path = folder.make(name)
        if group:
            os.chown(self.path, -1, grp.getgrnam(group).gr_gid)
            os.chmod(self.path, 0o2755)
        folder.make(name, "map")
        folder.make(name, "spool", mode=0o700)
        self.process = None
        self.settings = {
            "map": {"file": self.path + "/map/aliases.db"},
            "lmtp": {
                "listen": self.address,
                "store": store,
                "hostname": "mx.company.com",
                "mark_key": folder.write(name + "/mark.key", key, 0o600),
                "spool_dir": self.path + "/spool",
            },
            "socketmap": {"listen": "unix:%s/socketmap" % self.path},
            "metrics": {"listen": "unix:%s/metrics" % self.path},
            "log": {"target": "stderr", "level": "info"},
        }
        self.configure(**settings)
        self.nameplate("apply")

    @property
    def address(self):
        return "unix:%s/lmtp" % self.path

    @property
    def config(self):
        return self.path + "/nameplate.conf"

    def configure(self, **settings):
        for key, value in settings.items():
            section, _, word = key.partition("_")
            self.settings[section][word] = value
        lines = []
        for section, values in self.settings.items():
            lines.append("[%s]\n" % section)
            lines += ["%s = %s\n" % pair for pair in values.items()]
        self.folder.write(self.name + "/nameplate.conf", "".join(lines))

    def nameplate(self, *words, status=0, stdin=""):
        """Runs the command; its output. Another exit status is an error."""
        done = subprocess.run(
            [self.cli, "-c", self.config] + list(words), input=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
            universal_newlines=True, check=False)
        if done.returncode != status:
            raise AssertionError("nameplate %s: exit status %d: %s" % (
                " ".join(words), done.returncode, done.stdout.strip()))
        return done.stdout

    def start(self):
        self.process = Process([self.daemon, "-c", self.config],
                               os.path.join(self.path, "stderr"))
        until(self.ready, "the agent's sockets", 20)
        return self

    def ready(self):
        self.process.must_run()
        try:
            for section in ("lmtp", "socketmap", "metrics"):
                connect(self.settings[section]["listen"], 5).close()
        except OSError:
            return False
        return True

    def stop(self, ended=False):
        """Ends it; anything but a clean end is an error. ended: it was told
        before and may be gone."""
        if self.process is None:
            return
        process, self.process = self.process, None
        running = ended or process.running()
        status = process.stop()
        if not running or status != 0:
            raise AssertionError("the agent ended with %s:\n%s" % (
                status, process.log_text()[-3000:]))

    def kill(self):
        """As a crash would."""
        self.process.popen.kill()
        self.process.popen.wait()
        self.process = None

    def log_text(self):
        with open(os.path.join(self.path, "stderr"), "rb") as file:
            return file.read().decode("utf-8", "replace")

    def client(self, **words):
        return Lmtp(self.address, **words)

    def deliver(self, recipients, message, **words):
        """One message over a connection of its own; see Lmtp.deliver."""
        with self.client() as client:
            return client.deliver(recipients, message, **words)

    def metrics(self):
        """{metric with its labels: value}."""
        sock = connect(self.settings["metrics"]["listen"])
        # Both a plain reader and one that speaks HTTP are answered.
        sock.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        text = b""
        while True:
            more = sock.recv(65536)
            if not more:
                break
            text += more
        sock.close()
        result = {}
        for line in text.decode().splitlines():
            name, _, value = line.rpartition(" ")
            if name and not line.startswith("#"):
                try:
                    result[name] = float(value)
                except ValueError:
                    pass
        return result
