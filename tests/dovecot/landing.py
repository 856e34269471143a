# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where a message lands, by each rule of the resolution, with which stamps,
and what the user's own Sieve rules see of it."""
from datetime import datetime, timedelta, timezone

from messages import plain, with_parts
from scene import (ANN, BOB, CAROL, Scene, equal, own_dovecot, stamped, test,
                   true)
from wait import until

UNKNOWN = "550 5.1.1"
OK = "250 2.0.0"


@test
def alias_reaches_its_mailbox(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    sent = with_parts()
    scene.must_deliver("sales@company.com", sent)
    stamped(scene.landed(BOB, sent), [BOB, "sales@company.com"], BOB)


@test
def alias_is_compared_without_case_and_shown_as_received(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    sent = plain()
    scene.must_deliver("SaLeS@Company.COM", sent)
    found = scene.landed(BOB, sent).all("Delivered-To")
    equal([one.lower() for one in found], [BOB, "sales@company.com"],
          "Delivered-To")
    true(found[1].startswith("SaLeS@"), "case of the local part: %s" % found)


@test
def tag_moves_to_the_mailbox(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    scene.dovecot.sieve(BOB, """
require ["envelope", "subaddress", "fileinto", "mailbox"];
if envelope :detail "to" "vip" { fileinto :create "vip"; }
""")
    sent = plain()
    scene.must_deliver("sales+vip@company.com", sent)
    stamped(scene.landed(BOB, sent, "vip"), [BOB, "sales+vip@company.com"],
            BOB)


@test
def exact_entry_with_tag_wins(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    scene.aliases("sales+vip@company.com", mailbox=ANN)
    sent = plain()
    scene.must_deliver("sales+vip@company.com", sent)
    stamped(scene.landed(ANN, sent), [ANN, "sales+vip@company.com"], ANN)
    scene.folders(BOB, {})


@test
def store_without_tags_is_asked_again(case):
    scene = Scene(case, own_dovecot(case, delimiter=""))
    scene.aliases("sales@company.com")
    sent = plain()
    scene.must_deliver("sales+vip@company.com", sent)
    stamped(scene.landed(BOB, sent), [BOB, "sales+vip@company.com"], BOB)


@test
def primary_alone_has_one_stamp(case):
    scene = Scene(case)
    sent = plain()
    scene.must_deliver(BOB, sent)
    stamped(scene.landed(BOB, sent), [BOB], BOB)


@test
def tag_of_a_primary_is_stamped(case):
    scene = Scene(case)
    sent = plain()
    scene.must_deliver("bob+jira@company.com", sent)
    stamped(scene.landed(BOB, sent), [BOB, "bob+jira@company.com"], BOB)


@test
def domain_alias_leads_to_alias_and_primary(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    scene.agent.nameplate("add", "@old.example", "@company.com")
    first, second = plain(), plain()
    scene.must_deliver("sales@old.example", first)
    scene.must_deliver("ann@old.example", second)
    stamped(scene.landed(BOB, first), [BOB, "sales@old.example"], BOB)
    stamped(scene.landed(ANN, second), [ANN, "ann@old.example"], ANN)


@test
def catch_all_takes_what_the_store_does_not_know(case):
    scene = Scene(case)
    scene.agent.nameplate("add", "--catch-all", "@company.com", ANN)
    first, second = plain(), plain()
    scene.must_deliver("anything+at.all@company.com", first)
    scene.must_deliver(BOB, second)
    stamped(scene.landed(ANN, first), [ANN, "anything+at.all@company.com"],
            ANN)
    stamped(scene.landed(BOB, second), [BOB], BOB)


@test
def catch_all_leaves_bounces_and_known_names_alone(case):
    scene = Scene(case, own_dovecot(case, delimiter=""))
    scene.agent.nameplate("add", "--catch-all", "@company.com", ANN)
    for address in ("srs0=xx=yy=example.org=a@company.com",
                    "SRS1+xx=yy@company.com", "bob+tag@company.com"):
        equal(scene.deliver(address, plain()), {address: UNKNOWN}, address)
    scene.folders(ANN, {})


@test
def switched_off_aliases_are_unknown(case):
    scene = Scene(case)
    scene.agent.nameplate("add", "--catch-all", "@company.com", ANN)
    scene.aliases("off@company.com", "silent@company.com")
    scene.agent.nameplate("disable", "off@company.com")
    scene.agent.nameplate("set", "silent@company.com", "--no-receive")
    for address in ("off@company.com", "off+tag@company.com",
                    "silent@company.com"):
        equal(scene.deliver(address, plain()), {address: UNKNOWN}, address)
    scene.folders(ANN, {})
    scene.folders(BOB, {})
    scene.agent.nameplate("enable", "off@company.com")
    scene.must_deliver("off@company.com", plain())
    scene.folders(BOB, {"INBOX": 1})


@test
def alias_expires_while_the_agent_runs(case):
    scene = Scene(case)
    soon = datetime.now(timezone.utc) + timedelta(seconds=3)
    scene.agent.nameplate("add", "fair@company.com", BOB, "--expires",
                          soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
    scene.must_deliver("fair@company.com", plain())
    until(lambda: scene.deliver("fair@company.com", plain())
          == {"fair@company.com": UNKNOWN}, "the end of the alias")
    true(datetime.now(timezone.utc) >= soon.replace(microsecond=0),
         "it ended before its time")


@test
def unknown_address_is_refused_by_its_own_name(case):
    scene = Scene(case)
    with scene.agent.client() as client:
        reply = client.envelope("a@example.org", ["nobody@company.com"])[0]
    equal(reply.status, UNKNOWN, "reply")
    true("<nobody@company.com>" in reply.text, "text: %s" % reply.text)


@test
def several_in_one_message(case):
    scene = Scene(case)
    scene.aliases("sales@company.com", "info@company.com", "off@company.com")
    scene.aliases("boss@company.com", mailbox=ANN)
    scene.agent.nameplate("disable", "off@company.com")
    scene.agent.nameplate("add", "@old.example", "@company.com")
    sent = with_parts()
    expected = {
        "sales@company.com": OK, "nobody@company.com": UNKNOWN,
        "info+x@company.com": OK, BOB: OK, "off@company.com": UNKNOWN,
        "boss@old.example": OK, CAROL: OK, ANN: OK,
    }
    for pipelined in (False, True):
        scene.dovecot.forget()
        equal(scene.deliver(list(expected), sent, pipelined=pipelined),
              expected, "replies")
        scene.folders(BOB, {"INBOX": 3})
        scene.folders(ANN, {"INBOX": 2})
        scene.folders(CAROL, {"INBOX": 1})
        stamps = sorted(message.all("Delivered-To")
                        for message in scene.dovecot.mail(BOB).messages())
        # Bob's own address shares a transaction with Ann's and Carol's.
        equal(stamps, [[], [BOB, "info+x@company.com"],
                       [BOB, "sales@company.com"]], "Bob's stamps")


@test
def sieve_files_by_delivered_to(case):
    scene = Scene(case)
    scene.aliases("sales@company.com", "info@company.com")
    scene.dovecot.sieve(BOB, """
require ["fileinto", "mailbox"];
if header :is "delivered-to" "sales@company.com" { fileinto :create "Sales"; }
""")
    first, second = plain(), plain()
    scene.must_deliver("sales@company.com", first)
    scene.must_deliver("info@company.com", second)
    scene.landed(BOB, first, "Sales")
    scene.landed(BOB, second)


@test
def sieve_files_by_envelope(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    scene.agent.nameplate("add", "--catch-all", "@company.com", BOB)
    scene.dovecot.sieve(BOB, """
require ["envelope", "subaddress", "fileinto", "mailbox"];
if envelope :is "to" "sales@company.com" { fileinto :create "Sales"; }
elsif envelope :user "to" "sales" { fileinto :create "Tagged"; }
elsif envelope :localpart "to" "shop" { fileinto :create "Shop"; }
""")
    for address, mailbox in (("sales@company.com", "Sales"),
                             ("sales+vip@company.com", "Tagged"),
                             ("shop@company.com", "Shop"), (BOB, "INBOX")):
        sent = plain()
        scene.must_deliver(address, sent)
        scene.landed(BOB, sent, mailbox)


@test
def client_cannot_give_an_orcpt(case):
    scene = Scene(case)
    scene.aliases("sales@company.com")
    scene.dovecot.sieve(BOB, """
require ["envelope", "fileinto", "mailbox"];
if envelope :is "to" "boss@company.com" { fileinto :create "Boss"; }
""")
    with scene.agent.client() as client:
        client.expect(250, client.command("MAIL FROM:<a@example.org>"))
        client.expect(250, client.command(
            "RCPT TO:<sales@company.com> ORCPT=rfc822;boss@company.com"))
        equal(client.data(plain(), 1)[0].code, 250, "reply")
    scene.folders(BOB, {"INBOX": 1})


@test
def postmaster_always_arrives(case):
    scene = Scene(case, map_postmaster=CAROL)
    scene.agent.nameplate("add", "--catch-all", "@company.com", ANN)
    first, second = plain(), plain()
    scene.must_deliver("postmaster", first)
    scene.landed(CAROL, first)
    scene.dovecot.forget()
    scene.must_deliver("Postmaster@company.com", second)
    scene.landed(CAROL, second)
    scene.folders(ANN, {})


@test
def alias_made_while_running_is_seen_by_the_next_recipient(case):
    scene = Scene(case)
    with scene.agent.client() as client:
        before = client.deliver(["new@company.com"], plain())
        scene.aliases("new@company.com")
        after = client.deliver(["new@company.com"], plain())
        scene.agent.nameplate("remove", "new@company.com")
        again = client.deliver(["new@company.com"], plain())
    equal([one["new@company.com"].status for one in (before, after, again)],
          [UNKNOWN, OK, UNKNOWN], "replies")
