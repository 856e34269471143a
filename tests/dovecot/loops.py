# SPDX-License-Identifier: LGPL-2.1-or-later
"""A message that comes back: known by our own marks and by nothing else."""
import os
import re

from agent import KEY
from marks import Mark
from messages import plain
from process import Process
from scene import ANN, BOB, Scene, equal, own_stamps, stamped, test, true
from wait import until

LOOP = "554 5.4.6"


def come_back(scene, user=BOB):
    """The newest message of the mailbox as a forwarding would send it."""
    return scene.dovecot.mail(user).messages()[-1].bytes


def count_of(scene, user=BOB):
    """n of the topmost mark of the newest message."""
    message = scene.dovecot.mail(user).messages()[-1]
    return int(Mark(message.all("X-Nameplate-Mark")[0]).count)


@test
def comes_back_once_twice_three_times(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    sent = plain()
    for turn in range(3):
        scene.must_deliver("sales@company.com", sent)
        message = scene.dovecot.mail(BOB).messages()[-1]
        stamped(message, [BOB, "sales@company.com"], BOB, count=turn)
        sent = message.bytes
    equal(scene.deliver("sales@company.com", sent),
          {"sales@company.com": LOOP}, "the third return")
    scene.folders(BOB, {"INBOX": 3})


@test
def comes_back_by_another_name_of_the_mailbox(case):
    scene = Scene(case)
    scene.aliases("sales@company.com", "info@company.com")
    scene.must_deliver("sales@company.com", plain())
    for turn, address in enumerate((BOB, "info@company.com"), start=1):
        scene.must_deliver(address, come_back(scene))
        equal(count_of(scene), turn, "n at %s" % address)
    equal(scene.deliver("sales@company.com", come_back(scene)),
          {"sales@company.com": LOOP}, "the third return")


@test
def mark_of_one_mailbox_does_not_count_for_another(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    scene.must_deliver("sales@company.com", plain())
    sent = come_back(scene)
    scene.must_deliver(ANN, sent)
    equal(count_of(scene, ANN), 0, "n for Ann")
    for _ in range(3):
        scene.must_deliver(ANN, sent)


@test
def max_returns_is_a_setting(case):
    scene = Scene(case, lmtp_max_returns=1)
    scene.must_deliver(BOB, plain())
    scene.must_deliver(BOB, come_back(scene))
    equal(scene.deliver(BOB, come_back(scene)), {BOB: LOOP}, "second return")


@test
def forged_delivered_to_is_no_loop(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    forged = "".join("Delivered-To: %s\r\n" % one for one in
                     (BOB, "sales@company.com") * 20)
    for recipients in (["sales@company.com"], [BOB], [BOB, ANN]):
        scene.must_deliver(recipients, plain(header=forged))
    scene.folders(BOB, {"INBOX": 3})


@test
def forged_marks_do_not_count(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    scene.must_deliver("sales@company.com", plain())
    real = scene.dovecot.mail(BOB).one().all("X-Nameplate-Mark")[0]
    forgeries = [
        re.sub(r"h=.*", "h=" + "A" * 22, real),
        re.sub(r"n=0", "n=1", real),
        re.sub(r"t=\d", "t=1", real) + "x",
        re.sub(r"k=test", "k=nobody", real),
        real.replace("v=1", "v=2"),
        "v=1; k=test; t=; n=; m=; r=; h=",
        ";" * 300, "x" * 5000, "",
    ]
    header = "".join("X-Nameplate-Mark: %s\r\n" % one for one in forgeries)
    scene.dovecot.forget()
    for recipients in (["sales@company.com"], [BOB], [BOB, ANN]):
        for _ in range(2):
            scene.must_deliver(recipients, plain(header=header))
            equal(count_of(scene), 0, "n of %s" % recipients)
    message = scene.dovecot.mail(BOB).messages()[-1]
    stamped(message, [], "")


@test
def shared_copy_that_returns(case):
    scene = Scene(case)
    scene.must_deliver([BOB, ANN], plain())
    first = come_back(scene)
    stamped(scene.dovecot.mail(BOB).one(), [], "")
    # It dissolves the group: from now on each has a mark of his own.
    scene.must_deliver([BOB, ANN], first)
    for user in (BOB, ANN):
        message = scene.dovecot.mail(user).messages()[-1]
        stamps = own_stamps(message)
        equal(stamps[0], ("Delivered-To", user), "stamp of %s" % user)
        true(Mark(stamps[1][1]).is_for(user, KEY), "mark of %s" % user)
    second = come_back(scene)
    scene.must_deliver([BOB, ANN], second)
    true(count_of(scene) >= 1, "n of Bob's copy that returned")
    # Ends: his own marks add up with each return.
    for _ in range(3):
        status = scene.deliver([BOB, ANN], come_back(scene))
        if status[BOB] == LOOP:
            return
        equal(status[BOB], "250 2.0.0", "Bob's reply")
    raise AssertionError("the loop did not end: %s" % status)


@test
def earlier_mark_of_one_recipient_leaves_the_others_alone(case):
    scene = Scene(case)
    scene.must_deliver(BOB, plain())
    scene.must_deliver([BOB, ANN, "carol@company.com"], come_back(scene))
    stamped(scene.dovecot.mail(BOB).messages()[-1], [BOB], BOB, count=1)
    for user in (ANN, "carol@company.com"):
        message = scene.dovecot.mail(user).one()
        equal(own_stamps(message)[0][0], "X-Nameplate-Mark", "first stamp")
        true(Mark(own_stamps(message)[0][1]).is_for("", KEY), "shared mark")


@test
def rewritten_message_id_is_kept_never_refused(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    sent = plain()
    for turn in range(6):
        scene.must_deliver("sales@company.com", sent)
        equal(count_of(scene), turn, "n")
        sent = re.sub(rb"Message-ID: <.*>", b"Message-ID: <new%d@gateway>"
                      % turn, come_back(scene))


@test
def another_key_signs_and_the_old_one_still_counts(case):
    scene = Scene(case)
    scene.must_deliver(BOB, plain())
    old = come_back(scene)
    new = "next " + "ab" * 32 + "\n"
    scene.agent.stop()
    case.folder.write("agent/mark.key", new + KEY, 0o600)
    scene.agent.start()
    scene.must_deliver(BOB, old)
    message = scene.dovecot.mail(BOB).messages()[-1]
    mark = Mark(message.all("X-Nameplate-Mark")[0])
    equal((mark.key_id, mark.count), ("next", "1"), "mark")
    # Without the old key its marks are nobody's.
    scene.agent.stop()
    case.folder.write("agent/mark.key", new, 0o600)
    scene.agent.start()
    scene.must_deliver(BOB, old)
    equal(count_of(scene), 0, "n without the old key")


@test
def no_key_no_start(case):
    scene = Scene(case, start=False)
    os.unlink(scene.agent.path + "/mark.key")
    process = Process([scene.agent.daemon, "-c", scene.agent.config],
                      case.folder.join("nokey"))
    case.finally_do(process.stop)
    until(lambda: not process.running(), "the agent to refuse", 10)
    true(process.popen.returncode != 0, "exit status")
    true("mark.key" in process.log_text(), "text: %s" % process.log_text())


@test
def hundred_received_fields_are_a_loop(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    field = "Received: from a by b; Fri, 14 Aug 2026 10:00:00 +0000\r\n"
    scene.must_deliver("sales@company.com", plain(header=field * 99))
    scene.dovecot.forget()
    for recipients in (["sales@company.com"], [BOB, ANN]):
        equal(set(scene.deliver(recipients, plain(header=field * 100))
                  .values()), {LOOP}, "100 of them to %s" % recipients)
    scene.folders(BOB, {})


@test
def message_without_id_can_come_back_too(case):
    scene = Scene(case)
    sent = b"Subject: no id\r\n\r\nx\r\n"
    for turn in range(3):
        scene.must_deliver(BOB, sent)
        message = scene.dovecot.mail(BOB).messages()[-1]
        stamped(message, [BOB], BOB, count=turn, message_id="")
        sent = message.bytes


@test
def sieve_redirect_to_the_own_alias_ends(case):
    """The real thing: what Bob's rule sends out comes back by LMTP."""
    scene = Scene(case)
    scene.aliases("sales@company.com", "info@company.com")
    scene.dovecot.sieve(BOB, 'redirect "info@company.com";\nkeep;\n')
    sent, turns = plain(), 0
    while turns < 10:
        status = scene.deliver("sales@company.com", sent)["sales@company.com"]
        if status == LOOP:
            break
        out = scene.dovecot.sent()
        if len(out) <= turns:
            break
        turns += 1
        sent = re.sub(rb"(?<!\r)\n", b"\r\n", out[-1][1])
        # A hop that strips what Pigeonhole knows its own redirects by.
        sent = re.sub(rb"(?mi)^X-Sieve[^\n]*\r\n", b"", sent)
    true(turns < 10, "it never ended")
