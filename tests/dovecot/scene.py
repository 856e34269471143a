# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every test here has on its stage: the suite's one Dovecot, emptied,
and an agent with a map of its own in front of it."""
import os
import subprocess
import tempfile

from agent import KEY, Agent
from dovecot import Dovecot
from folder import Folder
from marks import Mark
from runner import Suite, equal, true

suite = Suite("dovecot")
test = suite.test

BOB = "bob@company.com"
ANN = "ann@company.com"
CAROL = "carol@company.com"
USERS = (BOB, ANN, CAROL, "eve@other.org")

# What stands above a delivered message besides our own stamps.
TRACE = ("return-path", "received")


def shared_dovecot():
    """Started by the first test that needs it, stopped after the last."""
    if "dovecot" not in suite.shared:
        folder = Folder("store")
        dovecot = Dovecot(folder, release=suite.options.release, users=USERS)
        suite.at_end.append(folder.remove)
        suite.at_end.append(dovecot.stop)
        suite.shared["dovecot"] = dovecot.start()
        print("Dovecot %s" % dovecot.version, flush=True)
    return suite.shared["dovecot"]


def own_dovecot(case, **words):
    """One for this test alone, with settings of its own."""
    words.setdefault("users", USERS)
    dovecot = Dovecot(case.folder, release=suite.options.release, **words)
    case.finally_do(dovecot.stop)
    return dovecot.start()


class Scene:
    def __init__(self, case, dovecot=None, store=None, start=True, **words):
        """dovecot: another than the shared one. store: the address the agent
        is given, where that is not Dovecot's own socket. words: Agent's."""
        self.case = case
        self.dovecot = dovecot or shared_dovecot()
        self.dovecot.forget()
        self.agent = Agent(case.folder, suite.options.build,
                           store or self.dovecot.address, **words)
        case.finally_do(self.agent.stop)
        if start:
            self.agent.start()

    def aliases(self, *names, mailbox=BOB):
        self.agent.nameplate("add", *names, mailbox)

    def replies(self, recipients, message, **words):
        """{recipient: Reply}. None of them may name a mailbox that the
        sender did not name."""
        replies = self.agent.deliver(recipients, message, **words)
        known = " ".join(recipients).lower()
        for one, reply in replies.items():
            for mailbox in USERS:
                true(mailbox in known or mailbox not in reply.text.lower(),
                     "the reply for %s names %s" % (one, mailbox))
        return replies

    def deliver(self, recipients, message, **words):
        """{recipient: status}, "250 2.0.0" where all is well."""
        if isinstance(recipients, str):
            recipients = [recipients]
        return {one: reply.status for one, reply in
                self.replies(recipients, message, **words).items()}

    def must_deliver(self, recipients, message, **words):
        for one, status in self.deliver(recipients, message, **words).items():
            equal(status, "250 2.0.0", "reply for %s" % one)

    def landed(self, user, sent, mailbox="INBOX"):
        """The only message in the mailbox, which GMime finds to be sent."""
        message = self.dovecot.mail(user, mailbox).one()
        judge(sent, message)
        return message

    def folders(self, user, expected):
        equal(self.dovecot.folders(user), expected, "mail of %s" % user)


def judge(sent, message):
    """GMime's verdict on a delivered message."""
    program = os.path.join(suite.options.build, "tests/dovecot/same-parts")
    with tempfile.NamedTemporaryFile() as file:
        file.write(sent)
        file.flush()
        done = subprocess.run([program, file.name, message.path],
                              stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise AssertionError("same-parts: %s" % done.stdout.decode().strip())


def own_stamps(message):
    """Our fields above the message: [(name, value)], trace left out."""
    found = []
    for name, value in message.fields():
        if name.lower() in ("delivered-to", "x-nameplate-mark"):
            found.append((name, value))
        elif name.lower() not in TRACE:
            break
    return found


def stamped(message, delivered_to, mailbox, count=0, message_id=None):
    """Checks the stamps on top: these Delivered-To, then one valid mark for
    mailbox ("" for a shared one) with n=count. Returns the mark."""
    stamps = own_stamps(message)[:len(delivered_to) + 1]
    equal([name for name, _ in stamps],
          ["Delivered-To"] * len(delivered_to) + ["X-Nameplate-Mark"],
          "stamps")
    equal([value for _, value in stamps[:-1]], delivered_to, "Delivered-To")
    mark = Mark(stamps[-1][1])
    true(mark.is_for(mailbox, KEY), "the mark is not for %r" % mailbox)
    equal(int(mark.count), count, "n of the mark")
    if message_id is not None:
        true(mark.is_of(message_id), "m of the mark")
    return mark
