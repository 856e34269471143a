# SPDX-License-Identifier: LGPL-2.1-or-later
"""list, show, explain, check, the audit line and the completion."""
import os
import pty
import shutil
import socket
import subprocess
import time

from host import Skip

CASES = []


def case(function):
    CASES.append(function)
    return function


@case
def list_(host):
    host.start_map("a@x.org m@x.org", "b@y.org m@x.org --send",
                   "c@x.org n@x.org --note hello")
    host.do("list", err="", out="""\
ALIAS     MAILBOX   STATE     RECEIVE  SEND  EXPIRES               NOTE
a@x.org   m@x.org   active    yes      no
b@y.org   m@x.org   active    yes      yes
c@x.org   n@x.org   active    yes      no                          hello
3 aliases
""")
    host.do("list", "--mailbox", "M@x.org", has="2 aliases\n")
    host.do("list", "--domain", "X.org", has="2 aliases\n")
    host.do("list", "--domain", "@y.org", has="1 alias\n")
    host.do("list", "--send", has=["b@y.org", "1 alias\n"])
    host.do("list", "--mailbox", "m@x.org", "--domain", "x.org", "--send",
            out="0 aliases\n")
    host.do("list", "--format", "csv", "--send", err="",
            has="alias,mailbox,receive,send,enabled,expires,note,created\n"
            "b@y.org,m@x.org,yes,yes,yes,,,")
    host.refuse("list", "--mailbox", "m", has="an address has a domain")
    host.refuse("show", "nobody@x.org", out="",
                err="nobody@x.org: no such alias, and none leads there, see: "
                "nameplate list")


@case
def list_to_a_full_disk(host):
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    host.start_map("a@x.org m@x.org")
    with open("/dev/full", "w") as full:
        process = subprocess.run([host.program, "-c", host.config, "export"],
                                 stdout=full, stderr=subprocess.PIPE,
                                 text=True)
    assert process.returncode == 1, process
    assert "cannot write the output" in process.stderr, process.stderr


def steps(host, code, address, *want, **options):
    """Runs explain; want: lines in their order, others may stand between."""
    result = host.expect(code, "explain", address, **options)
    rest = result.out
    for line in want:
        at = rest.find(line)
        if at < 0:
            raise AssertionError("%s: no %r in %r, all of it:\n%s" %
                                 (address, line, rest, result))
        rest = rest[at + len(line):]
    return result


@case
def explain_alias_and_tag(host):
    host.start_map("sales@x.org bob@x.org")
    host.start_store("bob@x.org 250 2.1.5 OK", "bob+vip@x.org 250 2.1.5 OK")
    steps(host, 0, "Sales@X.org", "address    Sales@x.org\n",
          "1 exact    sales@x.org -> bob@x.org: active, receive on, send "
          "off\n", "store      bob@x.org: 250 2.1.5 OK\n",
          "rule       alias\n", "mailbox    bob@x.org\n",
          "stamps     Delivered-To: bob@x.org\n",
          "           Delivered-To: Sales@x.org\n",
          "X-Nameplate-Mark", "ORCPT      rfc822;Sales@x.org\n",
          "reply      250 2.1.5 <Sales@x.org>")
    assert host.asked() == ["bob@x.org"]
    steps(host, 0, "sales+vip@x.org", "1 exact    sales+vip@x.org: no entry",
          "2 tag      sales@x.org -> bob@x.org: active",
          "the tag +vip goes along", "store      bob+vip@x.org: 250",
          "rule       tag\n", "mailbox    bob@x.org\n",
          "Delivered-To: bob@x.org\n", "Delivered-To: sales+vip@x.org\n",
          "reply      250 2.1.5 <sales+vip@x.org>")
    steps(host, 0, "sales+new@x.org", "store      bob+new@x.org: 550 5.1.1",
          "once more without the tag", "store      bob@x.org: 250",
          "rule       tag\n", "mailbox    bob@x.org\n", "reply      250")


@case
def explain_store_delimiter(host):
    host.configure(lmtp="store_delimiter = -")
    host.start_map("sales@x.org bob@x.org")
    host.start_store("bob-vip@x.org 250 OK")
    steps(host, 0, "sales+vip@x.org", "store      bob-vip@x.org: 250 OK",
          "mailbox    bob@x.org\n")
    assert host.asked() == ["bob-vip@x.org"]
    # What is not moved goes as it came.
    steps(host, 1, "bob+vip@x.org", "store      bob+vip@x.org: 550")


