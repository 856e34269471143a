# SPDX-License-Identifier: LGPL-2.1-or-later
"""The map as a file: damage, verify, rollback, locks, several writers."""
import fcntl
import os
import re
import shutil
import struct
import subprocess
import time

from host import Skip

CASES = []

F_OFD_SETLK = 37
READERS = (["list"], ["show", "a@x.org"], ["explain", "a@x.org"], ["check"],
           ["export"], ["verify"])
WRITERS = (["add", "--no-probe", "b@x.org", "m@x.org"], ["remove", "a@x.org"],
           ["import", "-"])


def case(function):
    CASES.append(function)
    return function


def refused_by_all(host, *texts):
    """Every command says the same, and none changes the folder."""
    before = sorted(os.listdir(host.folder))
    for words in READERS + WRITERS:
        host.expect(1, *words, out="", has=list(texts))
    after = [name for name in sorted(os.listdir(host.folder))
             if name != "aliases.db.lock"]
    assert after == [n for n in before if n != "aliases.db.lock"], after


def two_generations(host):
    host.start_map("a@x.org m@x.org")
    assert len(host.generations()) == 2


def right_sum(host):
    """Gives the live generation the name that fits its content: the sum is
    the one that the command says it has."""
    old = host.live()
    text = host.run("list").err
    found = re.search(r"checksum ([0-9a-f]{16})", text)
    number = os.path.basename(old).split(".")[1]
    name = "aliases.%s.%d.%s.db" % (number, os.path.getsize(old),
                                    found.group(1))
    os.rename(old, host.path(name))
    os.unlink(host.map)
    os.symlink(name, host.map)


def with_size(host, content):
    """Replaces the live generation by one whose name has the right size."""
    old = host.live()
    words = os.path.basename(old).split(".")
    words[2] = str(len(content))
    os.unlink(old)
    host.write(".".join(words), content)
    os.unlink(host.map)
    os.symlink(".".join(words), host.map)


@case
def a_closed_descriptor_is_not_the_map(host):
    """While the store does not answer the map is open."""
    host.start_map()
    host.start_store("m@x.org silent")
    process = subprocess.Popen(
        ["sh", "-c", 'exec "$@" 0<&- 1>&- 2>&-', "sh", host.program, "-c",
         host.config, "add", "a@x.org", "m@x.org"])
    until = time.monotonic() + 30
    while "m@x.org" not in host.asked():
        assert time.monotonic() < until, "the store was never asked"
        time.sleep(0.01)
    where = [os.readlink("/proc/%d/fd/%d" % (process.pid, fd))
             for fd in range(3)]
    process.wait()
    assert where == ["/dev/null"] * 3, where
    host.do("list", has="1 alias\n")


@case
def a_missing_configuration_names_the_way_out(host):
    name = host.path("none.conf")
    host.config = name
    host.refuse("list", out="", has=["none.conf", ", name a file that can be "
                                     "read: nameplate -c FILE list"])


@case
def apply_refuses_a_postmaster_that_is_an_alias(host):
    host.start_map("pm@x.org bob@x.org", "@old.org @x.org")
    before = host.generations()
    host.configure("postmaster = pm@x.org")
    host.refuse("apply", out="", err="[map] postmaster: pm@x.org is an alias "
                "of bob@x.org, name that mailbox: postmaster = bob@x.org")
    host.configure("postmaster = bob@old.org")
    host.refuse("apply", out="", err="[map] postmaster: bob@old.org: @old.org "
                "is a domain alias of @x.org, name the mailbox: postmaster = "
                "bob@x.org")
    assert host.generations() == before
    host.configure("postmaster = bob@x.org")
    host.do("apply", has="settings taken over", err="")


@case
def damage_empty(host):
    two_generations(host)
    with open(host.live(), "w"):
        pass
    refused_by_all(host, "is empty", "nameplate rollback")


@case
def damage_truncated(host):
    two_generations(host)
    os.truncate(host.live(), os.path.getsize(host.live()) - 4096)
    refused_by_all(host, "octets, not the", "nameplate rollback")


@case
def damage_flipped_bit(host):
    two_generations(host)
    with open(host.live(), "r+b") as generation:
        generation.seek(5000)
        octet = generation.read(1)[0]
        generation.seek(5000)
        generation.write(bytes([octet ^ 4]))
    refused_by_all(host, "is damaged", "nameplate rollback")


@case
def damage_not_a_database(host):
    two_generations(host)
    with_size(host, b"not a Berkeley DB file\n" * 1000)
    right_sum(host)
    refused_by_all(host, "aliases.db")
    for word in ("damaged", "empty", "octets, not"):
        assert word not in host.run("list").err, host.run("list").err


@case
def damage_other_version(host):
    two_generations(host)
    with open(host.live(), "rb") as generation:
        content = generation.read()
    head = b"\x01\x00\x01\x00\x08"
    assert content.count(head) >= 1
    with_size(host, content.replace(head, b"\x02" + head[1:]))
    right_sum(host)
    refused_by_all(host, "written by a newer nameplate")


@case
def damage_unreadable(host):
    if os.getuid() != 0 or not shutil.which("setpriv"):
        raise Skip("needs root and setpriv")
    two_generations(host)
    os.chmod(host.live(), 0o600)
    os.chmod(host.folder, 0o755)
    process = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
         host.program, "-c", host.config, "list"], capture_output=True,
        text=True)
    assert process.returncode == 1, process
    assert "Permission denied" in process.stderr, process.stderr


@case
def damage_plain_file(host):
    two_generations(host)
    os.unlink(host.map)
    host.write("aliases.db", b"x" * 100)
    refused_by_all(host, "is a plain file")


