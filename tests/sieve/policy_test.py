# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an operator allows: forwards to outside, and who a mailbox is."""
import os

from messages import plain
from scene import ANN, BOB, Scene, equal, own_dovecot, test, true

SALES = "sales@company.com"
OUT = "friend@example.net"
LISTED = "friend@partner.example.com"
CAROL = "carol@company.com"


def answers(scene, user, expected):
    """{address: part of the refusal, or None}."""
    with scene.dovecot.editor(user) as editor:
        for address, part in expected.items():
            answer = editor.check('redirect "%s";' % address)
            if part is None:
                equal((answer.word, answer.code), ("OK", ""), address)
            else:
                equal(answer.word, "NO", address)
                true("line 1: error: redirect to %s %s" % (address, part)
                     in answer.text, answer)


def sent_and_kept(scene, address, sent, kept, user=BOB):
    scene.dovecot.forget()
    scene.script('redirect "%s"; discard;' % address, user)
    scene.deliver(user, plain())
    scene.forwarded(*([address] if sent else []))
    scene.folders({"INBOX": 1} if kept else {}, user)


@test
def forwarding_denied(case):
    scene = Scene(case, own_dovecot(
        case, {"sieve_nameplate_forward": "deny"},
        fields={ANN: "userdb_sieve_nameplate_forward=allow"}))
    scene.agent.nameplate("add", "@old.com", "@company.com")
    scene.agent.nameplate("add", SALES, BOB)
    denied = "is not allowed: mail must not be forwarded to outside"
    answers(scene, BOB, {OUT: denied, ANN: None, "ann@old.com": None,
                         SALES: "comes back to this mailbox"})
    answers(scene, ANN, {OUT: None, SALES: None})
    sent_and_kept(scene, OUT, False, True)
    scene.warned("redirect to " + OUT, "is not allowed", "keeping")
    sent_and_kept(scene, ANN, True, False)
    scene.not_warned()
    sent_and_kept(scene, OUT, True, False, ANN)


@test
def forwarding_to_a_list(case):
    scene = Scene(case, own_dovecot(case, {
        "sieve_nameplate_forward": "list",
        "sieve_nameplate_forward_domains":
            "other.example.com, Partner.example.com"}))
    denied = "is not allowed: the domain is not one to forward to"
    answers(scene, BOB, {OUT: denied, LISTED: None, CAROL: None,
                         "friend@sub.partner.example.com": denied})
    sent_and_kept(scene, OUT, False, True)
    sent_and_kept(scene, LISTED, True, False)


@test
def domains_of_the_map_are_inside(case):
    scene = Scene(case, own_dovecot(case,
                                    {"sieve_nameplate_forward": "deny"}),
                  map_domains="company.com, sister.org")
    answers(scene, BOB, {"any@sister.org": None, OUT: "is not allowed"})


@test
def wrong_policy_forbids(case):
    scene = Scene(case, own_dovecot(case,
                                    {"sieve_nameplate_forward": "nowhere"}))
    answers(scene, BOB, {OUT: "is not allowed"})
    scene.logged('none of allow, list, deny: "nowhere"')


LOCAL23 = "auth_username_format = %n\n"
LOCAL24 = "auth_username_format = %{user | username}\n"


@test
def user_name_gets_the_domain(case):
    scene = Scene(case, own_dovecot(
        case, {"nameplate_domain": "company.com"}, extra23=LOCAL23,
        extra24=LOCAL24, users=("bob", "ann")))
    scene.aliases(SALES)
    scene.agent.nameplate("add", "sales@other.org", "bob@other.org",
                          "--no-probe")
    back = "comes back to this mailbox: it is an alias of bob@company.com"
    answers(scene, "bob", {SALES: back, "sales@other.org": None,
                           "bob+x@company.com": "comes back", OUT: None})
    scene.script('require ["vnd.nameplate.alias", "fileinto", "mailbox"]; '
                 'if alias "%s" { fileinto :create "yes"; }' % SALES, "bob")
    scene.deliver(SALES, plain())
    scene.folders({"yes": 1}, "bob")


@test
def userdb_field_says_who_it_is(case):
    scene = Scene(case, own_dovecot(
        case, {"nameplate_domain": "company.com"}, extra23=LOCAL23,
        extra24=LOCAL24, users=("b17", "bob", "ann"),
        fields={"b17": "userdb_nameplate_mailbox=bob@company.com"}))
    scene.aliases(SALES)
    answers(scene, "b17", {SALES: "comes back to this mailbox: it is an "
                           "alias of bob@company.com"})
    answers(scene, "ann", {SALES: None})


@test
def mailbox_that_cannot_be_told(case):
    """The user name is all that is compared, and an upload says so."""
    scene = Scene(case, own_dovecot(case, extra23=LOCAL23, extra24=LOCAL24,
                                    users=("bob", "ann")))
    scene.aliases(SALES)
    with scene.dovecot.editor("bob") as editor:
        answer = editor.check('redirect "%s";' % SALES)
        equal(answer.word, "NO", "own alias")
        answer = editor.check('redirect "%s";' % OUT)
        equal((answer.word, answer.code), ("OK", "WARNINGS"), "outside")
        true("redirects could not be checked: the address of this mailbox"
             in answer.text, answer)
    scene.logged('the user name "bob" has no domain: set nameplate_domain')
    scene.script('redirect "%s"; discard;' % SALES, "bob")
    scene.deliver("bob@company.com", plain())
    scene.folders({"INBOX": 1}, "bob")


@test
def catch_all_of_the_own_domain_is_a_warning(case):
    scene = Scene(case)
    scene.agent.nameplate("add", "--catch-all", "@company.com", BOB)
    with scene.dovecot.editor(BOB) as editor:
        answer = editor.check('redirect "nobody@company.com";')
        equal((answer.word, answer.code), ("OK", "WARNINGS"), "unknown name")
        true("the catch-all of its domain leads here" in answer.text, answer)
        equal(editor.check('redirect "%s";' % OUT).code, "", "outside")


@test
def a_mailbox_beside_the_catch_all_is_no_warning(case):
    """The userdb is asked: by ManageSieve, and by the tools."""
    scene = Scene(case)
    scene.agent.nameplate("add", "--catch-all", "@company.com", BOB)
    scene.agent.nameplate("add", "@old.org", "@company.com")
    with scene.dovecot.editor(BOB) as editor:
        for address in (ANN, "ann+x@company.com", "Ann@Company.com",
                        "ann@old.org"):
            answer = editor.check('redirect "%s";' % address)
            equal((answer.word, answer.code), ("OK", ""), address)
        for address in ("anne@company.com", "anne+x@company.com",
                        "anne@old.org"):
            answer = editor.check('redirect "%s";' % address)
            equal((answer.word, answer.code), ("OK", "WARNINGS"), address)
    path = os.path.join(scene.dovecot.home(BOB), ".dovecot.sieve")
    for address, warned in ((ANN, False), ("anne@company.com", True)):
        scene.script('redirect "%s";' % address)
        output = scene.dovecot.tool("sievec", "-u", BOB, path)
        equal("leads here" in output, warned, "sievec, %s" % address)
    true("Error: " not in scene.log(), scene.log())