@case
def explain_refused(host):
    host.start_map("off@x.org bob@x.org", "send@x.org bob@x.org --no-receive",
                   "--catch-all @x.org z@x.org",
                   "late@x.org bob@x.org --expires 2099-01-01")
    host.do("disable", "off@x.org")
    host.do("import", "-", stdin="alias,mailbox,expires\nlate@x.org,"
            "bob@x.org,2001-01-01\n")
    host.start_store("*@x.org 250 OK")
    for address, why in (("off@x.org", "disabled"),
                         ("OFF+tag@x.org", "disabled"),
                         ("late@x.org", "expired"),
                         ("send@x.org", "receive off")):
        steps(host, 1, address, "is %s\n" % why,
              "reply      550 5.1.1 <%s>" % address)
    assert host.asked() == []
    steps(host, 1, "a@b@c", "reply      501 5.1.3")


THROUGH = ", through the domain alias @old.org\n"


@case
def explain_domain_alias(host):
    host.start_map("sales@new.org bob@new.org", "@old.org @new.org",
                   "--catch-all @new.org z@new.org")
    host.start_store("bob@new.org 250 OK", "carol@new.org 250 OK",
                     "z@new.org 250 OK")
    steps(host, 0, "sales@old.org", "1 exact    sales@old.org: no entry",
          "3 domain   @old.org -> @new.org: active", "once again in new.org",
          "1 exact    sales@new.org -> bob@new.org",
          "rule       alias" + THROUGH,
          "Delivered-To: bob@new.org\n", "Delivered-To: sales@old.org\n")
    steps(host, 0, "Carol@old.org", "4 store    no entry",
          "store      Carol@new.org: 250", "rule       store" + THROUGH,
          "mailbox    carol@new.org\n", "Delivered-To: carol@new.org\n",
          "Delivered-To: Carol@old.org\n")
    steps(host, 0, "x@old.org", "store      x@new.org: 550 5.1.1",
          "5 catch    the catch-all takes it: z@new.org",
          "store      z@new.org: 250", "rule       catch-all" + THROUGH,
          "mailbox    z@new.org\n", "Delivered-To: z@new.org\n",
          "Delivered-To: x@old.org\n")


@case
def explain_domain_alias_that_is_off(host):
    host.start_map("@old.org @new.org")
    host.start_store("*@old.org 250 OK", "*@new.org 250 OK")
    for word, why in (("--no-receive", "receive off"), ("", "disabled")):
        if word:
            host.do("set", "@old.org", word)
        else:
            host.do("set", "@old.org", "--receive")
            host.do("disable", "@old.org")
        result = steps(host, 1, "a@old.org", "3 domain   @old.org -> @new.org",
                       "           ends here\n", "is %s\n" % why)
        assert "4 store" not in result.out, result.out
    assert host.asked() == []


@case
def explain_catch_all(host):
    host.start_map("--catch-all @x.org z@x.org",
                   "--catch-all @y.org ghost@y.org")
    host.start_store("bob@x.org 250 OK", "z@x.org 250 OK",
                     "full@x.org 552 5.2.2 Full", "slow@x.org 451 4.3.0 Wait")
    steps(host, 0, "a+b@x.org", "store      a+b@x.org: 550 5.1.1",
          "store      a@x.org: 550 5.1.1", "the catch-all takes it: z@x.org",
          "reply      250 2.1.5 <a+b@x.org>")
    for base in ("bob", "full"):
        steps(host, 1, base + "+t@x.org", "%s@x.org is a mailbox, so the "
              "catch-all does not take its tags" % base,
              "reply      550 5.1.1 <%s+t@x.org>" % base)
    steps(host, 75, "slow+t@x.org", "cannot be told now", "reply      451")
    steps(host, 1, "srs0=abc@x.org", "no catch-all takes it",
          "reply      550 5.1.1 <srs0=abc@x.org>")
    steps(host, 1, "a@y.org", "the store has no mailbox ghost@y.org",
          "reply      550 5.1.1 <a@y.org>")
    steps(host, 1, "full@x.org", "store      full@x.org: 552 5.2.2 Full",
          "reply      552 5.2.2 <full@x.org>")
    result = steps(host, 75, "slow@x.org", "reply      451")
    assert "Wait" not in result.out.splitlines()[-1], result.out


