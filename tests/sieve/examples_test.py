# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every script in sieve-examples/, compiled by the script editor and run with
messages that it is for and messages that it is not for."""
import os
import re
import textwrap

from messages import plain
from scene import BOB, HERE, Scene, equal, test, true

EXAMPLES = os.path.join(HERE, "../../sieve-examples")
ALIASES = ("sales.eu sales info support helpdesk abuse hubspot fair noreply "
           "invoices burner").split()
SALES = "sales@company.com"

# {script: [(recipient, subject, sender, mailboxes, forwarded to)]}
INBOX = {"INBOX": 1}
FRIEND = "friend@example.org"
CASES = {
    "folder-per-alias": [
        ("sales.eu@company.com", "x", FRIEND, {"Aliases.sales-eu": 1}, []),
        ("sales+vip@company.com", "x", FRIEND, {"Aliases.sales": 1}, []),
        (BOB, "x", FRIEND, INBOX, [])],
    "role-routing": [
        (SALES, "x", FRIEND, {"Sales": 1}, []),
        ("helpdesk@company.com", "x", FRIEND, {"Support": 1}, []),
        ("support+printer@company.com", "is down", FRIEND, {"Support": 1},
         []),
        ("abuse@company.com", "x", FRIEND, {"Admin": 1}, []),
        ("info@company.com", "x", FRIEND, INBOX, []),
        (BOB, "x", FRIEND, INBOX, [])],
    "vendor-leak": [
        ("hubspot@company.com", "x", "a@hubspot.com",
         {"Vendors.hubspot": 1}, []),
        ("hubspot@company.com", "x", "a@mail.hubspot.com",
         {"Vendors.hubspot": 1}, []),
        ("hubspot@company.com", "x", "a@nothubspot.com", {"Junk": 1}, []),
        ("hubspot@company.com", "x", FRIEND, {"Junk": 1}, []),
        (BOB, "x", FRIEND, INBOX, [])],
    "forward-per-alias": [
        (SALES, "x", FRIEND, INBOX, ["carol@partner.example"]),
        (BOB, "x", FRIEND, INBOX, [])],
    "burner": [
        ("fair@company.com", "x", FRIEND, {"Junk": 1}, []),
        (SALES, "x", FRIEND, INBOX, [])],
    "no-reply": [
        ("noreply@company.com", "x", FRIEND, {}, []),
        ("noreply@company.com", "x", "", {"Bounces": 1}, []),
        (BOB, "x", FRIEND, INBOX, [])],
    "tags-to-folders": [
        ("bob+jira@company.com", "x", FRIEND, {"Tags.jira": 1}, []),
        ("bob+a.b@company.com", "x", FRIEND, {"Tags.a-b": 1}, []),
        ("sales+jira@company.com", "x", FRIEND, {"Tags.sales.jira": 1}, []),
        ("sales+a.b@company.com", "x", FRIEND, {"Tags.sales": 1}, []),
        (SALES, "x", FRIEND, INBOX, [])],
    "vacation-per-alias": [
        (SALES, "x", FRIEND, INBOX, [FRIEND]),
        (BOB, "x", FRIEND, INBOX, [FRIEND]),
        ("any@any.org", "x", FRIEND, INBOX, [])],
    "archive-copy": [
        (SALES, "x", FRIEND, {"INBOX": 1, "Archive.sales": 1}, []),
        (SALES, "a newsletter", FRIEND, {"Archive.sales": 1}, []),
        ("info@company.com", "x", FRIEND, INBOX, [])],
    "catch-all-quarantine": [
        ("any@any.org", "x", FRIEND, {"Quarantine": 1}, []),
        (SALES, "x", FRIEND, INBOX, [])],
    "only-once": [
        ([SALES, "info@company.com"], "x", FRIEND, {"Shop": 1}, []),
        (BOB, "x", FRIEND, INBOX, [])],
    "note-as-folder": [
        ("burner@company.com", "x", FRIEND, {"Projects.apollo": 1}, []),
        (SALES, "x", FRIEND, INBOX, [])],
}


def read(name):
    with open(os.path.join(EXAMPLES, name + ".sieve"),
              encoding="utf-8") as file:
        return file.read()


def message_for(recipient, subject):
    """vacation answers only what names the address in To."""
    to = recipient if isinstance(recipient, str) else recipient[0]
    return plain(subject=subject).replace(b"To: undisclosed-recipients:;",
                                          b"To: " + to.encode())


@test
def every_example_is_tested_and_says_who_wants_it(case):
    names = sorted(name[:-len(".sieve")] for name in os.listdir(EXAMPLES)
                   if name.endswith(".sieve"))
    equal(names, sorted(CASES), "examples")
    for name in names:
        true(read(name).startswith("# For "), "%s says not for whom" % name)
        true(len(CASES[name]) > 1, "%s has one message only" % name)


@test
def burner_waits_for_its_day(case):
    scene = Scene(case)
    scene.aliases("fair@company.com")
    script, days = re.subn(r'"20\d\d-', '"2999-', read("burner"))
    equal(days, 1, "days")
    scene.script(script)
    scene.deliver("fair@company.com", plain())
    scene.folders({"INBOX": 1})


@test
def examples_do_what_they_say(case):
    scene = Scene(case)
    scene.aliases(*("%s@company.com" % one for one in ALIASES))
    scene.agent.nameplate("set", "burner@company.com", "--note", "apollo")
    scene.agent.nameplate("add", "--catch-all", "@any.org", BOB)
    for name, rows in CASES.items():
        with scene.dovecot.editor(BOB) as editor:
            answer = editor.check(read(name))
            equal((answer.word, answer.code), ("OK", ""), "%s: %r" % (
                name, answer))
        scene.script(read(name))
        equal(scene.dovecot.tool("sievec", "-u", BOB, os.path.join(
            scene.dovecot.home(BOB), ".dovecot.sieve")), "", name)
        for recipient, subject, sender, mailboxes, forwarded in rows:
            scene.dovecot.forget()
            scene.script(read(name))
            scene.deliver(recipient, message_for(recipient, subject),
                          sender=sender)
            what = "%s, %s" % (name, recipient)
            equal(scene.dovecot.folders(BOB), mailboxes, what)
            scene.forwarded(*forwarded)
            scene.not_warned()


@test
def rules_of_the_readme(case):
    """Each that begins with a require, as a user would paste it."""
    with open(os.path.join(EXAMPLES, "../README.md"),
              encoding="utf-8") as file:
        text = file.read()
    rules = [textwrap.dedent(one) for one in re.findall(
        r"^    require .*?\n\n", text, re.M | re.S)]
    true(len(rules) >= 2, "rules in README.md")
    scene = Scene(case)
    scene.aliases(SALES)
    for rule in rules:
        with scene.dovecot.editor(BOB) as editor:
            answer = editor.check(rule)
            equal((answer.word, answer.code), ("OK", ""), repr(answer))
    scene.script(rules[0])
    scene.deliver("sales+vip@company.com", plain())
    scene.deliver(SALES, plain())
    scene.folders({"VIP": 1, "Aliases.sales": 1})
    scene.forwarded("ann@company.com")


@test
def vacation_answers_from_the_address_written_to(case):
    scene = Scene(case)
    scene.aliases(SALES)
    for recipient, expected in ((SALES, SALES), (BOB, BOB)):
        scene.dovecot.forget()
        scene.script(read("vacation-per-alias"))
        scene.deliver(recipient, message_for(recipient, "x"), sender=FRIEND)
        (_, answer), = scene.dovecot.sent()
        line = next(line for line in answer.splitlines()
                    if line.lower().startswith(b"from:"))
        true(expected.encode() in line, "%s: %r" % (recipient, line))
