# SPDX-License-Identifier: LGPL-2.1-or-later
"""The script that fetches the map from another host."""
import os
import subprocess

CASES = []


def case(function):
    CASES.append(function)
    return function


def fetch_script(host):
    return os.path.join(host.here, "..", "..", "packaging",
                        "nameplate-fetch-map")


def fetch(host, code, *words, **env):
    script = fetch_script(host)
    process = subprocess.run(
        [script, "-n", host.program, "-e", host.path("rsh"), "writer",
         host.map, *words], capture_output=True, text=True,
        env=dict(os.environ, **env), timeout=50)
    assert process.returncode == code, process
    return process.stdout + process.stderr


def fetch_host(host, extra=""):
    """A second host: a folder, and a remote shell that only runs its words."""
    host.start_map("a@x.org m@x.org")
    os.mkdir(host.path("other"))
    host.write("rsh", "#!/bin/sh\nhost=$1\nshift\n[ \"$host\" = writer ] || "
               "exit 255\n%s\nexec sh -c \"$*\"\n" % extra)
    os.chmod(host.path("rsh"), 0o755)
    return host.path("other/aliases.db")


def fetch_names(folder):
    """What a fetch has left behind, without its lock."""
    return sorted(name for name in os.listdir(folder)
                  if name != ".nameplate-fetch-map.lock")


def fetched(host, copy):
    folder = os.path.dirname(copy)
    names = fetch_names(folder)
    names.remove("aliases.db")
    assert all(name.startswith("aliases.") for name in names), names
    assert os.readlink(copy) == os.path.basename(host.live())
    with open(copy, "rb") as a, open(host.map, "rb") as b:
        assert a.read() == b.read()
    assert os.stat(copy).st_mode & 0o777 == 0o644
    return names


@case
def fetch_map(host):
    copy = fetch_host(host)
    fetch(host, 0, copy)
    assert len(fetched(host, copy)) == 1
    for name in "bcd":
        host.do("add", "--no-probe", name + "@x.org", "m@x.org")
        fetch(host, 0, copy)
        assert len(fetched(host, copy)) == 2
    fetch(host, 0, copy)
    assert len(fetched(host, copy)) == 2


@case
def fetch_map_again_when_it_vanished(host):
    """Between the link and the copy, the writer pruned the generation."""
    copy = fetch_host(host, """case $* in
*cat*)	if [ ! -e %(folder)s/once ]; then
		: >%(folder)s/once
		for a in b c d; do
			%(np)s -c %(conf)s add --no-probe $a@x.org m@x.org >&2
		done
	fi ;;
esac""" % {"folder": host.folder, "np": host.program, "conf": host.config})
    fetch(host, 0, copy)
    fetched(host, copy)
    assert os.path.exists(host.path("once"))


@case
def fetch_map_refuses(host):
    copy = fetch_host(host, "case $* in *cat*) exec sh -c \"$* | "
                      "tr m n\" ;; esac")
    text = fetch(host, 1, copy)
    assert "damaged" in text, text
    assert fetch_names(host.path("other")) == []
    host.write("rsh", "#!/bin/sh\necho no route >&2; exit 255\n")
    text = fetch(host, 75, copy)
    assert "cannot read the link" in text, text
    host.write("rsh", "#!/bin/sh\necho ../../etc/passwd\n")
    text = fetch(host, 1, copy)
    assert "does not name a generation" in text, text
    assert fetch_names(host.path("other")) == []
    text = fetch(host, 64, host.path("other/replica.db"))
    assert "must be called aliases.db" in text, text
    assert fetch_names(host.path("other")) == []


@case
def fetch_map_twice_at_once(host):
    """While one is copying, the map changes and another fetch comes."""
    copy = fetch_host(host, """case $* in
*cat*)	if [ ! -e %(folder)s/once ]; then
		: >%(folder)s/once
		%(np)s -c %(conf)s add --no-probe b@x.org m@x.org >&2
		%(script)s -n %(np)s -e %(folder)s/rsh writer %(map)s \\
			%(folder)s/other/aliases.db 2>%(folder)s/second >&2
		echo $? >>%(folder)s/second
	fi ;;
esac""" % {"folder": host.folder, "np": host.program, "conf": host.config,
           "script": fetch_script(host), "map": host.map})
    fetch(host, 0, copy)
    with open(host.path("second"), encoding="utf-8") as file:
        text = file.read()
    assert "another nameplate-fetch-map is at work" in text, text
    assert text.endswith("\n75\n"), text
    fetch(host, 0, copy)
    assert len(fetched(host, copy)) == 2


@case
def fetch_map_goes_back_only_when_told_twice(host):
    copy = fetch_host(host, """case $* in
*readlink*)	if [ -e %(folder)s/stale ]; then
		cat %(folder)s/stale
		rm %(folder)s/stale
		exit 0
	fi ;;
esac""" % {"folder": host.folder})
    old = os.path.basename(host.live())
    host.do("add", "--no-probe", "b@x.org", "m@x.org")
    fetch(host, 0, copy)
    # An answer from before the last change.
    host.write("stale", old + "\n")
    fetch(host, 0, copy)
    assert not os.path.exists(host.path("stale"))
    fetched(host, copy)
    # A writer that was restored from a backup.
    os.unlink(host.map)
    os.symlink(old, host.map)
    fetch(host, 0, copy)
    assert len(fetched(host, copy)) == 2


@case
def fetch_map_heals(host):
    copy = fetch_host(host)
    fetch(host, 0, copy)
    inode = os.stat(copy).st_ino
    fetch(host, 0, copy)
    assert os.stat(copy).st_ino == inode
    with open(copy, "r+b") as file:
        file.seek(5000)
        file.write(b"damage")
    text = fetch(host, 0, copy)
    assert "fetching it again" in text, text
    assert len(fetched(host, copy)) == 1


@case
def fetch_map_clears_away_what_a_killed_one_left(host):
    copy = fetch_host(host)
    os.mkdir(host.path("other/.nameplate-fetch-map.aB3dE6"))
    host.write("other/.nameplate-fetch-map.aB3dE6/part", "x")
    fetch(host, 0, copy)
    assert len(fetched(host, copy)) == 1