@case
def explain_postmaster(host):
    host.configure("postmaster = pm@x.org")
    host.start_map("--catch-all @x.org z@x.org")
    host.start_store("pm@x.org 250 OK", "postmaster@y.org 250 OK")
    steps(host, 0, "postmaster", "rule       postmaster\n",
          "mailbox    pm@x.org\n", "reply      250 2.1.5 <postmaster>")
    steps(host, 0, "Postmaster@x.org", "store      Postmaster@x.org: 550",
          "[map] postmaster takes it: pm@x.org", "rule       postmaster\n",
          "mailbox    pm@x.org\n")
    result = steps(host, 0, "postmaster@y.org", "rule       store\n")
    assert "ORCPT" not in result.out, result.out
    # Its mailbox is gone: the catch-all is next.
    host.answers("z@x.org 250 OK")
    steps(host, 0, "postmaster@x.org", "[map] postmaster takes it: pm@x.org",
          "the store has no mailbox pm@x.org", "the catch-all takes it: "
          "z@x.org", "rule       catch-all\n", "mailbox    z@x.org\n")
    steps(host, 1, "postmaster", "reply      550 5.1.1 <postmaster>")


@case
def explain_store_out_of_reach(host):
    host.start_map("a@x.org m@x.org")
    steps(host, 75, "a@x.org", "cannot be asked", "reply      451 4.4.1 "
          "<a@x.org>")
    host.do("explain", "--no-probe", "a@x.org",
            has="store      would be asked for m@x.org")
    host.start_store("*@x.org 250 OK")
    os.unlink(host.map)
    host.expect(1, "explain", "a@x.org", out="", has="nameplate rollback")


@case
def explain_never_shows_the_mailbox_in_the_reply(host):
    host.start_map("sales@x.org secret@x.org")
    host.start_store("secret@x.org 550 5.7.1 <secret@x.org> secret@x.org says "
                     "no")
    result = steps(host, 1, "sales@x.org", "reply      550 5.7.1 "
                   "<sales@x.org>")
    assert "secret" not in result.out.splitlines()[-1], result.out


@case
def check_finds_nothing(host):
    host.start_map("a@x.org m@x.org", "abuse@x.org m@x.org")
    host.start_store("m@x.org 250 OK", "postmaster@x.org 250 OK")
    host.do("check", out="", err="")


@case
def check_finds(host):
    host.start_map("a@x.org ghost@x.org", "b@x.org ghost@x.org",
                   "late@x.org m@x.org", "hides@x.org m@x.org",
                   "carol+t@x.org m@x.org", "m+t@x.org m@x.org",
                   "--catch-all @y.org m@x.org",
                   "--catch-all @z.org bob@z.org",
                   "--catch-all @w.org catchall@w.org", "@old.org @x.org")
    soon = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 5 * 86400))
    far = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 20 * 86400))
    host.do("set", "late@x.org", "--expires", soon)
    host.do("set", "hides@x.org", "--expires", far)
    host.start_store("m@x.org 250 OK", "hides@x.org 552 5.2.2 Full",
                     "carol@x.org 250 OK", "m@old.org 250 OK",
                     "bob@z.org 250 OK", "catchall@w.org 250 OK",
                     "postmaster@x.org 250 OK")
    out = host.refuse("check", err=None).out
    want = [
        "@old.org -> @x.org: hides the mailbox m@old.org, use: nameplate "
        "remove @old.org",
        "@y.org -> m@x.org: a catch-all onto a mailbox with 4 other aliases, "
        "use one of its own: nameplate set @y.org --mailbox catchall@y.org",
        "@z.org -> bob@z.org: a catch-all onto somebody's mailbox, use one "
        "of its own: nameplate set @z.org --mailbox catchall@z.org, or if it "
        "is one: nameplate set @z.org --note TEXT",
        "abuse@x.org: reaches nobody (RFC 2142), use: nameplate add "
        "abuse@x.org MAILBOX",
        "abuse@old.org: reaches nobody (RFC 2142), use: nameplate add "
        "abuse@x.org MAILBOX",
        "carol+t@x.org -> m@x.org: takes mail with a tag from the mailbox "
        "carol@x.org, use: nameplate remove carol+t@x.org",
        "ghost@x.org: no such mailbox, and 2 aliases lead to it, use: "
        "nameplate move ghost@x.org MAILBOX, or: nameplate remove-mailbox "
        "ghost@x.org",
        "hides@x.org -> m@x.org: hides the mailbox hides@x.org, use: "
        "nameplate remove hides@x.org",
        "late@x.org -> m@x.org: expires %sT23:59:59Z, to keep it use: "
        "nameplate set late@x.org --expires never" % soon,
    ]
    assert sorted(out.splitlines()) == sorted(want), \
        "\n".join(sorted(set(out.splitlines()) ^ set(want)))


