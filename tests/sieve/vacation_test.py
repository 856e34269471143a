# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who an automatic answer comes from, with the settings that the manual
names."""
import re

from messages import plain
from scene import BOB, Scene, equal, own_dovecot, test, true

SALES = "sales@company.com"
FRIEND = "friend@example.org"
SETTING = "sieve_vacation_use_original_recipient = yes\n"
WORDS = {"extra23": "plugin {\n  %s}\n" % SETTING, "extra24": SETTING}
AWAY = 'require "vacation";\nvacation "I am away.";\n'


def message(to, **words):
    return plain(**words).replace(b"To: undisclosed-recipients:;",
                                  b"To: " + to.encode())


def answers(scene):
    """[(from, to)] of what was sent."""
    result = []
    for arguments, text in scene.dovecot.sent():
        found = re.search(rb"(?mi)^From: *<?([^>\r\n]*)>?", text)
        result.append((found.group(1).decode().strip(),
                       arguments.split()[-1].strip("<>")))
    return result


def on_stage(case):
    scene = Scene(case, own_dovecot(case, **WORDS))
    scene.aliases(SALES, "info@company.com")
    scene.agent.nameplate("add", "@old.com", "@company.com")
    return scene


@test
def vacation_answers_from_the_alias(case):
    scene = on_stage(case)
    for label, recipient, to, expected in (
            ("an alias", SALES, SALES, SALES),
            ("in another case", SALES, "Sales@Company.COM", SALES),
            ("with a tag", "sales+vip@company.com", "sales+vip@company.com",
             "sales+vip@company.com"),
            ("another alias", "info@company.com", "info@company.com",
             "info@company.com"),
            ("in an old domain", "sales@old.com", "sales@old.com",
             "sales@old.com"),
            ("the mailbox", BOB, BOB, BOB),
            ("the mailbox with a tag", "bob+x@company.com",
             "bob+x@company.com", "bob+x@company.com"),
            ("in Bcc", SALES, "list@example.org", None)):
        scene.dovecot.forget()
        scene.script(AWAY)
        scene.deliver(recipient, message(to), sender=FRIEND)
        equal(answers(scene), [(expected, FRIEND)] if expected else [],
              label)
        scene.folders({"INBOX": 1})


@test
def one_answer_however_many_names_were_written_to(case):
    scene = on_stage(case)
    scene.script(AWAY)
    both = message("%s, info@company.com" % SALES)
    scene.deliver([SALES, "info@company.com"], both, sender=FRIEND)
    scene.deliver("info@company.com", message("info@company.com"),
                  sender=FRIEND)
    equal(len(answers(scene)), 1, "answers")
    true(answers(scene)[0][0] in (SALES, "info@company.com"), "from")


@test
def no_answer_to_a_bounce_a_list_or_itself(case):
    scene = on_stage(case)
    for label, sender, field in (
            ("bounce", "", ""),
            ("list", FRIEND, "List-Id: <l.example.org>\r\n"),
            ("another answer", FRIEND, "Auto-Submitted: auto-replied\r\n"),
            ("itself", BOB, "")):
        scene.dovecot.forget()
        scene.script(AWAY)
        scene.deliver(SALES, message(SALES, header=field), sender=sender)
        equal(answers(scene), [], label)
        scene.folders({"INBOX": 1})


@test
def disabled_alias_does_not_answer(case):
    """The agent refuses its mail. What was meant for the mailbox answers as
    the mailbox, or not at all."""
    scene = on_stage(case)
    scene.agent.nameplate("disable", SALES)
    scene.script(AWAY)
    replies = scene.agent.deliver([SALES, "sales+x@company.com"],
                                  message(SALES), sender=FRIEND)
    equal({reply.status for reply in replies.values()}, {"550 5.1.1"},
          "replies")
    scene.deliver(BOB, message(SALES), sender=FRIEND)
    equal(answers(scene), [], "To: the disabled one")
    scene.deliver(BOB, message("%s, %s" % (SALES, BOB)), sender=FRIEND)
    equal(answers(scene), [(BOB, FRIEND)], "To: both")


@test
def example_does_not_answer_from_a_catch_all(case):
    """A script can see what it is; without the question it does not either."""
    scene = on_stage(case)
    scene.agent.nameplate("add", "--catch-all", "@any.org", BOB)
    guarded = ('require ["vacation", "variables", "vnd.nameplate.alias"];\n'
               'if not string :is "${alias.kind}" "catchall" '
               '{ vacation "I am away."; }\n')
    for recipient, expected in (("who@any.org", []),
                                (SALES, [(SALES, FRIEND)])):
        scene.dovecot.forget()
        scene.script(guarded)
        scene.deliver(recipient, message(recipient), sender=FRIEND)
        equal(answers(scene), expected, recipient)
