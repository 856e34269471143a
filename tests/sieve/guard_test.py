# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guard on redirect: nobody builds a loop onto himself, and nothing is
lost by it."""
import os

from messages import plain
from scene import ANN, BOB, Scene, equal, own_dovecot, test, true

SALES = "sales@company.com"
OUT = "friend@example.net"


def refused(answer, *parts):
    equal(answer.word, "NO", "answer")
    for part in parts:
        true(part in answer.text, "no %r in %r" % (part, answer))


def names(scene):
    """Names of Bob's in every form."""
    scene.aliases(SALES)
    scene.agent.nameplate("add", "off@company.com", BOB)
    scene.agent.nameplate("disable", "off@company.com")
    scene.agent.nameplate("add", "quiet@company.com", BOB, "--no-receive")
    scene.agent.nameplate("add", "@old.com", "@company.com")
    scene.aliases("anns@company.com", mailbox=ANN)
    return (SALES, "SALES@Company.com", "sales+x@company.com",
            "off@company.com", "off+x@company.com", "quiet@company.com",
            BOB, "Bob@company.com", "bob+x@company.com", "sales@old.com",
            "off@old.com", "bob@old.com", "bob+x@old.com")


@test
def upload_is_refused_with_line_and_reason(case):
    scene = Scene(case)
    own = names(scene)
    with scene.dovecot.editor(BOB) as editor:
        for address in own:
            script = '# a comment\nredirect "%s";\n' % address
            refused(editor.check(script), "line 2: error: redirect to %s "
                    "comes back to this mailbox: it is" % address)
        refused(editor.put("loop", 'redirect "%s";' % SALES),
                "it is an alias of bob@company.com")
        refused(editor.check('redirect "bob@company.com";'),
                "it is its own address")
        for address in (OUT, ANN, "anns@company.com", "nobody@company.com",
                        "sales@example.org"):
            answer = editor.check('redirect "%s";' % address)
            equal((answer.word, answer.code), ("OK", ""), address)
        equal(editor.put("fine", 'redirect "%s";' % OUT).word, "OK", "put")
        equal(editor.activate("fine").word, "OK", "activate")
    with scene.dovecot.editor(ANN) as editor:
        equal(editor.check('redirect "%s";' % SALES).word, "OK",
              "Bob's alias is nothing to Ann")


@test
def activating_what_has_become_a_loop_is_refused(case):
    scene = Scene(case)
    with scene.dovecot.editor(BOB) as editor:
        equal(editor.put("later", 'redirect "%s";' % SALES).word, "OK", "put")
        scene.aliases(SALES)
        refused(editor.activate("later"), "it is an alias of")


@test
def tools_refuse_it_too(case):
    scene = Scene(case)
    scene.aliases(SALES)
    scene.script('redirect "%s";\n' % SALES)
    path = os.path.join(scene.dovecot.home(BOB), ".dovecot.sieve")
    output = scene.dovecot.tool("sievec", "-u", BOB, path, status=89)
    true("line 1: error: redirect to %s" % SALES in output, output)
    output = scene.dovecot.tool("doveadm", "sieve", "put", "-u", BOB, "loop",
                                status=65, stdin='redirect "%s";' % SALES)
    true("comes back to this mailbox" in output, output)


@test
def other_redirects_are_the_cores(case):
    scene = Scene(case)
    scene.aliases(SALES)
    scene.aliases("anns@company.com", mailbox=ANN)
    for script, kept, sent in (
            ('redirect "%s";' % OUT, {}, [OUT]),
            ('require "copy"; redirect :copy "%s";' % OUT, {"INBOX": 1},
             [OUT]),
            ('redirect "anns@company.com";', {}, ["anns@company.com"]),
            ('require "variables"; set "a" "%s"; redirect "${a}";' % OUT, {},
             [OUT])):
        scene.dovecot.forget()
        scene.script(script)
        scene.deliver(SALES, plain())
        scene.folders(kept)
        scene.forwarded(*sent)
        scene.not_warned()
        true(b"X-Sieve-Redirected-From: bob@company.com" in
             scene.dovecot.sent()[0][1], "no X-Sieve-Redirected-From")


@test
def delivery_keeps_and_warns(case):
    scene = Scene(case)
    for address in names(scene):
        scene.dovecot.forget()
        scene.script('redirect "%s";\ndiscard;\n' % address)
        scene.deliver(BOB, plain())
        scene.folders({"INBOX": 1})
        scene.forwarded()
        scene.warned("redirect to", "comes back to this mailbox",
                     "keeping the message")


@test
def variables_includes_and_copies(case):
    scene = Scene(case)
    scene.aliases(SALES)
    for label, script, kept, sent in (
            ("variable", 'require "variables"; set "a" "sales"; '
             'redirect "${a}@company.com"; discard;', {"INBOX": 1}, []),
            ("with another", 'redirect "%s"; redirect "%s";' % (SALES, OUT),
             {"INBOX": 1}, [OUT]),
            ("copy", 'require ["copy", "fileinto", "mailbox"]; '
             'redirect :copy "%s"; fileinto :create "x";' % SALES, {"x": 1},
             []),
            ("copy alone", 'require "copy"; redirect :copy "%s";' % SALES,
             {"INBOX": 1}, []),
            ("flags", 'require "imap4flags"; setflag "\\\\Flagged"; '
             'redirect "%s";' % SALES, {"INBOX": 1}, []),
            ("stop", 'redirect "%s"; stop;' % SALES, {"INBOX": 1}, []),
            ("in a block", 'if true { redirect "%s"; }' % SALES, {"INBOX": 1},
             [])):
        scene.dovecot.forget()
        scene.script(script)
        scene.deliver(BOB, plain())
        equal(scene.dovecot.folders(BOB), kept, label)
        scene.forwarded(*sent)
        scene.warned("comes back to this mailbox")


