# SPDX-License-Identifier: LGPL-2.1-or-later
"""add, set, enable, disable, remove, remove-mailbox, move; usage."""
CASES = []


def case(function):
    CASES.append(function)
    return function


@case
def usage(host):
    host.expect(64, has="usage: nameplate [--help] [--version] [-c FILE] "
                "COMMAND")
    host.expect(64, "frobnicate", has="no such command")
    host.expect(64, "--frobnicate", has="usage: nameplate [--help]")
    for words in (["add"], ["add", "a@x"], ["show"], ["show", "a", "b"],
                  ["set"], ["set", "a@x"], ["set", "a@x", "b@x"],
                  ["enable"], ["disable"], ["remove"], ["remove-mailbox"],
                  ["remove-mailbox", "a", "b"], ["move", "a"],
                  ["move", "a", "b", "c"], ["list", "a"], ["explain"],
                  ["explain", "a", "b"], ["import"], ["import", "a", "b"],
                  ["export", "a"], ["check", "a"], ["verify", "a"],
                  ["rollback", "a"], ["apply", "a"],
                  ["add", "a@x", "b@x", "--dry-run"],
                  ["list", "--format"], ["set", "a@x", "--colour"]):
        host.expect(64, *words, out="", has="usage: nameplate " + words[0])
    host.expect(64, "list", "--format", "xml",
                err="nameplate: --format xml: use table, csv or json\n")
    host.expect(64, "export", "--format", "table",
                err="nameplate: --format table: use csv or json\n")
    host.expect(64, "import", "-", "--format", "xml",
                err="nameplate: --format xml: use csv, json or postfix\n")
    host.expect(64, "add", "a@x", "b@x", "--expires", "soon",
                err="nameplate: --expires soon: use a date like 2026-12-31 "
                "or 2026-12-31T18:00:00Z, or never\n")
    host.expect(64, "add", "a@x", "b@x", "--note", "n" * 501,
                err="nameplate: --note: has 501 octets, at most 500 are "
                "kept\n")


@case
def help_and_version(host):
    words = host.do("--help", err="").out
    for name in ("add", "show", "set", "enable", "disable", "remove",
                 "remove-mailbox", "move", "list", "explain", "import",
                 "export", "check", "verify", "rollback", "apply"):
        assert "nameplate %s" % name in words, name
        host.do(name, "--help", err="", has="usage: nameplate " + name)
    out = host.do("--version", err="").out
    assert out.startswith("nameplate ") and out.count("\n") == 1, out


@case
def bad_configuration(host):
    host.write("nameplate.conf", "[map]\nfiel = x\n")
    host.expect(1, "list", out="", has=["nameplate.conf:2:", "fiel"])
    host.config = host.path("missing.conf")
    host.expect(1, "list", out="", has="missing.conf")


@case
def apply_makes_the_first_map(host):
    host.do("apply", out="%s: made, empty\n" % host.map, err="")
    host.do("apply", out="%s: unchanged\n" % host.map, err="")
    host.do("list", out="0 aliases\n", err="")
    assert len(host.generations()) == 1, host.generations()


@case
def missing_map(host):
    for words in (["list"], ["show", "a@x"], ["add", "a@x", "b@x"],
                  ["add", "--no-probe", "a@x", "b@x"], ["export"],
                  ["explain", "a@x"], ["check"], ["remove", "a@x"],
                  ["import", "-"], ["verify"]):
        host.expect(1, *words, out="",
                    has=["there is no map", "nameplate apply"])
    assert host.generations() == []


