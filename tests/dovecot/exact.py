# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bytes below the stamps, by BDAT and by DATA, in a real Dovecot; and what
tries to end a message early."""
import itertools
import os
import re

from client import Lmtp
from messages import ODD, plain, with_parts
from narrow import Narrow
from scene import ANN, BOB, Scene, equal, shared_dovecot, test, true


def by_bdat(message):
    """What Dovecot keeps of exact bytes: bare LF is CRLF."""
    return re.sub(rb"(?<!\r)\n", b"\r\n", message)


def by_data(message):
    """DATA has lines only: bare CR is a line end too."""
    return re.sub(rb"\r(?!\n)|(?<!\r)\n", b"\r\n", message)


def without_chunking(case):
    """The address of a relay to the shared Dovecot without CHUNKING."""
    narrow = Narrow(case.folder.join("narrow"), shared_dovecot().address)
    case.finally_do(narrow.stop)
    return narrow


def check_bytes(message, sent, label, folded=by_bdat):
    """The stored file is stamps and trace, then exactly what was sent."""
    guard = b"\r\n" if sent[:1] in (b" ", b"\t") else b""
    expected = guard + folded(sent)
    if not message.bytes.endswith(expected):
        tail = message.bytes[-len(expected):]
        at = next((i for i, (a, b) in enumerate(zip(tail, expected))
                   if a != b), -1)
        raise AssertionError("%s: bytes differ at %d: %r, sent %r" % (
            label, at, tail[at:at + 40], expected[at:at + 40]))
    above = message.bytes[:-len(expected)]
    true(re.fullmatch(
        rb"((Return-Path|Received|Delivered-To|X-Nameplate-Mark):[^\n]*\r\n"
        rb"([ \t][^\n]*\r\n)*)+", above), "%s: above it: %r" % (label, above))


def odd_messages(scene, folded):
    scene.aliases("sales@company.com")
    with scene.agent.client(timeout=60) as client:
        for label, sent in ODD.items():
            scene.dovecot.forget()
            reply = client.deliver(["sales@company.com"], sent)
            equal(reply["sales@company.com"].status, "250 2.0.0", label)
            check_bytes(scene.dovecot.mail(BOB).one(), sent, label, folded)


@test
def odd_messages_arrive_exactly(case):
    odd_messages(Scene(case), by_bdat)


@test
def odd_messages_arrive_exactly_by_data(case):
    narrow = without_chunking(case)
    odd_messages(Scene(case, store=narrow.address), by_data)
    true(b"BDAT" not in narrow.commands, "BDAT was used")


@test
def parts_are_the_same_for_everybody(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    sent = with_parts()
    scene.must_deliver(["sales@company.com", BOB, ANN], sent)
    for message in (scene.dovecot.mail(BOB).messages()
                    + scene.dovecot.mail(ANN).messages()):
        check_bytes(message, sent, message.path)


SMUGGLED = (b"MAIL FROM:<evil@example.org>\r\nRCPT TO:<" + ANN.encode()
            + b">\r\nDATA\r\nSubject: smuggled\r\n\r\nx\r\n.\r\n")
# Everything but the one true end, as two line ends around a dot.
ENDS = [b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n\r", b"\x00\r\n"]
FALSE_ENDS = [before + b"." + after
              for before, after in itertools.product(ENDS, ENDS)
              if b"\r\n.\r\n" not in before + b"." + after]


def undotted(raw):
    """What the receiver of DATA keeps: one dot less at a line's start."""
    return re.sub(rb"(^|\r\n)\.", rb"\1", raw)


def smuggle(scene, folded):
    """Each false end inside a message: it stays one message, to Bob alone."""
    scene.aliases("sales@company.com")
    for end in FALSE_ENDS:
        scene.dovecot.forget()
        raw = b"Subject: carrier\r\n\r\nfirst" + end + SMUGGLED
        kept = undotted(raw[:-len(b".\r\n")])
        with Lmtp(scene.agent.address) as client:
            given = client.envelope("a@example.org", ["sales@company.com"])
            equal(given[0].code, 250, "RCPT")
            client.expect(354, client.command("DATA"))
            client.send(raw)
            equal(client.reply().status, "250 2.0.0", "end %r" % end)
            # Nothing else was answered: the next reply is NOOP's.
            equal(client.command("NOOP").code, 250, "NOOP after %r" % end)
            client.quit()
        scene.folders(ANN, {})
        check_bytes(scene.dovecot.mail(BOB).one(), kept, "end %r" % end,
                    folded)


@test
def false_ends_do_not_end_a_message(case):
    smuggle(Scene(case), by_bdat)


@test
def false_ends_do_not_end_a_message_by_data(case):
    smuggle(Scene(case, store=without_chunking(case).address), by_data)


@test
def message_larger_than_memory_arrives_exactly(case):
    scene = Scene(case, lmtp_memory_per_message=65536)
    scene.aliases("sales@company.com", "info@company.com")
    sent = plain(body="x" * 70 + "\r\n" + os.urandom(600000).hex() + "\r\n")
    scene.must_deliver(["sales@company.com", "info@company.com", ANN], sent)
    for message in scene.dovecot.mail(BOB).messages():
        check_bytes(message, sent, message.path)
    check_bytes(scene.dovecot.mail(ANN).one(), sent, "Ann's")
    equal(os.listdir(scene.agent.path + "/spool"), [], "spool folder")