@test
def alias_made_after_the_script(case):
    """The stored binary asks at each delivery."""
    scene = Scene(case)
    scene.script('redirect "%s";' % SALES)
    scene.deliver(BOB, plain())
    scene.forwarded(SALES)
    scene.not_warned()
    scene.aliases(SALES)
    scene.deliver(BOB, plain())
    scene.forwarded(SALES)
    scene.folders({"INBOX": 1})
    scene.warned("it is an alias of")
    scene.agent.nameplate("set", SALES, "--mailbox", ANN)
    scene.deliver(BOB, plain())
    scene.forwarded(SALES, SALES)


@test
def returned_message_is_kept(case):
    scene = Scene(case)
    scene.script('require "copy"; redirect :copy "%s"; redirect "%s";' % (
        OUT, "second@example.net"))
    scene.deliver(BOB, plain())
    scene.folders({})
    scene.forwarded(OUT, "second@example.net")
    returned = scene.dovecot.sent()[0][1].replace(b"\n", b"\r\n")
    returned = returned.replace(b"X-Sieve", b"X-Gone")
    scene.deliver(BOB, returned)
    scene.folders({"INBOX": 1})
    scene.forwarded(OUT, "second@example.net")
    scene.warned("redirect to %s" % OUT, "has been here before", "skipped")
    scene.warned("redirect to second@example.net", "keeping the message")


@test
def forged_mark_does_not_stop_a_redirect(case):
    scene = Scene(case)
    scene.script('redirect "%s";' % OUT)
    scene.script('redirect "%s";' % OUT, ANN)
    forged = ("X-Nameplate-Mark: v=1; k=test; t=1786700000; n=1; m=; r=AAAA; "
              "h=AAAAAAAAAAAAAAAAAAAAAA\r\n")
    scene.deliver(BOB, plain(header=forged))
    scene.forwarded(OUT)
    scene.deliver([BOB, ANN], plain(header=forged))
    scene.forwarded(OUT, OUT, OUT)
    scene.not_warned()


@test
def marks_can_be_switched_off(case):
    dovecot = own_dovecot(case, {"nameplate_marks": "no"})
    scene = Scene(case, dovecot)
    scene.script('redirect "%s";' % OUT)
    scene.deliver(BOB, plain())
    returned = dovecot.sent()[0][1].replace(b"\n", b"\r\n")
    scene.deliver(BOB, returned.replace(b"X-Sieve", b"X-Gone").replace(
        b"Message-ID: <", b"Message-ID: <again."))
    scene.forwarded(OUT, OUT)


@test
def guard_cannot_be_required_or_left_out(case):
    scene = Scene(case)
    scene.aliases(SALES)
    with scene.dovecot.editor(BOB) as editor:
        refused(editor.check('require "vnd.nameplate.redirect-guard";'),
                "unknown Sieve capability")
        refused(editor.check('require "vnd.nameplate.alias"; '
                             'redirect "%s";' % SALES), "it is an alias of")


@test
def forwarded_once_to_each_address(case):
    scene = Scene(case)
    scene.aliases(SALES)
    message = plain()
    scene.script('redirect "%s"; redirect "%s"; redirect "x@example.net";' % (
        OUT, OUT.upper()))
    scene.deliver(BOB, message)
    scene.folders({})
    scene.not_warned()
    equal(len({to.split()[-1].lower() for to, _ in scene.dovecot.sent()}), 2,
          "targets")
    count = len(scene.dovecot.sent())
    scene.deliver(SALES, message)
    scene.folders({"INBOX": 1})
    equal(len(scene.dovecot.sent()), count, "messages sent")
    scene.warned("redirect to %s" % OUT, "has been forwarded there before",
                 "keeping the message")
    scene.deliver(SALES, plain(header="List-Id: <l.example.org>\r\n"))
    equal(len(scene.dovecot.sent()), count * 2, "another message")


@test
def failed_forward_is_tried_again(case):
    """What is remembered is forgotten with a delivery that failed."""
    scene = Scene(case)
    path = scene.dovecot.path + "/sendmail"
    with open(path, encoding="utf-8") as file:
        works = file.read()
    scene.script('redirect "%s"; discard;' % OUT)
    message = plain()
    write = scene.dovecot.folder.write
    name = scene.dovecot.name + "/sendmail"
    write(name, "#!/bin/sh\nexit 75\n", 0o755)
    try:
        reply = scene.agent.deliver([BOB], message)[BOB]
    finally:
        write(name, works, 0o755)
    equal(reply.status, "451 4.2.0", "reply")
    scene.folders({})
    scene.deliver(BOB, message)
    scene.forwarded(OUT)


@test
def one_message_to_two_names_is_forwarded_once(case):
    """Both are delivered at the same time."""
    scene = Scene(case)
    scene.aliases(SALES, "info@company.com")
    scene.script('redirect "%s"; discard;' % OUT)
    scene.deliver([SALES, "info@company.com"], plain())
    scene.forwarded(OUT)
    scene.folders({"INBOX": 1})