@case
def add(host):
    host.start_map()
    host.do("add", "--no-probe", "sales@company.com", "bob@company.com",
            out="sales@company.com -> bob@company.com: added\n", err="")
    before = host.generations()
    host.do("add", "--no-probe", "sales@company.com", "bob@company.com",
            out="sales@company.com -> bob@company.com: unchanged\n", err="")
    assert host.generations() == before, "unchanged wrote a generation"
    host.refuse("add", "sales@company.com", "carol@company.com",
                err="sales@company.com -> carol@company.com: is an alias of "
                "bob@company.com already, use: nameplate set "
                "sales@company.com --mailbox carol@company.com")
    host.refuse("add", "info@company.com", "sales@company.com",
                err="info@company.com -> sales@company.com: "
                "sales@company.com is an alias of bob@company.com, use: "
                "nameplate add info@company.com bob@company.com")
    host.refuse("add", "--no-probe", "bob@company.com", "carol@company.com",
                err="bob@company.com -> carol@company.com: "
                "sales@company.com is an alias of bob@company.com, use "
                "first: nameplate move bob@company.com carol@company.com")
    host.refuse("add", "info@Company.com", "bob@company.com",
                err="info@Company.com: use info@company.com")
    host.refuse("add", "a b@company.com", "bob@company.com",
                has=["a b@company.com: ", "use "])
    assert host.generations() == before


@case
def add_several_is_all_or_nothing(host):
    host.start_map()
    host.do("add", "--no-probe", "a@x.org", "b@x.org", "c@x.org", "m@x.org",
            out="a@x.org -> m@x.org: added\nb@x.org -> m@x.org: added\n"
            "c@x.org -> m@x.org: added\n", err="")
    host.refuse("add", "--no-probe", "d@x.org", "E@x.org", "a@x.org",
                "F@x.org", "m@x.org", out="",
                err="E@x.org: use e@x.org\nnameplate: F@x.org: use f@x.org\n"
                "nameplate: nothing was changed")
    host.refuse("show", "d@x.org")
    host.do("add", "--no-probe", "a@x.org", "d@x.org", "d@x.org", "m@x.org",
            out="a@x.org -> m@x.org: unchanged\nd@x.org -> m@x.org: added\n"
            "d@x.org -> m@x.org: unchanged\n")


@case
def add_with_everything(host):
    host.start_map()
    host.do("add", "a@x.org", "m@x.org", "--no-probe", "--send",
            "--no-receive", "--expires", "2099-12-31", "--note",
            "gr\u00fc\u00dfe, \"you\"")
    out = host.do("show", "a@x.org", err="").out
    for line in ("alias:    a@x.org", "kind:     alias",
                 "mailbox:  m@x.org", "state:    active", "receive:  no",
                 "send:     yes", "expires:  2099-12-31T23:59:59Z",
                 "note:     gr\u00fc\u00dfe, \"you\""):
        assert line + "\n" in out, out
    host.refuse("add", "--no-probe", "a@x.org", "m@x.org", "--expires",
                "2098-12-31", has="use: nameplate set a@x.org")
    host.refuse("add", "--no-probe", "b@x.org", "m@x.org", "--expires",
                "2001-01-01", err="b@x.org: the time of --expires is over, "
                "use: nameplate disable b@x.org")
    host.refuse("add", "--no-probe", "b@x.org", "m@x.org", "--note", "a\nb",
                err="b@x.org: a note is one line of UTF-8 without control "
                "characters")


@case
def domain_alias_and_catch_all(host):
    host.start_map()
    host.do("add", "--no-probe", "@old.org", "@new.org",
            out="@old.org -> @new.org: added\n")
    host.refuse("add", "--no-probe", "@older.org", "@old.org",
                err="@older.org -> @old.org: @old.org is an alias of "
                "@new.org, use: nameplate add @older.org @new.org")
    host.refuse("add", "--no-probe", "@new.org", "m@new.org",
                err="@new.org -> m@new.org: for a catch-all use: nameplate "
                "add --catch-all @new.org m@new.org")
    host.do("add", "--no-probe", "--catch-all", "@new.org", "m@new.org",
            out="@new.org -> m@new.org: added\n")
    host.refuse("add", "--no-probe", "a@x.org", "m@old.org",
                err="a@x.org -> m@old.org: @old.org is a domain alias of "
                "@new.org, use: nameplate add a@x.org m@new.org")
    host.do("show", "@old.org", has=["kind:     domain alias",
                                     "domain:   @new.org"])
    host.do("show", "@new.org", has="kind:     catch-all")