@case
def damage_link_elsewhere(host):
    two_generations(host)
    for target in ("/etc/passwd", "../aliases.db", "nothing"):
        os.unlink(host.map)
        os.symlink(target, host.map)
        refused_by_all(host, "does not name a generation")


@case
def damage_link_missing(host):
    two_generations(host)
    os.unlink(host.map)
    refused_by_all(host, "nameplate rollback")
    host.expect(1, "apply", out="", has="nameplate rollback")
    host.do("rollback", has="is live")
    host.do("list", has="a@x.org")


@case
def rollback(host):
    host.do("apply")
    host.refuse("rollback", out="", has="no good generation to go back to")
    host.do("add", "--no-probe", "a@x.org", "m@x.org")
    host.do("rollback", out="%s: generation 3 is live, with what generation "
            "1 held\n" % host.map, err="")
    host.do("list", out="0 aliases\n")
    host.do("rollback", has="with what generation 2 held")
    host.do("list", has="a@x.org")


@case
def verify_and_adopt(host):
    two_generations(host)
    host.do("verify", err="", out="%s: 1 good record, 0 bad\n" % host.map)
    damaged = host.path("saved.db")
    shutil.copy(host.live(), damaged)
    host.do("remove", "a@x.org")
    host.refuse("verify", "--adopt", host.path("none"), out="")
    host.do("verify", "--adopt", damaged,
            out="%s: 1 good record, 0 bad, the good ones are the live map "
            "now\n" % damaged)
    host.do("list", has="a@x.org")


@case
def generations_are_pruned_and_readable(host):
    os.umask(0o077)
    try:
        host.start_map("a@x.org m@x.org", "b@x.org m@x.org",
                       "c@x.org m@x.org")
    finally:
        os.umask(0o022)
    names = host.generations()
    assert [name.split(".")[1] for name in names] == ["3", "4"], names
    for name in names:
        assert os.stat(host.path(name)).st_mode & 0o777 == 0o644, name


@case
def lock_is_waited_for(host):
    """A writer waits for another one and then goes on."""
    host.start_map()
    with open(host.map + ".lock", "r+") as lock:
        fcntl.fcntl(lock, F_OFD_SETLK,
                    struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
        process = host.start("add", "--no-probe", "a@x.org", "m@x.org")
        time.sleep(0.5)
        assert process.poll() is None
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0 and "added" in out, (out, err)


@case
def lock_held_too_long(host):
    """Started before all other cases, since it waits for half a minute."""
    started, processes, lock = host.early
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 75, (process.returncode, out, err)
        assert out == "" and "other-writer, pid 1" in err, err
    lock.close()
    assert time.monotonic() - started >= 29


def lock_held_early(host):
    host.start_map("a@x.org m@x.org")
    lock = open(host.map + ".lock", "r+")
    fcntl.fcntl(lock, F_OFD_SETLK,
                struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
    lock.write("other-writer, pid 1\n")
    lock.flush()
    processes = [host.start(*words) for words in
                 (["add", "--no-probe", "b@x.org", "m@x.org"],
                  ["remove", "a@x.org"], ["rollback"])]
    host.early = time.monotonic(), processes, lock


lock_held_too_long.early = lock_held_early


@case
def writers_at_once(host):
    """No change of any is lost, and readers never see a broken map."""
    host.start_map()
    writers = [host.start("add", "--no-probe", "a%d@x.org" % i, "m@x.org")
               for i in range(20)]
    reads = 0
    while any(process.poll() is None for process in writers):
        host.do("list", err="")
        reads += 1
    for process in writers:
        out, err = process.communicate()
        assert process.returncode == 0, (out, err)
    host.do("list", "--mailbox", "m@x.org", has="20 aliases\n")
    assert reads > 0


@case
def thousand_in_one_command(host):
    host.start_map()
    names = ["a%d@x.org" % i for i in range(1000)]
    host.do("add", "--no-probe", *names, "m@x.org", err="")
    host.do("list", has="1000 aliases\n")
    assert [name.split(".")[1] for name in host.generations()] == ["1", "2"]


@case
def change_that_may_not_be_durable(host):
    """The last fsync fails: the change is told, audited and pruned."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise Skip("no compiler")
    host.start_map("a@x.org m@x.org")
    host.write("shim.c", "#include <errno.h>\n#include <sys/stat.h>\n"
               "int fsync(int fd) { struct stat st;\n"
               "if (fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode)) return 0;\n"
               "errno = EIO; return -1; }\n")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", host.path("shim.so"),
                    host.path("shim.c")], check=True)
    for address in ("b@x.org", "c@x.org"):
        process = subprocess.run(
            [host.program, "-c", host.config, "add", "--no-probe", address,
             "m@x.org"], capture_output=True, text=True, timeout=50,
            env=dict(os.environ, LD_PRELOAD=host.path("shim.so")))
        assert process.returncode == 0, process
        assert address + " -> m@x.org" in process.stdout, process
        assert "may be gone after a power failure" in process.stderr, process
        assert len(host.generations()) == 2
    host.do("show", "c@x.org", has="m@x.org")


@case
def rollback_with_only_a_plain_file(host):
    host.start_map("a@x.org m@x.org")
    old = host.live()
    os.unlink(host.map)
    os.rename(old, host.map)
    for name in host.generations():
        os.unlink(host.path(name))
    host.expect(1, "rollback", has=["verify --adopt " + host.map])
    host.do("verify", "--adopt", host.map)
    host.do("show", "a@x.org", has="m@x.org")


@case
def folder_in_the_place_of_the_link(host):
    host.start_map("a@x.org m@x.org")
    os.unlink(host.map)
    os.mkdir(host.map)
    host.expect(1, "list", out="", has=["is a folder", "move it away"])
    host.expect(1, "rollback", out="", has=["is a folder", "move it away"])
    os.rmdir(host.map)
    host.do("rollback")
