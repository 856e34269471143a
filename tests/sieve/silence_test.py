# SPDX-License-Identifier: LGPL-2.1-or-later
"""vacation is silent where the answer would come from a name that nobody
has."""
from client import Lmtp
from messages import plain
from scene import ANN, BOB, Scene, equal, own_dovecot, test

SALES = "sales@company.com"
SENDER = "friend@example.org"
AWAY = 'require "vacation"; vacation "I am away.";\n'
ORIGINAL23 = "plugin {\n  sieve_vacation_use_original_recipient = yes\n}\n"
ORIGINAL24 = "sieve_vacation_use_original_recipient = yes\n"


def stage_for(case):
    scene = Scene(case, own_dovecot(case, extra23=ORIGINAL23,
                                    extra24=ORIGINAL24))
    scene.aliases(SALES, "info@company.com", "off@company.com")
    scene.agent.nameplate("disable", "off@company.com")
    scene.agent.nameplate("add", "--catch-all", "@any.org", BOB)
    scene.agent.nameplate("add", "@old.com", "@company.com")
    return scene


def message_to(address):
    return plain().replace(b"To: undisclosed-recipients:;",
                           b"To: " + address.encode())


def answer_from(scene):
    """The From of the only answer, or None."""
    sent = scene.dovecot.sent()
    if not sent:
        return None
    (_, answer), = sent
    return next(line.split(b":", 1)[1].strip(b" <>").decode()
                for line in answer.splitlines()
                if line.lower().startswith(b"from:"))


@test
def no_answer_from_a_catch_all(case):
    scene = stage_for(case)
    for recipient, expected in (
            (SALES, SALES), ("sales+vip@company.com", "sales+vip@company.com"),
            ("sales@old.com", "sales@old.com"), (BOB, BOB),
            ("any@any.org", None)):
        scene.dovecot.forget()
        scene.script(AWAY)
        scene.deliver(recipient, message_to(recipient), sender=SENDER)
        equal(answer_from(scene), expected, "to %s" % recipient)
        scene.folders({"INBOX": 1})
        scene.not_warned()


def direct(scene, address):
    """To Dovecot past the agent, as the agent would have sent it."""
    scene.dovecot.forget()
    scene.script(AWAY)
    with Lmtp(scene.dovecot.address) as client:
        client.expect(250, client.command("MAIL FROM:<%s>" % SENDER))
        client.expect(250, client.command(
            "RCPT TO:<%s> ORCPT=rfc822;%s" % (
                BOB, address.replace("+", "+2B"))))
        client.expect(250, client.data(message_to(address), 1)[0])


@test
def no_answer_from_what_was_taken_away(case):
    """Accepted a moment before: the envelope holds it still."""
    scene = stage_for(case)
    scene.aliases("anns@company.com", mailbox=ANN)
    for address, expected in (("info@company.com", "info@company.com"),
                              ("off@company.com", None),
                              ("off+x@company.com", None),
                              ("anns@company.com", None),
                              ("gone@company.com", None), (BOB, BOB),
                              ("bob+x@company.com", "bob+x@company.com")):
        direct(scene, address)
        equal(answer_from(scene), expected, address)


@test
def only_the_mailbox_answers_without_a_map(case):
    scene = Scene(case, own_dovecot(
        case, {"nameplate_map": "/nonexistent/aliases.db"},
        extra23=ORIGINAL23, extra24=ORIGINAL24))
    for address, expected in (("any@any.org", None), (BOB, BOB),
                              ("bob+x@company.com", "bob+x@company.com")):
        direct(scene, address)
        equal(answer_from(scene), expected, address)
        scene.folders({"INBOX": 1})


OTHER_NAME = "robert@company.com"


@test
def name_that_the_userdb_knows_answers(case):
    """Dovecot's own affair: user names that the map knows nothing of."""
    scene = Scene(case, own_dovecot(
        case, extra23=ORIGINAL23, extra24=ORIGINAL24,
        users=(BOB, OTHER_NAME),
        fields={OTHER_NAME: "userdb_nameplate_mailbox=%s" % BOB}))
    scene.script(AWAY, OTHER_NAME)
    scene.deliver(OTHER_NAME, message_to(OTHER_NAME), sender=SENDER)
    equal(answer_from(scene), OTHER_NAME, "another name")


@test
def what_follows_a_skipped_answer_is_done(case):
    scene = stage_for(case)
    script = ('require ["vacation", "fileinto", "mailbox"];\n'
              'if true { vacation :days 1 :subject "x" "I am away."; '
              'fileinto :create "inside"; }\n'
              'fileinto :create "behind";\n')
    for recipient, expected in ((SALES, SALES), ("any@any.org", None)):
        scene.dovecot.forget()
        scene.script(script)
        scene.deliver(recipient, message_to(recipient), sender=SENDER)
        equal(answer_from(scene), expected, recipient)
        scene.folders({"inside": 1, "behind": 1})


@test
def operator_can_still_switch_vacation_off(case):
    dovecot = own_dovecot(
        case, extra23="plugin {\n  sieve_extensions = -vacation\n}\n",
        extra24="sieve_extensions {\n  vacation = no\n}\n")
    with Scene(case, dovecot).dovecot.editor(BOB) as editor:
        equal(editor.check(AWAY).word, "NO", "vacation")
        equal(editor.check('redirect "%s";' % SENDER).word, "OK", "redirect")


@test
def vacation_seconds_is_switched_on_beside_the_plugin(case):
    """It asks for the core's own vacation when Dovecot starts."""
    dovecot = own_dovecot(
        case,
        extra23="plugin {\n  sieve_extensions = +vacation-seconds\n}\n",
        extra24="sieve_extensions {\n  vacation-seconds = yes\n}\n")
    scene = Scene(case, dovecot)
    script = ('require "vacation-seconds";\n'
              'vacation :seconds 60 "I am away.";\n')
    with scene.dovecot.editor(BOB) as editor:
        equal(editor.check(script).word, "OK", "vacation :seconds")
    scene.script(script)
    scene.deliver(BOB, message_to(BOB), sender=SENDER)
    scene.folders({"INBOX": 1})
    equal(answer_from(scene) is not None, True, "answered")
