# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every test here has on its stage: one Dovecot with the plugin for all of
the suite, and an agent with a map of its own in front of it."""
import os
import shutil
import socket
import subprocess

from agent import Agent
from dovecot import MAIL_UID, Dovecot
from folder import Folder
from managesieve import ManageSieve
from plugin import SETTINGS, modules
from runner import Suite, equal, true
from wait import until

suite = Suite("sieve")
test = suite.test
HERE = os.path.dirname(os.path.abspath(__file__))

BOB = "bob@company.com"
ANN = "ann@company.com"
PLAIN = "dave"  # a user name without a domain
USERS = (BOB, ANN, "carol@company.com", PLAIN)

COMMON = """
protocols = lmtp sieve
service managesieve-login {
  chroot =
  inet_listener sieve {
    port = @PORT@
  }
}
service anvil {
  chroot =
}
"""

EXTRA23 = COMMON + """
disable_plaintext_auth = no
plugin {
  sieve_plugins = sieve_nameplate
  sieve_plugin_dir = @MODULES@
  sieve_extensions = +editheader
  recipient_delimiter = +
@SETTINGS@
}
"""

EXTRA24 = COMMON + """
auth_allow_cleartext = yes
sieve_plugins {
  sieve_nameplate = yes
}
sieve_plugin_dir = @MODULES@
sieve_extensions {
  editheader = yes
}
@SETTINGS@
"""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class SieveDovecot(Dovecot):
    """With the plugin and ManageSieve. settings: ours, by name."""

    def __init__(self, folder, module_folder, name="dovecot", settings=(),
                 extra23="", extra24="", fields=(), **words):
        """extra23, extra24: more configuration of each version. fields:
        {user: further fields of his entry}."""
        self.module_folder = module_folder
        self.fields = dict(fields)
        self.port = free_port()
        words.setdefault("users", USERS)
        words.setdefault("packages", "build")
        super().__init__(folder, name, **words)
        ours = {"nameplate_map": folder.join("agent/map/aliases.db")}
        ours.update(settings)
        text = EXTRA24 if self.is_24 else EXTRA23
        for key, value in (
                ("PORT", str(self.port)), ("MODULES", module_folder),
                ("SETTINGS", "".join("%s = %s\n" % pair
                                     for pair in ours.items()))):
            text = text.replace("@%s@" % key, value)
        with open(self.config, "a", encoding="utf-8") as file:
            file.write(text + (extra24 if self.is_24 else extra23).replace(
                "@DIR@", self.path))

    def write_users(self):
        super().write_users()
        with open(os.path.join(self.path, "users"), "r+",
                  encoding="utf-8") as file:
            lines = [line.rstrip("\n") + " " + self.fields.get(
                line.split(":")[0], "") + "\n" for line in file]
            file.seek(0)
            file.writelines(lines)

    def command(self, *words):
        module = os.path.join(self.module_folder, SETTINGS)
        if os.path.exists(module):
            # Reached by the same path in the other root.
            script = self.folder.join("with-settings")
            if not os.path.exists(script):
                shutil.copy2(os.path.join(HERE, "with-settings"), script)
            words = (script, module, self.folder.join("settings")) + words
            if self.root:
                # in-root has made a mount namespace already.
                words = ("env", "NAMEPLATE_WITH_SETTINGS=yes") + words
        return super().command(*words)

    def tool(self, *words, status=0, stdin="", config=None):
        """Runs a program with our configuration; its output."""
        done = subprocess.run(
            self.command(words[0], "-c", config or self.config, *words[1:]),
            input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            universal_newlines=True, timeout=60, check=False)
        if done.returncode != status:
            raise AssertionError("%s: exit status %d: %s" % (
                " ".join(words), done.returncode, done.stdout.strip()))
        return done.stdout

    def user_log(self, user):
        """The log of the user's own script."""
        path = os.path.join(self.home(user), ".dovecot.sieve.log")
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as file:
            return file.read()

    def editor(self, user):
        self.folder.make(self.name, "home", user, owner=MAIL_UID)
        return ManageSieve(self.port, user)


