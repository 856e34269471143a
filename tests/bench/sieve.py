# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot's CPU for a delivery with a Sieve script: private Dovecots that
differ in nothing but our plugin and one test, each with the same mailbox,
script and message. The client speaks to them itself, as the agent would."""
import importlib.util
import os
import shutil
import sys

from scene import HERE, Agent, Scene, Skip, alias_lines, pairs

SIEVE = os.path.join(HERE, os.pardir, "sieve")
sys.path.append(SIEVE)

# Those of tests/lib are found since scene is there.
from client import Lmtp, dot_stuffed  # noqa: E402
from plugin import LIBRARY, built, modules  # noqa: E402

BOB = "u0@example.org"
ALIAS = "a0@example.org"
MESSAGE = (b"From: Someone <someone@example.net>\r\n"
           b"To: Sales <a0@example.org>\r\n"
           b"Subject: a question\r\n"
           b"Message-ID: <1@example.net>\r\n\r\n" + b"Good morning!\r\n" * 60)

# Five tests, of which the last one holds.
SCRIPT = """require ["fileinto", "envelope"%s];
if header :contains "list-id" "announce" { stop; }
if header :is "x-spam-flag" "yes" { discard; stop; }
if address :domain "from" "example.com" { stop; }
if envelope :is "from" "nobody@example.net" { stop; }
if %s {
	fileinto "Work";
}
"""
LAST = 'header :matches "subject" "*question*"'
TEST = 'allof (%s, alias :is "%s")' % (LAST, ALIAS)

# Alike in both versions. Waiting for a disk is not what is measured.
MORE = "mail_fsync = never\n"


def tests_scene():
    """That of tests/sieve, which has the name of our own."""
    spec = importlib.util.spec_from_file_location(
        "sieve_scene", os.path.join(SIEVE, "scene.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Mailbox:
    """A Dovecot of its own with one user, reached over one connection."""

    def __init__(self, scene, dovecot, script):
        self.dovecot = dovecot
        dovecot.sieve(BOB, script)
        scene.stops.append(dovecot.stop)
        dovecot.start()
        self.client = Lmtp(dovecot.address)
        scene.stops.append(self.client.close)
        self.deliver()
        log = dovecot.log_text() + dovecot.user_log(BOB)
        if "rror" in log or dovecot.folders(BOB) != {"Work": 1}:
            raise AssertionError("%s: %s, %s" % (
                dovecot.name, dovecot.folders(BOB), log.strip()[-300:]))

    def deliver(self):
        client = self.client
        client.send("MAIL FROM:<someone@example.net>\r\n"
                    "RCPT TO:<%s> ORCPT=rfc822;%s\r\nDATA\r\n" % (BOB, ALIAS))
        for code in (250, 250, 354):
            client.expect(code, client.reply())
        client.send(dot_stuffed(MESSAGE))
        client.expect(250, client.reply())

    def cpu(self):
        """Of all its LMTP processes, in seconds: one of them has the
        connection, the others wait."""
        seconds = 0
        for pid in self.dovecot.process.children():
            with open("/proc/%d/comm" % pid, encoding="ascii") as file:
                if file.read().strip() == "lmtp":
                    seconds += pairs.cpu_seconds(pid)
        return seconds

    def forget(self):
        """The next delivery makes the mailbox anew."""
        shutil.rmtree(os.path.join(self.dovecot.home(BOB), "Maildir"),
                      ignore_errors=True)


def make_mailboxes(scene, entries):
    """In the order of measure()'s figures."""
    if shutil.which("dovecot") is None:
        raise Skip("Dovecot is not installed")
    if not os.path.exists(built(scene.build, LIBRARY)):
        raise Skip("the Sieve plugin is not built")
    folder = scene.folder
    made = modules(folder, scene.build, "")
    Agent(folder, scene.build, "unix:" + folder.join("none")).nameplate(
        "import", "--format", "csv", "-", stdin=alias_lines(entries))
    kind = tests_scene()
    result = []
    for name, bare, script in (
            ("bare", True, SCRIPT % ("", LAST)),
            ("again", True, SCRIPT % ("", LAST)),
            ("guard", False, SCRIPT % ("", LAST)),
            ("test", False,
             SCRIPT % (', "vnd.nameplate.alias"', TEST))):
        dovecot = kind.SieveDovecot(folder, made, name, users=[BOB],
                                    extra23=MORE, extra24=MORE)
        if bare:
            dovecot.config = kind.bare_config(dovecot)
        result.append(Mailbox(scene, dovecot, script))
    return result


def measure(build, entries, rounds, deliveries):
    """Four lists of microseconds for a delivery, a figure for each round:
    without our plugin, the same once more, with it, with the test too. Each
    gets one message in turn, so that what else the machine does falls on all
    alike; each has processes of its own to ask for their time."""
    with Scene(build) as scene:
        mailboxes = make_mailboxes(scene, entries)
        figures = [[] for _ in mailboxes]
        for _ in range(rounds):
            for one in mailboxes:
                one.forget()
            before = [one.cpu() for one in mailboxes]
            for number in range(deliveries):
                for turn in range(len(mailboxes)):
                    mailboxes[(number + turn) % len(mailboxes)].deliver()
            for figure, one, start in zip(figures, mailboxes, before):
                figure.append((one.cpu() - start) * 1e6 / deliveries)
        return figures