@case
def check_finds_chains(host):
    """None can be made; other settings, or a map adopted, can bring them."""
    host.start_map("a@x.org m=t@x.org")
    host.configure("delimiters = =")
    host.do("apply")
    host.expect(1, "check", "--no-probe", has="a@x.org -> m=t@x.org: a mailbox "
                "has no tag, use: nameplate set a@x.org --mailbox m@x.org\n")


@case
def check_of_a_disabled_role(host):
    host.start_map("abuse@x.org m@x.org")
    host.do("disable", "abuse@x.org")
    host.start_store("m@x.org 250 OK", "postmaster@x.org 250 OK")
    host.expect(1, "check", err="", out="abuse@x.org: is disabled (RFC 2142), "
                "use: nameplate show abuse@x.org\n")


@case
def check_of_a_store_that_takes_anything(host):
    host.start_map("a@x.org m@x.org")
    host.start_store("*@x.org 250 OK")
    host.do("check", out="", err="nameplate: note: the store takes any name "
            "of x.org, so nothing was checked there\n")
    assert host.asked() == []


@case
def check_without_a_store(host):
    host.start_map("a@x.org m@x.org")
    host.do("check", "--no-probe", out="", err="")
    result = host.expect(75, "check", out="")
    assert result.err.count("cannot be asked") == 1, result.err


@case
def check_of_a_store_that_cannot_tell(host):
    host.start_map("a@x.org m@x.org", "abuse@x.org m@x.org")
    host.start_store("m@x.org 451 4.3.0 Later", "postmaster@x.org 450 Wait")
    host.expect(75, "check", out="", err="nameplate: warning: the store cannot "
                "tell now whether m@x.org is a mailbox (451 4.3.0), so not "
                "every mailbox was checked\n")


@case
def check_of_a_store_that_takes_no_connection(host):
    host.start_map("a@x.org m@x.org")
    waiting = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(host.socket)
        listener.listen(0)
        try:
            while True:
                waiting.append(socket.socket(socket.AF_UNIX))
                waiting[-1].setblocking(False)
                waiting[-1].connect(host.socket)
        except BlockingIOError:
            pass
        host.expect(75, "check", out="", err="nameplate: warning: the store "
                    "unix:%s cannot be asked (it takes no more connections), "
                    "so mailboxes were not checked\n" % host.socket)
        for client in waiting:
            client.close()


@case
def check_says_on_a_terminal_for_whom_it_waits(host):
    host.start_map("a@x.org m@x.org", "abuse@x.org m@x.org")
    host.start_store("m@x.org 250 OK", "postmaster@x.org 250 OK")
    master, slave = pty.openpty()
    result = subprocess.run([host.program, "-c", host.config, "check"],
                            stdout=subprocess.PIPE, stderr=slave, check=False)
    os.close(slave)
    text = os.read(master, 4096)
    os.close(master)
    assert result.returncode == 0 and result.stdout == b"", result
    assert b"waiting for the store unix:" in text, text
    assert b", at most 2 seconds" in text, text
    assert text.endswith(b"\r\033[K"), text


@case
def completion(host):
    """bash finds subcommands, options and files."""
    script = os.path.join(host.here, "..", "..", "cli", "nameplate.bash")
    if not shutil.which("bash"):
        raise Skip("no bash")

    def complete(line):
        words = line.split(" ")
        return subprocess.run(
            ["bash", "-c", ". %s; COMP_WORDS=(%s); COMP_CWORD=%d; "
             "_nameplate nameplate; printf '%%s\\n' \"${COMPREPLY[@]}\"" %
             (script, " ".join("'%s'" % word for word in words),
              len(words) - 1)], capture_output=True, text=True,
            cwd=host.folder, check=True).stdout.split()
    host.write("in.csv", "")
    assert "explain" in complete("nameplate ex"), complete("nameplate ex")
    assert "export" in complete("nameplate -c x ex")
    assert complete("nameplate add --exp") == ["--expires"]
    assert complete("nameplate list --format c") == ["csv"]
    assert complete("nameplate import in") == ["in.csv"]
    # Every subcommand and every option of its usage is known.
    usage = host.do("--help").out
    for line in usage.splitlines():
        words = line.replace("usage:", "").split()
        if len(words) < 2 or words[1].startswith(("-", "[")):
            continue
        assert words[1] in complete("nameplate " + words[1]), words[1]
        for word in words[2:]:
            word = word.strip("[]|").replace("--[no-]", "--no-")
            if word.startswith("--"):
                assert word in complete("nameplate %s %s" %
                                        (words[1], word)), (words[1], word)