@case
def probes_on_add(host):
    host.start_map()
    host.start_store("bob@x.org 250 2.1.5 OK", "full@x.org 552 5.2.2 Full",
                     "slow@x.org 451 4.3.0 Later")
    host.do("add", "sales@x.org", "bob@x.org", err="")
    assert host.asked() == ["sales@x.org", "bob@x.org"]
    host.do("add", "sales@x.org", "bob@x.org", err="",
            out="sales@x.org -> bob@x.org: unchanged\n")
    host.refuse("add", "a@x.org", "ghost@x.org", out="",
                err="ghost@x.org: the store has no such mailbox, make it "
                "first, or use --force")
    host.refuse("add", "bob@x.org", "full@x.org", has="move")
    host.refuse("add", "full@x.org", "bob@x.org", out="",
                err="full@x.org: is a mailbox of the store, and would get no "
                "mail any more, use another name, or --force")
    host.do("add", "b@x.org", "full@x.org", err="")
    host.do("add", "c@x.org", "slow@x.org",
            err="nameplate: warning: the store cannot tell now whether "
            "slow@x.org is a mailbox (451 4.3.0), so not every mailbox was "
            "checked\n")
    for words in (("", "bob@x.org"), ("d@x.org", "")):
        host.refuse("add", *words, out="",
                    err="the address is empty, use NAME@DOMAIN")
    host.asked()
    host.do("add", "--no-probe", "d@x.org", "ghost@x.org", err="")
    host.do("add", "--force", "e@x.org", "ghost@x.org", err="")
    assert host.asked() == []


@case
def probes_of_tags(host):
    host.start_map()
    host.start_store("bob@x.org 250 OK", "carol@x.org 250 OK")
    host.do("add", "bob+jira@x.org", "bob@x.org", err="")
    host.do("add", "nobody+jira@x.org", "bob@x.org", err="")
    host.refuse("add", "carol+jira@x.org", "bob@x.org",
                err="carol+jira@x.org: carol@x.org is a mailbox of the store, "
                "and its own mail with this tag would go to bob@x.org, use "
                "--force if that is meant")
    host.do("add", "--force", "carol+jira@x.org", "bob@x.org", err="")


@case
def store_that_takes_anything(host):
    host.start_map()
    host.start_store("*@x.org 250 OK")
    host.do("add", "a@x.org", "b@x.org", out="a@x.org -> b@x.org: added\n",
            err="nameplate: note: the store takes any name of x.org, so "
            "nothing was checked there\n")
    assert host.asked() == []


@case
def store_of_other_domains(host):
    host.start_map()
    host.start_store("*@y.org 550 5.7.1 Relaying denied",
                     "bob@y.org 250 OK")
    host.refuse("add", "a@x.org", "m@y.org", has="has no such mailbox")
    host.do("add", "a@x.org", "bob@y.org", err="")


@case
def store_out_of_reach(host):
    host.start_map()
    host.do("add", "a@x.org", "b@x.org", out="a@x.org -> b@x.org: added\n",
            err="nameplate: warning: the store unix:%s cannot be asked (No "
            "such file or directory), so mailboxes were not checked\n" %
            host.socket)
    host.start_store("*@x.org close", "*@y.org silent")
    host.do("add", "c@x.org", "b@x.org", has="it closed the connection")
    host.do("add", "c@y.org", "b@x.org", has="no answer in 2 seconds")


