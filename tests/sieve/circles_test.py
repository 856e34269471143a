# SPDX-License-Identifier: LGPL-2.1-or-later
"""Circles over two mailboxes, and over a host outside that sends everything
back: real Postfix, the agent, and the users' own rules in Dovecot."""
import re

from client import Smtp
from messages import plain
from postfix import Postfix
from scene import (ANN, BOB, Scene, SieveDovecot, equal, stage, suite, test,
                   true)
from wait import until
from world import World

SALES = "sales@company.com"  # Bob's
BOSS = "boss@company.com"  # Ann's
FAR_BOB = "bob@far.example"
FAR_ANN = "ann@far.example"
SENDER = "sender@example.org"
MAX_TRIPS = 40  # of one message to the world; no test comes near

SUBMISSION = "submission_host = 127.0.0.1:%d\n"


class Far(World):
    """The world outside, with accounts that forward: what comes for one is
    changed and sent back while Postfix waits for the reply, so that its queue
    is never empty too early."""

    def __init__(self):
        super().__init__()
        self.begin({})

    def begin(self, forwards, change=lambda message, turn: message):
        self.letters = []
        self.trips = 0
        self.forwards = forwards
        self.change = change
        self.trouble = None

    def keep(self, letter):
        super().keep(letter)
        targets = [self.forwards[one] for one in letter.recipients
                   if one in self.forwards]
        if not targets:
            return
        self.trips += 1
        if self.trips > MAX_TRIPS:
            return
        message = b"Received: from mta by far.example; Fri, 14 Aug 2026 " \
            b"10:00:00 +0000\r\n" + self.change(letter.message, self.trips)
        with Smtp(self.back) as client:
            replies = client.deliver(targets, message, sender=letter.sender)
        if any(reply.code != 250 for reply in replies.values()):
            self.trouble = replies


def without_x(message, _turn=0):
    """X- fields taken out, with their folded lines."""
    head, empty, body = message.partition(b"\r\n\r\n")
    head = re.sub(rb"(?mi)^X-[^\n]*\n([ \t][^\n]*\n)*", b"", head + b"\r\n")
    return head[:-2] + empty + body


def rewritten(message, turn):
    """Another Message-ID, another Date."""
    message = re.sub(rb"(?mi)^Message-ID:[^\n]*\n",
                     b"Message-ID: <new%d@far.example>\r\n" % turn, message)
    return new_date(message, turn)


def new_date(message, turn):
    return re.sub(rb"(?mi)^Date:[^\n]*\n",
                  b"Date: Fri, 14 Aug 2026 11:%02d:00 +0000\r\n" % turn,
                  message)


AS_IT_IS = {"as it is": lambda message, turn: message}
KEEPING = dict(AS_IT_IS, **{
    "new Date": new_date,
    "new Date and Message-ID": rewritten,
})
STRIPPING = {
    "without X-": without_x,
    "without X-, new Date": lambda message, turn: new_date(
        without_x(message), turn),
}


def start_site():
    """Dovecot and Postfix for all tests here; the agent is each test's own."""
    folder, made = stage()
    far = Far()
    suite.at_end.append(far.stop)
    postfix = Postfix(
        folder, folder.join("agent/lmtp"),
        "socketmap:unix:%s:mailbox" % folder.join("agent/socketmap"),
        ["company.com"], sink=far.port)
    far.back = postfix.address
    submission = SUBMISSION % postfix.port
    dovecot = SieveDovecot(folder, made, name="circles", extra23=submission,
                           extra24=submission, release=suite.options.release)
    suite.at_end.append(dovecot.stop)
    suite.shared["circles"] = (dovecot.start(), postfix, far)
    suite.at_end.append(postfix.stop)


class Site(Scene):
    """Bob is sales@, Ann is boss@."""

    def __init__(self, case):
        if "circles" not in suite.shared:
            start_site()
        dovecot, self.postfix, self.far = suite.shared["circles"]
        super().__init__(case, dovecot, group="postfix")
        if self.postfix.process is None:
            self.postfix.start()
        self.aliases(SALES)
        self.aliases(BOSS, mailbox=ANN)

    def at_rest(self):
        """Whether Postfix has done with all that it took. Its log says so: what
        a delivery sends is taken before the delivery ends. A look into the
        queue can miss a message that moves."""
        text = self.postfix.log_text()[self.postfix_log:]
        taken = len(re.findall(r": \w+: client=", text))
        return 0 < taken == len(re.findall(
            r": \w+: (?:removed|.*hopcount exceeded)", text))

    def play(self, label, scripts, recipients, forwards=None, change=None,
             trips=4):
        """Sends one message; {mailbox: messages in all its folders} when
        nothing moves any more. Nothing may bounce, or go round for long."""
        self.dovecot.forget()
        self.far.begin(forwards or {}, change or AS_IT_IS["as it is"])
        for user, script in scripts.items():
            self.script(script, user)
        self.postfix_log = len(self.postfix.log_text())
        with self.postfix.client() as client:
            replies = client.deliver(recipients, plain(), sender=SENDER)
        for one, reply in replies.items():
            equal(reply.code, 250, "%s: %s" % (label, one))
        until(self.at_rest, "%s: no message on its way" % label, 30)
        true(self.far.trouble is None, "%s: sent back: %s" % (
            label, self.far.trouble))
        true(self.far.trips <= trips, "%s: %d trips" % (label, self.far.trips))
        equal([one.recipients for one in self.far.letters
               if not one.sender], [], "%s: bounces" % label)
        text = self.postfix.log_text()[self.postfix_log:]
        true(not re.search("status=(bounced|deferred)", text),
             "%s: %s" % (label, text))
        return {user: sum(self.dovecot.folders(user).values())
                for user in (BOB, ANN)}


