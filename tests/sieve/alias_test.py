# SPDX-License-Identifier: LGPL-2.1-or-later
"""The test "alias" and the variables ${alias.*}."""
import os

from client import Lmtp
from messages import plain
from scene import ANN, BOB, Scene, equal, own_dovecot, test, true

NEEDED = ('require ["vnd.nameplate.alias", "fileinto", "mailbox", '
          '"subaddress", "variables", "relational", "editheader", '
          '"comparator-i;ascii-numeric"];\n')
VARIABLES = ("address", "localpart", "user", "detail", "domain", "note",
             "kind", "folder")
SHOW = NEEDED + 'addheader :last "X-Shown" "%s";\n' % "|".join(
    "${alias.%s}" % name for name in VARIABLES)


def shown(scene, recipient, user=BOB):
    """The variables in a message to the recipient, as a dictionary."""
    scene.dovecot.forget()
    scene.script(SHOW, user)
    scene.deliver(recipient, plain())
    values = scene.dovecot.mail(user).one().all("X-Shown")[0].split("|")
    return dict(zip(VARIABLES, values))


def holds(scene, condition, recipient, user=BOB):
    """Whether the condition is true for a message to the recipient."""
    scene.dovecot.forget()
    scene.script(NEEDED + "if %s { fileinto :create \"yes\"; }\n" % condition,
                 user)
    scene.deliver(recipient, plain())
    found = scene.dovecot.folders(user)
    true(found in ({"yes": 1}, {"INBOX": 1}), "mail: %s" % found)
    return found == {"yes": 1}


@test
def test_matches_what_the_sender_used(case):
    scene = Scene(case)
    scene.aliases("sales@company.com", "info@company.com")
    for label, condition, recipient, expected in (
            ("is", 'alias :is "sales@company.com"', "sales@company.com", True),
            ("without case", 'alias "SALES@company.com"',
             "Sales@Company.COM", True),
            ("another alias", 'alias "sales@company.com"',
             "info@company.com", False),
            ("list", 'alias ["x@y", "info@company.com"]',
             "info@company.com", True),
            ("the primary", 'alias "bob@company.com"', BOB, False),
            ("anything", 'alias :matches "*"', "sales@company.com", True),
            ("nothing", 'alias :matches "*"', BOB, False),
            ("not", 'not alias :contains ""', BOB, True),
            ("localpart", 'alias :localpart "sales+vip"',
             "sales+vip@company.com", True),
            ("user", 'alias :user "sales"', "sales+vip@company.com", True),
            ("detail", 'alias :detail "vip"', "sales+vip@company.com", True),
            ("detail of the mailbox", 'alias :detail "jira"',
             "bob+jira@company.com", True),
            ("domain", 'alias :domain "company.com"', "info@company.com",
             True),
            ("count 1", 'alias :count "eq" :comparator "i;ascii-numeric" "1"',
             "info@company.com", True),
            ("count 0", 'alias :count "eq" :comparator "i;ascii-numeric" "0"',
             BOB, True)):
        equal(holds(scene, condition, recipient), expected, label)


@test
def variables_of_each_kind(case):
    scene = Scene(case)
    scene.agent.nameplate("add", "sales@company.com", BOB, "--note",
                          "Messe 2026")
    scene.agent.nameplate("add", "@old.com", "@company.com")
    scene.agent.nameplate("add", "--catch-all", "@any.org", BOB)
    found = shown(scene, "Sales@company.com")
    equal(found, {"address": "Sales@company.com", "localpart": "Sales",
                  "user": "Sales", "detail": "", "domain": "company.com",
                  "note": "Messe 2026", "kind": "alias", "folder": "sales"},
          "alias")
    found = shown(scene, "sales+a.b@company.com")
    equal((found["kind"], found["user"], found["detail"], found["folder"]),
          ("tag", "sales", "a.b", "sales"), "tag of an alias")
    found = shown(scene, "bob+x.y@company.com")
    equal((found["kind"], found["user"], found["detail"], found["folder"]),
          ("tag", "bob", "x.y", "x-y"), "tag of the mailbox")
    found = shown(scene, "sales@old.com")
    equal((found["kind"], found["domain"], found["note"]),
          ("domain", "old.com", "Messe 2026"), "alias in an old domain")
    found = shown(scene, "bob@old.com")
    equal((found["kind"], found["address"]), ("domain", "bob@old.com"),
          "mailbox in an old domain")
    found = shown(scene, "whoever@any.org")
    equal((found["kind"], found["address"]), ("catchall", "whoever@any.org"),
          "catch-all")
    equal(set(shown(scene, BOB).values()), {""}, "bare primary")


@test
def folder_per_alias_is_created(case):
    scene = Scene(case)
    scene.aliases("sales.eu@company.com", "x_1-y@company.com")
    scene.script(NEEDED +
                 'if alias :matches "*" '
                 '{ fileinto :create "Aliases/${alias.folder}"; }\n')
    scene.deliver("sales.eu@company.com", plain())
    scene.deliver("x_1-y@company.com", plain())
    scene.folders({"Aliases.sales-eu": 1, "Aliases.x_1-y": 1})
    scene.not_warned()