@case
def store_by_tcp(host):
    port = host.start_store("b@x.org 250 OK", where="inet")
    host.configure(store="inet:127.0.0.1:%d" % port)
    host.start_map()
    host.do("add", "a@x.org", "b@x.org", err="")
    host.refuse("add", "c@x.org", "ghost@x.org", has="no such mailbox")
    host.configure(store="inet:localhost:%d" % port)
    host.refuse("add", "c@x.org", "ghost@x.org", has="no such mailbox")


@case
def set_(host):
    host.start_map("a@x.org m@x.org", "z@x.org y@x.org")
    host.do("set", "a@x.org", "--send", "--note", "n",
            out="a@x.org -> m@x.org: changed\n", err="")
    host.do("set", "A@X.org", "--send", out="a@x.org -> m@x.org: unchanged\n")
    host.do("set", "a@x.org", "--no-send", "--no-receive", "--expires",
            "2099-01-01T00:00:00+02:00")
    host.do("show", "a@x.org", has=["receive:  no", "send:     no",
            "expires:  2098-12-31T22:00:00Z", "note:     n\n"])
    host.do("set", "a@x.org", "--receive", "--expires", "never", "--note", "")
    host.do("show", "a@x.org", has=["receive:  yes", "expires:  never",
                                    "note:     \n"])
    host.do("set", "a@x.org", "--mailbox", "n@x.org", "--no-probe",
            out="a@x.org -> n@x.org: changed\n")
    host.refuse("set", "a@x.org", "--mailbox", "z@x.org",
                err="a@x.org -> z@x.org: z@x.org is an alias of y@x.org, "
                "use: nameplate set a@x.org --mailbox y@x.org")
    host.refuse("set", "nobody@x.org", "--send",
                err="nobody@x.org: no such alias, see: nameplate list")
    host.start_store("m@x.org 250 OK")
    host.refuse("set", "a@x.org", "--mailbox", "ghost@x.org",
                has="has no such mailbox")
    host.do("set", "a@x.org", "--mailbox", "m@x.org", err="")
    host.do("set", "a@x.org", "--mailbox", "ghost@x.org", "--force")


@case
def enable_and_disable(host):
    host.start_map("a@x.org m@x.org", "b@x.org m@x.org",
                   "postmaster@x.org m@x.org")
    host.do("disable", "a@x.org", "b@x.org",
            out="a@x.org -> m@x.org: disabled, the name stays reserved\n"
            "b@x.org -> m@x.org: disabled, the name stays reserved\n")
    host.do("disable", "a@x.org", out="a@x.org -> m@x.org: unchanged\n")
    host.refuse("add", "--no-probe", "a@x.org", "c@x.org",
                has="is an alias of m@x.org already")
    host.refuse("enable", "a@x.org", "c@x.org", out="",
                err="c@x.org: no such alias, see: nameplate list\n"
                "nameplate: nothing was changed")
    host.do("show", "a@x.org", has="state:    disabled")
    host.do("enable", "a@x.org", out="a@x.org -> m@x.org: enabled\n")
    host.refuse("disable", "postmaster@x.org",
                err="postmaster@x.org: postmaster cannot be disabled (RFC "
                "5321 4.5.1), use: nameplate set postmaster@x.org --mailbox "
                "MAILBOX")
    host.refuse("set", "postmaster@x.org", "--expires", "2099-01-01",
                has="postmaster cannot expire")
    host.refuse("set", "postmaster@x.org", "--no-receive",
                has="postmaster has to receive")


@case
def remove(host):
    host.start_map("a@x.org m@x.org", "--catch-all @x.org z@x.org")
    host.do("remove", "a@x.org", out="a@x.org -> m@x.org: removed, the "
            "catch-all of x.org takes its mail now (z@x.org)\n")
    host.refuse("remove", "a@x.org",
                err="a@x.org: no such alias, see: nameplate list")
    host.do("remove", "@x.org", out="@x.org -> z@x.org: removed\n")
    host.do("list", out="0 aliases\n")


