# SPDX-License-Identifier: LGPL-2.1-or-later
"""A folder with a configuration, a map and a store, for one test."""
import os
import shutil
import subprocess
import tempfile


class Skip(Exception):
    """What is missing."""


class Result:
    def __init__(self, process, out, err):
        self.code, self.out, self.err = process.returncode, out, err

    def __str__(self):
        return "exit %d\nstdout: %s\nstderr: %s" % (self.code, self.out,
                                                   self.err)


class Host:
    def __init__(self, build, here):
        self.program = os.path.join(build, "nameplate")
        if not os.path.exists(self.program):
            self.program = os.path.join(build, "cli", "nameplate")
        self.here = here
        self.folder = tempfile.mkdtemp(prefix="nameplate-cli-")
        self.map = os.path.join(self.folder, "aliases.db")
        self.config = os.path.join(self.folder, "nameplate.conf")
        self.socket = os.path.join(self.folder, "store")
        self.script = os.path.join(self.folder, "script")
        self.store_process = None
        self.configure()

    def close(self):
        if self.store_process:
            self.store_process.kill()
            self.store_process.wait()
            self.store_process.stdout.close()
        shutil.rmtree(self.folder)

    def configure(self, settings="", lmtp="", store=None):
        with open(self.config, "w") as config:
            config.write("[map]\nfile = %s\n%s\n[lmtp]\nstore = %s\n"
                         "store_timeout = 2\n%s\n" %
                         (self.map, settings,
                          store or "unix:" + self.socket, lmtp))

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        mode = "wb" if isinstance(text, bytes) else "w"
        with open(self.path(name), mode) as out:
            out.write(text)
        return self.path(name)

    # The command.

    def start(self, *words, **options):
        return subprocess.Popen(
            [self.program, "-c", self.config] + list(words),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
            env=dict(os.environ, TZ="UTC", LC_ALL="C.UTF-8",
                     **options.get("env", {})))

    def run(self, *words, stdin="", **options):
        process = self.start(*words, **options)
        try:
            out, err = process.communicate(stdin, timeout=50)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return Result(process, out, err)

    def expect(self, code, *words, out=None, err=None, has=None, **options):
        """Runs the command; out and err: exact text, or None; has: text that
        must stand somewhere, or a list of such."""
        result = self.run(*words, **options)
        has = [has] if isinstance(has, str) else has or []
        if result.code != code or \
           (out is not None and result.out != out) or \
           (err is not None and result.err != err) or \
           any(text not in result.out + result.err for text in has):
            raise AssertionError("%s: want %d %r %r %r\ngot %s" %
                                 (" ".join(words), code, out, err, has,
                                  result))
        return result

    def do(self, *words, **options):
        return self.expect(0, *words, **options)

    def refuse(self, *words, err=None, **options):
        """Exit 1; err without the prefix and the line end."""
        if err is not None:
            err = "nameplate: %s\n" % err
        return self.expect(1, *words, err=err, **options)

    def start_map(self, *pairs):
        """An empty map, and aliases as "alias mailbox"."""
        self.do("apply")
        for pair in pairs:
            self.do("add", "--no-probe", *pair.split())

    # The store.

    def answers(self, *lines):
        self.write("script", "".join(line + "\n" for line in lines))

    def start_store(self, *lines, where=None):
        self.answers(*lines)
        self.store_process = subprocess.Popen(
            [os.path.join(self.here, "fake-store.py"),
             where or self.socket, self.script], stdout=subprocess.PIPE, text=True)
        words = self.store_process.stdout.readline().split()
        assert words[:1] == ["ready"], words
        return int(words[1])

    def asked(self):
        """What the store was asked since the last call, without the random
        names."""
        name = self.script + ".log"
        if not os.path.exists(name):
            return []
        with open(name) as log:
            lines = log.read().split()
        os.unlink(name)
        return [line for line in lines if not line.startswith("np-probe-")]

    # The folder.

    def generations(self):
        return sorted(name for name in os.listdir(self.folder)
                      if name.startswith("aliases.") and
                      name not in ("aliases.db", "aliases.db.lock"))

    def live(self):
        return os.path.join(self.folder, os.readlink(self.map))
