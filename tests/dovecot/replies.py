# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the sender is told: the store's verdict, never the mailbox behind the
alias; and what the operator's command says of the same addresses."""
from messages import plain
from scene import ANN, BOB, CAROL, Scene, equal, own_dovecot, test, true


@test
def full_mailbox(case):
    """2.3 refuses after the data, 2.4 at RCPT."""
    scene = Scene(case, own_dovecot(case, quota=20))
    scene.aliases("sales@company.com")
    large = plain(body="x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 1000)
    replies = scene.replies(["sales@company.com", ANN], large)
    for address, reply in replies.items():
        equal(reply.status, "552 5.2.2", address)
        true("<%s>" % address in reply.text, "text: %s" % reply.text)
    scene.folders(BOB, {})
    sent = plain()
    scene.must_deliver("sales@company.com", sent)
    scene.landed(BOB, sent)


@test
def one_is_full_and_the_others_have_their_copy(case):
    dovecot = own_dovecot(case, quota=20)
    scene = Scene(case, dovecot)
    scene.aliases("sales@company.com", "info@company.com")
    for _ in range(4):
        scene.must_deliver("sales@company.com", plain(body="z" * 4000
                                                      + "\r\n"))
    sent = plain(body="w" * 7000 + "\r\n")
    replies = scene.replies(["info@company.com", ANN, CAROL], sent)
    equal([reply.status for reply in replies.values()],
          ["552 5.2.2", "250 2.0.0", "250 2.0.0"], "replies")
    scene.landed(ANN, sent)
    scene.landed(CAROL, sent)


@test
def broken_mailbox_is_tried_again_later(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    # A plain file where the mailbox belongs: Dovecot cannot store.
    home = scene.dovecot.folder.make("dovecot", "home", BOB, owner=5000)
    with open(home + "/Maildir", "w", encoding="ascii") as file:
        file.write("no folder")
    reply = scene.replies(["sales@company.com"], plain())["sales@company.com"]
    equal(reply.code // 100, 4, "reply: %r" % reply)


@test
def unknown_mailbox_behind_an_alias(case):
    scene = Scene(case)
    scene.agent.nameplate("add", "--no-probe", "ghost@company.com",
                          "bob@company.invalid")
    reply = scene.replies(["ghost@company.com"], plain())["ghost@company.com"]
    equal(reply.status, "550 5.1.1", "reply")
    true("company.invalid" not in reply.text, "text: %s" % reply.text)


@test
def metrics_and_log_tell_of_each_recipient(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    sent = plain()
    scene.must_deliver("sales@company.com", sent)
    lines = [line for line in scene.agent.log_text().splitlines()
             if "sales@company.com" in line and BOB in line]
    equal(len(lines), 1, "log lines of the delivery")
    true("test@example.org" in lines[0], "Message-ID in %s" % lines[0])
    true("alias" in lines[0], "rule in %s" % lines[0])
    true(scene.agent.metrics(), "metrics")


@test
def ghost_targets_are_refused_by_asking_the_store(case):
    scene = Scene(case)
    said = scene.agent.nameplate("add", "sales@company.com",
                                 "nobody@company.com", status=1)
    true("nobody@company.com" in said, said)
    said = scene.agent.nameplate("add", ANN, BOB, status=1)
    true(ANN in said, said)
    scene.agent.nameplate("add", "sales@company.com", BOB)


@test
def explain_says_what_the_agent_does(case):
    scene = Scene(case, own_dovecot(case))
    scene.aliases("sales@company.com", "off@company.com")
    scene.agent.nameplate("disable", "off@company.com")
    for address, words in (
            ("sales+vip@company.com", ("bob+vip@company.com", BOB, "250")),
            (BOB, (BOB, "250")),
            ("off@company.com", ("disabled", "550 5.1.1")),
            ("nobody@company.com", ("550 5.1.1",))):
        # The exit status is the verdict: 0 would be delivered, 1 would not.
        said = scene.agent.nameplate(
            "explain", address, status=1 if "550 5.1.1" in words else 0)
        for word in words:
            true(word in said, "%s not in: %s" % (word, said))


@test
def stop_lets_an_open_message_finish(case):
    scene = Scene(case, lmtp_drain_timeout=20)
    scene.aliases("sales@company.com")
    client = scene.agent.client()
    case.finally_do(client.close)
    client.envelope("a@example.org", ["sales@company.com"])
    client.expect(354, client.command("DATA"))
    client.send(b"Subject: half\r\n\r\nhalf ")
    scene.agent.process.send(15)
    client.send(b"and the rest\r\n.\r\n")
    equal(client.reply().status, "250 2.0.0", "reply")
    true(scene.agent.process.wait(20), "the agent ends")
    scene.agent.stop(ended=True)
    scene.folders(BOB, {"INBOX": 1})