@case
def remove_mailbox_and_move(host):
    host.start_map("a@x.org b@x.org m@x.org", "c@x.org n@x.org")
    host.do("show", "m@x.org", out="mailbox:  m@x.org\nalias:    a@x.org "
            "(active)\nalias:    b@x.org (active)\n")
    host.do("move", "m@x.org", "o@x.org", "--no-probe", err="",
            out="a@x.org -> o@x.org: handed over\nb@x.org -> o@x.org: handed "
            "over\nm@x.org -> o@x.org: 2 aliases handed over\n")
    host.refuse("move", "m@x.org", "o@x.org", out="",
                err="m@x.org: no alias leads there, see: nameplate list")
    host.refuse("move", "o@x.org", "c@x.org", out="",
                err="o@x.org -> c@x.org: c@x.org is an alias of n@x.org, "
                "use: nameplate move o@x.org n@x.org")
    host.start_store("p@x.org 250 OK")
    host.refuse("move", "o@x.org", "ghost@x.org", out="",
                has="the store has no such mailbox")
    host.do("move", "o@x.org", "p@x.org", err="")
    host.do("remove-mailbox", "p@x.org", err="",
            out="a@x.org -> p@x.org: removed\nb@x.org -> p@x.org: removed\n"
            "p@x.org: 2 aliases removed\n")
    host.refuse("remove-mailbox", "p@x.org",
                err="p@x.org: no alias leads there, see: nameplate list")
    host.do("add", "--no-probe", "--catch-all", "@x.org", "z@x.org")
    host.do("remove-mailbox", "n@x.org", err="",
            out="c@x.org -> n@x.org: removed, the catch-all of x.org takes "
            "its mail now (z@x.org)\nn@x.org: 1 alias removed\n")
    host.do("remove", "@x.org")
    host.do("add", "--no-probe", "c@x.org", "n@x.org")
    host.do("list", has="1 alias\n")


@case
def limits_and_names(host):
    host.configure("domains = x.org\nreserved = root\n"
                   "max_aliases_per_mailbox = 1\npostmaster = pm@x.org")
    host.start_map("a@x.org m@x.org")
    host.refuse("add", "--no-probe", "b@x.org", "m@x.org",
                err="m@x.org: has 1 of at most 1 aliases, remove one or "
                "raise [map] max_aliases_per_mailbox")
    host.refuse("add", "--no-probe", "b@y.org", "n@x.org",
                err="b@y.org: aliases are made in x.org only, or add y.org "
                "to [map] domains")
    host.refuse("add", "--no-probe", "root@x.org", "n@x.org",
                err="root@x.org: root is reserved, use another name, or take "
                "it out of [map] reserved")
    host.refuse("add", "--no-probe", "pm@x.org", "n@x.org",
                has="is the mailbox of [map] postmaster")
    host.refuse("add", "--no-probe", "sales", "n@x.org",
                err="sales: use sales@x.org")


@case
def settings_differ(host):
    host.start_map("a@x.org m@x.org")
    host.configure("delimiters = +=")
    text = "the map was written with other [map] delimiters than %s has " \
        "now, use first: nameplate apply" % host.config
    for words in (["add", "--no-probe", "b@x.org", "m@x.org"],
                  ["remove", "a@x.org"], ["disable", "a@x.org"],
                  ["set", "a@x.org", "--send"],
                  ["move", "--no-probe", "m@x.org", "n@x.org"],
                  ["remove-mailbox", "m@x.org"]):
        host.refuse(*words, out="", err=text)
    host.refuse("import", "-", stdin="b@x.org m@x.org\n", out="", err=text)
    host.do("list", has="1 alias")
    host.do("explain", "--no-probe", "a@x.org",
            has="warning: the map was written with other [map] delimiters")
    host.do("apply", has="settings taken over ([map] delimiters differed)")
    host.do("apply", has="unchanged")
    host.refuse("add", "--no-probe", "c@x.org", "m=t@x.org",
                has="a mailbox has no tag")
    host.do("remove", "a@x.org")
