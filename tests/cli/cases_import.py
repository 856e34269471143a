# SPDX-License-Identifier: LGPL-2.1-or-later
"""import and export."""
import json
import os
import pty
import time

CASES = []


def case(function):
    CASES.append(function)
    return function


CSV = """alias,mailbox,receive,send,enabled,expires,note,created
@old.org,@x.org,yes,no,yes,,,2020-01-01T00:00:00Z
@x.org,z@x.org,yes,no,no,,,2020-01-02T00:00:00Z
a+tag@x.org,m@x.org,yes,no,yes,,,2020-01-03T00:00:00Z
a@x.org,m@x.org,no,yes,yes,2020-06-01T00:00:00Z,"say ""hi"", you",\
2020-01-04T00:00:00Z
b@x.org,n@x.org,yes,no,no,2099-01-01T00:00:00Z,\u00fc \\ ',\
2020-01-05T00:00:00Z
c@x.org,n@x.org,yes,no,yes,," blanks ",
"""


@case
def import_csv(host):
    host.start_map()
    name = host.write("in.csv", CSV)
    host.do("import", name, "--dry-run", err="",
            out="6 added, 0 changed, 0 unchanged, nothing written\n")
    host.do("list", out="0 aliases\n")
    host.do("import", name, out="6 added, 0 changed, 0 unchanged\n", err="")
    before = host.generations()
    host.do("import", "-", stdin=CSV, err="",
            out="0 added, 0 changed, 6 unchanged\n")
    assert host.generations() == before, "unchanged wrote a generation"
    host.do("import", "-", stdin="alias,mailbox,note\nc@x.org,n@x.org,new\n",
            out="0 added, 1 changed, 0 unchanged\n")
    host.do("show", "c@x.org", has="note:     new")


@case
def export_is_what_was_imported(host):
    host.start_map()
    host.do("import", "-", stdin=CSV)
    text = host.do("export", "--format", "csv", err="").out
    assert text.splitlines()[:6] == CSV.splitlines()[:6], text
    for name in ("csv", "json"):
        first = host.do("export", "--format", name, err="").out
        other = host.path("other.db")
        saved, host.map = host.map, other
        host.configure()
        host.do("apply")
        host.do("import", "-", stdin=first, err="",
                out="6 added, 0 changed, 0 unchanged\n")
        assert host.do("export", "--format", name).out == first
        for entry in os.listdir(host.folder):
            if entry.startswith("other."):
                os.unlink(host.path(entry))
        host.map = saved
        host.configure()


@case
def export_json(host):
    host.start_map()
    host.do("import", "-", stdin=CSV)
    data = json.loads(host.do("export", err="").out)
    assert sorted(data) == ["aliases", "version"] and data["version"] == 1
    assert len(data["aliases"]) == 6
    assert data["aliases"][3] == {
        "alias": "a@x.org", "mailbox": "m@x.org", "receive": False,
        "send": True, "enabled": True, "expires": "2020-06-01T00:00:00Z",
        "note": 'say "hi", you', "created": "2020-01-04T00:00:00Z"}, data
    assert data["aliases"][5]["expires"] is None
    assert host.do("list", "--format", "json").out == host.do("export").out


@case
def import_postfix(host):
    host.start_map()
    host.do("import", "-", err="", stdin="# virtual\nsales@x.org  bob@x.org\n"
            "info@x.org\n    bob@x.org\n@x.org z@x.org\n@old.org @x.org\n",
            out="4 added, 0 changed, 0 unchanged\n")
    host.do("list", has=["info@x.org", "4 aliases"])


@case
def import_names_every_bad_line(host):
    host.start_map("s@x.org m@x.org")
    before = host.generations()
    host.refuse("import", "-", out="", stdin="""alias,mailbox,note
a@x.org,m@x.org,fine
A@x.org,m@x.org,upper case
b@x.org,a@x.org,a chain
b@x.org,m@x.org,named before
m@x.org,n@x.org,leads here
s@x.org,other@x.org,another mailbox
c@x.org,m@x.org
,m@x.org,
d@x.org,m+tag@x.org,
""", err="""line 3: A@x.org: use a@x.org
nameplate: line 4: b@x.org -> a@x.org: a@x.org is an alias of m@x.org, use: \
nameplate add b@x.org m@x.org
nameplate: line 5: b@x.org: stands already in line 4
nameplate: line 6: m@x.org -> n@x.org: a@x.org is an alias of m@x.org, use \
first: nameplate move m@x.org n@x.org
nameplate: line 7: s@x.org -> other@x.org: is an alias of m@x.org already, \
use: nameplate set s@x.org --mailbox other@x.org
nameplate: line 8: 2 fields, and the first line names 3
nameplate: line 9: the alias is missing
nameplate: line 10: m+tag@x.org: a mailbox has no tag, use m@x.org
nameplate: 8 bad lines, nothing was changed""")
    assert host.generations() == before
    host.refuse("show", "a@x.org")
    host.refuse("import", "-", out="", stdin="a@x.org m@x.org\n"
                "a@x.org m@x.org\n",
                err="line 2: a@x.org: stands already in line 1\n"
                "nameplate: 1 bad line, nothing was changed")