def rules(kind, bob, ann):
    """Both users' scripts."""
    text = {"redirect": 'redirect "%s";\n',
            "discard": 'redirect "%s";\ndiscard;\n',
            "copy": 'require "copy";\nredirect :copy "%s";\n',
            "alias": 'require "vnd.nameplate.alias";\n'
                     'if alias :matches "*" { redirect "%s"; }\n'
                     'else { redirect "%s"; }\n'}[kind]
    return {BOB: text.replace("%s", bob), ANN: text.replace("%s", ann)}


def once_at(user, other):
    return {user: 1, other: 0}


@test
def two_mailboxes_that_forward_to_each_other(case):
    site = Site(case)
    for kind in ("redirect", "discard", "alias"):
        for first, start, other in ((SALES, BOB, ANN), (BOB, BOB, ANN),
                                    ("sales+x@company.com", BOB, ANN),
                                    (BOSS, ANN, BOB), (ANN, ANN, BOB)):
            label = "%s, to %s" % (kind, first)
            found = site.play(label, rules(kind, BOSS, SALES), [first])
            equal(found, once_at(start, other), label)
            site.warned("has been here before", "keeping the message",
                        user=start)


@test
def two_mailboxes_that_copy_to_each_other(case):
    site = Site(case)
    for first, start, other in ((SALES, BOB, ANN), (BOB, BOB, ANN),
                                (BOSS, ANN, BOB), (ANN, ANN, BOB)):
        label = "copy, to %s" % first
        found = site.play(label, rules("copy", BOSS, SALES), [first])
        equal(found, {start: 2, other: 1}, label)
        site.warned("has been here before", "skipped", user=start)


@test
def one_message_to_both(case):
    """Nobody has more than one copy too many, and nothing is lost."""
    site = Site(case)
    for recipients in ([SALES, BOSS], [BOB, ANN], [BOB, BOSS]):
        label = "to %s" % recipients
        for kind in ("redirect", "discard"):
            found = site.play(label, rules(kind, BOSS, SALES), recipients)
            equal(found, {BOB: 1, ANN: 1}, "%s, %s" % (kind, label))
        # Two are due to each: his own, and what the other one's rule sends.
        found = site.play(label, rules("copy", BOSS, SALES), recipients)
        true(set(found.values()) <= {2, 3}, "%s: %s" % (label, found))


BACK = {FAR_BOB: SALES}
AROUND = {FAR_BOB: BOSS, FAR_ANN: SALES}  # Bob -> far -> Ann -> far -> Bob


def over_far(site, forwards, hops, kinds):
    """Yields (label, kind, where the mail is) for each kind of rule, each
    address to begin with, each way in which the host outside changes it."""
    for hop, change in hops.items():
        for kind in kinds:
            for first in (SALES, BOB):
                label = "%s, %s, to %s" % (hop, kind, first)
                yield label, kind, site.play(
                    label, rules(kind, FAR_BOB, FAR_ANN), [first], forwards,
                    change)


@test
def one_mailbox_and_a_host_that_sends_it_back(case):
    site = Site(case)
    for label, kind, found in over_far(site, BACK, KEEPING,
                                       ("redirect", "discard", "copy")):
        equal(found, {BOB: 2 if kind == "copy" else 1, ANN: 0}, label)
        site.warned("has been here before")


@test
def two_mailboxes_and_a_host_between(case):
    site = Site(case)
    for label, kind, found in over_far(site, AROUND, KEEPING,
                                       ("redirect", "discard", "copy")):
        expected = {BOB: 2, ANN: 1} if kind == "copy" else once_at(BOB, ANN)
        equal(found, expected, label)
        site.warned("has been here before")


@test
def host_that_strips_the_marks(case):
    """What was forwarded where is remembered in the mailbox."""
    site = Site(case)
    for forwards in (BACK, AROUND):
        for label, kind, found in over_far(site, forwards, STRIPPING,
                                           ("redirect", "discard", "copy")):
            ann = 1 if kind == "copy" and forwards is AROUND else 0
            equal(found, {BOB: 2 if kind == "copy" else 1, ANN: ann}, label)
            site.warned("has been forwarded there before")


@test
def host_that_leaves_no_trace(case):
    """Without the marks and with another Message-ID it is another message;
    Postfix counts Received fields, and refuses what Sieve gives it. Nothing is
    lost then either."""
    site = Site(case)
    for forwards in (BACK, AROUND):
        for kind in ("redirect", "discard"):
            found = site.play(
                kind, rules(kind, FAR_BOB, FAR_ANN), [SALES], forwards,
                lambda message, turn: rewritten(without_x(message), turn),
                trips=20)
            equal(sum(found.values()), 1, kind)
            true(site.far.trips > 4, "%s: %d trips" % (kind, site.far.trips))