@test
def headers_cannot_fool_it(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    forged = "".join("%s: sales@company.com\r\n" % name for name in (
        "Delivered-To", "X-Original-To", "To", "Original-Recipient",
        "X-Nameplate-Alias"))
    scene.script(NEEDED + 'if alias :matches "*" { fileinto :create "yes"; }')
    scene.script(NEEDED + 'if alias :matches "*" { fileinto :create "yes"; }',
                 ANN)
    scene.deliver(BOB, plain(header=forged))
    scene.folders({"INBOX": 1})
    scene.deliver([BOB, ANN], plain(header=forged))
    scene.folders({"INBOX": 2})
    scene.folders({"INBOX": 1}, ANN)
    scene.deliver(["sales@company.com", ANN], plain(header=forged))
    scene.folders({"INBOX": 2, "yes": 1})
    scene.folders({"INBOX": 2}, ANN)


def talk(scene, message, parameter=""):
    """Spoken to Dovecot directly, as by something that bypasses the agent."""
    for folder in ("INBOX", "yes"):
        for path in scene.dovecot.mail(BOB, folder).files():
            os.unlink(path)
    with Lmtp(scene.dovecot.address) as client:
        client.expect(250, client.command("MAIL FROM:<a@example.org>"))
        client.expect(250, client.command("RCPT TO:<%s>%s" % (BOB,
                                                              parameter)))
        client.expect(250, client.data(message, 1)[0])
    return scene.dovecot.folders(BOB)


@test
def orcpt_counts_only_if_the_map_agrees(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    scene.aliases("anns@company.com", mailbox=ANN)
    scene.script(NEEDED + 'if alias :matches "*" { fileinto :create "yes"; }')
    for label, orcpt, expected in (
            ("own alias", "rfc822;sales@company.com", {"yes": 1}),
            ("alias of somebody else", "rfc822;anns@company.com",
             {"INBOX": 1}),
            ("no alias", "rfc822;nobody@company.com", {"INBOX": 1}),
            ("the mailbox", "rfc822;Bob@company.com", {"INBOX": 1}),
            ("another type", "x400;sales@company.com", {"INBOX": 1}),
            ("none", None, {"INBOX": 1})):
        equal(talk(scene, plain(), " ORCPT=" + orcpt if orcpt else ""),
              expected, label)


@test
def orcpt_of_a_sender_is_dropped(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    for user in (BOB, ANN):
        scene.script(NEEDED + 'if alias :matches "*" '
                     '{ fileinto :create "yes"; }', user)
    for recipients in ([BOB], [BOB, ANN]):
        with scene.agent.client() as client:
            client.expect(250, client.command("MAIL FROM:<a@example.org>"))
            for one in recipients:
                client.expect(250, client.command(
                    "RCPT TO:<%s> ORCPT=rfc822;sales@company.com" % one))
            for reply in client.data(plain(), len(recipients)):
                client.expect(250, reply)
    scene.folders({"INBOX": 2})
    scene.folders({"INBOX": 1}, ANN)


@test
def header_in_the_place_of_orcpt_is_no_orcpt(case):
    """Dovecot can be told to take the original recipient from a header."""
    setting = "lda_original_recipient_header = X-Original-To\n"
    scene = Scene(case, own_dovecot(case, extra23=setting, extra24=setting))
    scene.aliases("sales@company.com")
    scene.script(NEEDED + 'if alias :matches "*" { fileinto :create "yes"; }')
    forged = plain(header="X-Original-To: sales@company.com\r\n")
    equal(talk(scene, forged), {"INBOX": 1}, "a header")
    equal(talk(scene, forged, " ORCPT=rfc822;sales@company.com"), {"yes": 1},
          "a parameter")


@test
def a_changed_map_is_seen_at_once(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    condition = 'alias "sales@company.com"'
    true(holds(scene, condition, "sales@company.com"), "before")
    scene.agent.nameplate("remove", "sales@company.com")
    scene.agent.nameplate("add", "sales@company.com", ANN)
    true(holds(scene, condition, "sales@company.com", ANN), "moved to Ann")


@test
def wrong_variables_are_named(case):
    scene = Scene(case)
    with scene.dovecot.editor(BOB) as editor:
        true("vnd.nameplate.alias" in " ".join(editor.capabilities),
             "not advertised")
        true("redirect-guard" not in " ".join(editor.capabilities),
             "the guard is advertised")
        answer = editor.check(NEEDED + 'set "alias.user" "x";')
        equal(answer.word, "NO", "assignment")
        true("'alias.user' cannot be set" in answer.text, answer)
        answer = editor.check('if alias "x" { discard; }')
        equal(answer.word, "NO", "not required")