@case
def import_finds_chains_in_any_order(host):
    host.start_map("there@x.org bob@late.org")
    why = "@old.org is a domain alias of @x.org, use: nameplate add %s %s"
    lines = ["z@x.org bob@old.org", "@y.org all@old.org", "@old.org @x.org"]
    host.refuse("import", "-", out="", stdin="\n".join(lines) + "\n",
                err="line 2: @y.org -> all@old.org: " +
                why % ("--catch-all @y.org", "all@x.org") +
                "\nnameplate: line 1: z@x.org -> bob@old.org: " +
                why % ("z@x.org", "bob@x.org") +
                "\nnameplate: 2 bad lines, nothing was changed")
    host.refuse("import", "-", out="",
                stdin="\n".join(reversed(lines)) + "\n",
                has=["line 2: @y.org -> all@old.org: ",
                     "line 3: z@x.org -> bob@old.org: ",
                     "2 bad lines, nothing was changed"])
    # The entry is older than the file: the line of the domain is named.
    host.refuse("import", "-", stdin="a@x.org m@x.org\n@late.org @x.org\n",
                err="line 2: there@x.org -> bob@late.org: @late.org is a "
                "domain alias of @x.org, use: nameplate add there@x.org "
                "bob@x.org\nnameplate: 1 bad line, nothing was changed")
    host.do("list", has="1 alias\n")


@case
def import_compares_by_key(host):
    host.start_map()
    host.refuse("import", "-", out="",
                stdin="a@m\u00fcnchen.de m@x.org\n"
                "a@xn--mnchen-3ya.de m@x.org\n",
                err="line 2: a@xn--mnchen-3ya.de: stands already in line 1\n"
                "nameplate: 1 bad line, nothing was changed")


@case
def import_refuses_files(host):
    host.start_map()
    host.refuse("import", host.path("none"), out="",
                err="%s: No such file or directory" % host.path("none"))
    host.refuse("import", host.folder, out="", has="Is a directory")
    host.refuse("import", "-", stdin="a@x.org m@x\0\n",
                err="-: this is no text: it holds a NUL")
    host.refuse("import", "-", stdin="{\"version\":2}\n",
                err="-: line 1: only version 1 of this format is known")
    host.refuse("import", "-", stdin="mailbox,alias,colour\n",
                has="-: line 1: the first line names the columns")
    host.refuse("import", "-", "--format", "csv", stdin="a@x.org m@x.org\n",
                has="-: line 1: the first line names the columns")
    host.do("import", "-", stdin="", out="0 added, 0 changed, 0 unchanged\n")


def many(count):
    return "alias,mailbox\n" + "".join(
        "alias%d@x.org,box%d@x.org\n" % (i, i % 1000) for i in range(count))


@case
def import_scales(host):
    """Ten times the lines take about ten times the time, not a hundred."""
    host.start_map()
    times = []
    for count in (4000, 40000):
        text = many(count)
        start = time.monotonic()
        host.do("import", "-", "--dry-run", stdin=text,
                out="%d added, 0 changed, 0 unchanged, nothing written\n" %
                count)
        times.append(time.monotonic() - start)
    assert times[1] < 40 * max(times[0], 0.05), times
    # All lines lead to one mailbox: no step may look at all of them.
    text = "".join("a%d@x.org m@x.org\n" % i for i in range(20000))
    start = time.monotonic()
    host.do("import", "-", stdin=text)
    assert time.monotonic() - start < 15
    host.do("list", "--mailbox", "m@x.org", has="20000 aliases\n")


@case
def import_shows_progress_on_a_terminal(host):
    host.start_map()
    name = host.write("in.csv", many(100000))
    master, slave = pty.openpty()
    pid = os.fork()
    if pid == 0:
        os.dup2(slave, 2)
        os.dup2(os.open("/dev/null", os.O_RDWR), 1)
        os.execv(host.program, [host.program, "-c", host.config, "import",
                                name])
    os.close(slave)
    text = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:
            break
        if not piece:
            break
        text += piece
    _, status = os.waitpid(pid, 0)
    os.close(master)
    assert status == 0, status
    assert b" lines, " in text and b" %" in text, text