def stage():
    """The suite's folder with the modules in it."""
    if "folder" not in suite.shared:
        from dovecot import root_of
        folder = Folder("sieve")
        suite.at_end.append(folder.remove)
        suite.shared["modules"] = modules(
            folder, suite.options.build,
            root_of(suite.options.release, "build"))
        suite.shared["folder"] = folder
    return suite.shared["folder"], suite.shared["modules"]


def shared_dovecot():
    """Started by the first test that needs it, stopped after the last."""
    if "dovecot" not in suite.shared:
        folder, made = stage()
        dovecot = SieveDovecot(folder, made, release=suite.options.release)
        suite.at_end.append(dovecot.stop)
        suite.shared["dovecot"] = dovecot.start()
        print("Dovecot %s" % dovecot.version, flush=True)
    return suite.shared["dovecot"]


def own_dovecot(case, settings=(), **words):
    """One for this test alone, with settings of its own."""
    folder, made = stage()
    # Short: the path of a socket has room for 107 octets.
    suite.shared["own"] = suite.shared.get("own", 0) + 1
    words.setdefault("name", "own%d" % suite.shared["own"])
    dovecot = SieveDovecot(folder, made, settings=settings,
                           release=suite.options.release, **words)
    case.finally_do(dovecot.stop)
    return dovecot.start()


def bare_config(dovecot):
    """The same configuration without the plugin, as before the installation
    or after its removal."""
    with open(dovecot.config, encoding="utf-8") as file:
        text = file.read()
    text = text.replace("  sieve_plugins = sieve_nameplate\n", "")
    text = text.replace("  sieve_nameplate = yes\n", "")
    return dovecot.folder.write(dovecot.name + "/bare.conf", text)


class Scene:
    def __init__(self, case, dovecot=None, **words):
        """A new agent with an empty map, and empty mailboxes."""
        self.dovecot = dovecot or shared_dovecot()
        self.dovecot.forget()
        folder = self.dovecot.folder
        shutil.rmtree(folder.join("agent"), ignore_errors=True)
        self.agent = Agent(folder, suite.options.build, self.dovecot.address,
                           **words)
        case.finally_do(self.agent.stop)
        self.agent.start()
        self.log_start = len(self.dovecot.log_text())

    @property
    def map(self):
        return self.agent.path + "/map/aliases.db"

    def log(self):
        """What Dovecot has logged since the test began."""
        return self.dovecot.log_text()[self.log_start:]

    def logged(self, *parts):
        """Waits for all of them in Dovecot's log, which is written beside."""
        until(lambda: all(part in self.log() for part in parts),
              "%r in the log: %s" % (parts, self.log()), 10)

    def aliases(self, *names, mailbox=BOB):
        self.agent.nameplate("add", *names, mailbox)

    def script(self, text, user=BOB):
        self.dovecot.sieve(user, text)

    def deliver(self, recipients, message, **words):
        if isinstance(recipients, str):
            recipients = [recipients]
        replies = self.agent.deliver(recipients, message, **words)
        for one, reply in replies.items():
            equal(reply.status, "250 2.0.0", "reply for %s" % one)

    def folders(self, expected, user=BOB):
        equal(self.dovecot.folders(user), expected, "mail of %s" % user)

    def forwarded(self, *addresses):
        """To whom Sieve has sent something, sorted."""
        sent = [arguments.split()[-1].strip("<>")
                for arguments, _ in self.dovecot.sent()]
        equal(sorted(sent), sorted(addresses), "forwarded to")

    def warned(self, *parts, user=BOB):
        """Whether the user's Sieve log has a line with all parts."""
        text = self.dovecot.user_log(user)
        true(any(all(part in line for part in parts)
                 for line in text.splitlines()),
             "no line with %r in the user's log: %s" % (parts, text))

    def not_warned(self, user=BOB):
        equal(self.dovecot.user_log(user), "", "log of %s" % user)
