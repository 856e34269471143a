# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who shares a transaction, and what one mailbox or a few connections do to
a message with many recipients."""
from messages import plain
from scene import (ANN, BOB, CAROL, Scene, equal, own_dovecot, own_stamps,
                   stamped, test, true)


@test
def primaries_share_one_copy(case):
    scene = Scene(case)
    sent = plain()
    scene.must_deliver([BOB, ANN, CAROL], sent)
    messages = [scene.landed(user, sent) for user in (BOB, ANN, CAROL)]
    for message in messages:
        stamped(message, [], "")
    equal(len({message.inode for message in messages}), 1,
          "files for three mailboxes")


@test
def aliases_have_stamps_of_their_own(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    scene.aliases("boss@company.com", mailbox=ANN)
    sent = plain()
    scene.must_deliver(["sales@company.com", "boss@company.com"], sent)
    stamped(scene.landed(BOB, sent), [BOB, "sales@company.com"], BOB)
    stamped(scene.landed(ANN, sent), [ANN, "boss@company.com"], ANN)


@test
def one_primary_beside_aliases_is_stamped(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    sent = plain()
    scene.must_deliver(["sales@company.com", ANN], sent)
    stamped(scene.landed(ANN, sent), [ANN], ANN)


@test
def stamp_all_shares_nothing(case):
    scene = Scene(case, lmtp_stamp="all")
    sent = plain()
    scene.must_deliver([BOB, ANN], sent)
    for user in (BOB, ANN):
        stamped(scene.landed(user, sent), [user], user)


@test
def same_address_twice_is_answered_twice(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    with scene.agent.client() as client:
        given = client.envelope("a@example.org", ["sales@company.com"] * 2)
        equal([reply.code for reply in given], [250, 250], "RCPT")
        equal([reply.code for reply in client.data(plain(), 2)], [250, 250],
              "replies")
    true(scene.dovecot.folders(BOB)["INBOX"] in (1, 2), "copies")


@test
def twelve_aliases_of_one_mailbox_in_one_message(case):
    """With connections enough for all: Dovecot 2.4 refuses the eleventh."""
    scene = Scene(case, lmtp_store_connections=16)
    names = ["alias%d@company.com" % number for number in range(12)]
    scene.aliases(*names)
    sent = plain()
    scene.must_deliver(names, sent)
    found = scene.dovecot.mail(BOB).messages()
    equal(sorted(message.all("Delivered-To")[1] for message in found),
          sorted(names), "copies")


@test
def one_connection_serves_fifty_aliases(case):
    scene = Scene(case, lmtp_store_connections=1)
    names = ["alias%d@company.com" % number for number in range(50)]
    for mailbox, part in ((BOB, names[:25]), (ANN, names[25:])):
        scene.aliases(*part, mailbox=mailbox)
    scene.must_deliver(names + [CAROL], plain())
    scene.folders(BOB, {"INBOX": 25})
    scene.folders(ANN, {"INBOX": 25})
    scene.folders(CAROL, {"INBOX": 1})


@test
def silent_clients_hold_nobody_up(case):
    scene = Scene(case, lmtp_store_connections=4)
    scene.aliases("sales@company.com")
    silent = []
    for number in range(20):
        client = scene.agent.client()
        case.finally_do(client.close)
        reply = client.envelope("a@example.org", [
            "sales@company.com" if number % 2 else BOB])[0]
        equal(reply.code, 250, "RCPT of silent client %d" % number)
        silent.append(client)
    # A client's own timeout is the deadline: it fails where this waits.
    with scene.agent.client(timeout=8) as client:
        replies = client.deliver(["sales@company.com", BOB, ANN], plain())
    equal({reply.code for reply in replies.values()}, {250}, "replies")
    # They lost their questions, not their recipients.
    for client in silent:
        equal(client.data(plain(), 1)[0].code, 250, "after all")
    scene.folders(BOB, {"INBOX": 22})


@test
def clients_that_vanish_leave_nothing(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    steps = (b"", b"LHLO x\r\n", b"LHLO x\r\nMAIL FROM:<a@example.org>\r\n",
             b"RCPT TO:<sales@company.com>\r\n", b"DATA\r\n",
             b"Subject: half\r\n\r\nhalf a message", b"\r\n", b".", b"\r")
    for last in range(len(steps) + 1):
        client = scene.agent.client(hello=False)
        text = b"".join(steps[2:last] if last > 2 else steps[:last])
        if last > 2:
            text = b"LHLO x\r\n" + text
        client.send(text)
        # Read up to the last reply that is due, so that the step is reached.
        for _ in range(1 + min(text.count(b"\r\n"), 4)):
            client.reply()
        client.vanish()
    scene.must_deliver("sales@company.com", plain())
    scene.folders(BOB, {"INBOX": 1})


@test
def store_restarted_with_an_idle_pool(case):
    dovecot = own_dovecot(case)
    scene = Scene(case, dovecot)
    scene.aliases("sales@company.com")
    with scene.agent.client() as client:
        for turn in range(3):
            replies = client.deliver(["sales@company.com", BOB, ANN], plain())
            equal({reply.code for reply in replies.values()}, {250},
                  "turn %d" % turn)
            dovecot.stop()
            dovecot.start()
    scene.folders(BOB, {"INBOX": 6})


@test
def store_that_is_down_is_no_bounce(case):
    dovecot = own_dovecot(case)
    scene = Scene(case, dovecot)
    scene.aliases("sales@company.com")
    dovecot.stop()
    for address in ("sales@company.com", BOB, "nobody@company.com"):
        status = scene.deliver(address, plain())[address]
        true(status.startswith("451 4."), "%s: %s" % (address, status))
    dovecot.start()
    scene.must_deliver("sales@company.com", plain())
    scene.folders(BOB, {"INBOX": 1})


@test
def agent_killed_and_started_again(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    scene.must_deliver("sales@company.com", plain())
    scene.agent.kill()
    scene.agent.start()
    scene.must_deliver("sales@company.com", plain())
    scene.folders(BOB, {"INBOX": 2})
    equal(len(own_stamps(scene.dovecot.mail(BOB).messages()[1])), 3, "stamps")
