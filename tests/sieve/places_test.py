# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scripts of every kind and age: global ones, included ones, stored binaries,
IMAP, and the tools that show what a script does."""
import os
import re
import shutil
import subprocess

from messages import plain
from runner import Skip
from scene import BOB, Scene, bare_config, equal, own_dovecot, test, true

SALES = "sales@company.com"
OUT = "friend@example.net"
REDIRECT = 'redirect "%s";\n' % SALES


def path_of(scene, user=BOB):
    return os.path.join(scene.dovecot.home(user), ".dovecot.sieve")


def compile_bare(scene, script, user=BOB):
    """Leaves a binary that was made before the plugin was there."""
    scene.script(script, user)
    scene.dovecot.tool("sievec", "-u", user, path_of(scene),
                       config=bare_config(scene.dovecot))
    true(os.path.exists(path_of(scene)[:-len("sieve")] + "svbin"),
         "no binary")


@test
def binary_from_before_the_installation_is_guarded(case):
    scene = Scene(case)
    scene.aliases(SALES)
    compile_bare(scene, REDIRECT)
    for number in (1, 2):
        scene.deliver(BOB, plain())
        scene.folders({"INBOX": number})
    scene.forwarded()
    scene.warned("comes back to this mailbox")
    true("nameplate" not in scene.log(), scene.log())


@test
def binary_runs_on_after_the_removal(case):
    scene = Scene(case)
    scene.aliases(SALES)
    scene.script('redirect "%s";' % OUT)
    scene.deliver(BOB, plain())
    message = scene.dovecot.folder.write("message", plain())
    output = scene.dovecot.tool("sieve-test", "-u", BOB, path_of(scene),
                                message, config=bare_config(scene.dovecot))
    true("redirect message to: <%s>" % OUT in output, output)


BOTH23 = """
plugin {
  sieve_before = @DIR@/global/before.sieve
  sieve_after = @DIR@/global/after.sieve
  sieve_global = @DIR@/global
}
"""
BOTH24 = """
sieve_script before {
  type = before
  path = @DIR@/global/before.sieve
}
sieve_script after {
  type = after
  path = @DIR@/global/after.sieve
}
sieve_script global {
  type = global
  path = @DIR@/global
}
"""


@test
def before_after_and_included_scripts(case):
    scene = Scene(case, own_dovecot(case, extra23=BOTH23, extra24=BOTH24))
    scene.aliases(SALES)
    folder, name = scene.dovecot.folder, scene.dovecot.name
    folder.make(name, "global")
    for place in ("before", "after", "global", "personal"):
        scene.dovecot.forget()
        scene.log_start = len(scene.dovecot.log_text())
        for one in ("before", "after"):
            path = folder.write("%s/global/%s.sieve" % (name, one),
                                REDIRECT if place == one else "keep;\n")
            os.utime(path, (1e9, 1e9 + ord(place[0])))
        folder.write(name + "/global/part.sieve", REDIRECT)
        if place in ("global", "personal"):
            scene.script('require "include"; include :%s "part";' % place)
            folder.make(name, "home", BOB, "sieve", owner=5000)
            folder.write("%s/home/%s/sieve/part.sieve" % (name, BOB),
                         REDIRECT)
        scene.deliver(BOB, plain())
        scene.forwarded()
        scene.folders({"INBOX": 1})
        if place in ("before", "after"):
            scene.logged("redirect to %s comes back" % SALES)
        else:
            scene.warned("redirect to %s comes back" % SALES)


@test
def tools_show_and_try_it(case):
    scene = Scene(case)
    scene.aliases(SALES)
    scene.script('require ["vnd.nameplate.alias", "variables", "fileinto", '
                 '"subaddress"];\n'
                 'if alias :user "sales" { fileinto "${alias.folder}"; }\n'
                 'redirect "%s";\n' % OUT)
    scene.dovecot.tool("sievec", "-u", BOB, path_of(scene))
    dump = subprocess.run(
        scene.dovecot.command("sieve-dump", "-c", scene.dovecot.config,
                              path_of(scene)[:-len("sieve")] + "svbin"),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True,
        universal_newlines=True).stdout
    for part in ("ALIAS", 'key list: STR[5] "sales"', "VAR ${alias.folder}",
                 "REDIRECT (guarded)", OUT):
        true(part in dump, "no %s in %s" % (part, dump))
    message = scene.dovecot.folder.write("message", plain())
    for address, expected in ((SALES, "folder: sales"),
                              (BOB, "redirect message to")):
        output = scene.dovecot.tool("sieve-test", "-u", BOB, "-r", BOB, "-a",
                                    address, path_of(scene), message)
        true(expected in output, "%s: %s" % (address, output))
    true("folder: sales" not in output, output)


@test
def sieve_filter_has_the_guard_and_no_alias(case):
    scene = Scene(case)
    scene.aliases(SALES)
    scene.deliver(SALES, plain())
    script = scene.dovecot.folder.write(
        "filter.sieve", 'require ["vnd.nameplate.alias", "fileinto", '
        '"mailbox", "variables"];\n'
        'if alias :matches "*" { fileinto :create "alias"; stop; }\n'
        'set "own" "%s"; redirect "${own}";\n' % SALES)
    output = scene.dovecot.tool("sieve-filter", "-v", "-e", "-W", "-u", BOB,
                                script, "INBOX")
    true("redirect to %s comes back" % SALES in output, output)
    scene.folders({"INBOX": 1})
    scene.forwarded()


@test
def clean_under_valgrind(case):
    """Loaded, used and unloaded."""
    scene = Scene(case)
    if scene.dovecot.root or not shutil.which("valgrind"):
        raise Skip("no valgrind for this Dovecot")
    scene.aliases(SALES)
    scene.script('require ["vnd.nameplate.alias", "variables", "vacation", '
                 '"fileinto"];\n'
                 'if alias :matches "*" { fileinto "x${alias.folder}"; }\n'
                 'vacation "away"; set "own" "%s"; redirect "${own}";\n'
                 'redirect "%s";\n' % (SALES, OUT))
    message = scene.dovecot.folder.write("message", plain())
    done = subprocess.run(
        ["valgrind", "-q", "--vgdb=no", "--trace-children=yes",
         "--leak-check=full", "--error-exitcode=7",
         "--show-leak-kinds=definite,indirect,possible",
         "sieve-test", "-c", scene.dovecot.config, "-u", BOB, "-r", BOB, "-a",
         SALES, path_of(scene), message], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        universal_newlines=True)
    equal(done.returncode, 0, done.stdout[-2000:])
    true("folder: xsales" in done.stdout, done.stdout)


IMAP23 = """
protocols = lmtp sieve imap
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = 0
  }
}
protocol imap {
  mail_plugins = imap_sieve
}
plugin {
  sieve_plugins = sieve_imapsieve sieve_nameplate
  imapsieve_mailbox1_name = *
  imapsieve_mailbox1_causes = APPEND
  imapsieve_mailbox1_before = file:@DIR@/imap.sieve
}
"""
IMAP24 = """
protocols = lmtp sieve imap
service imap-login {
  chroot =
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = 0
  }
}
protocol imap {
  mail_plugins {
    imap_sieve = yes
  }
}
sieve_plugins {
  sieve_imapsieve = yes
}
mailbox INBOX {
  sieve_script imap {
    type = before
    cause = append
    path = @DIR@/imap.sieve
  }
}
"""


class Imap:
    """An IMAP process of Bob's own, as imap-login leaves it."""

    def __init__(self, case, dovecot):
        self.process = subprocess.Popen(
            dovecot.command("env", "USER=" + BOB, "/usr/lib/dovecot/imap",
                            "-u", BOB, "-c", dovecot.config),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        case.finally_do(self.process.kill)
        self.said = b""

    def append(self, message):
        self.process.stdin.write(b"a APPEND INBOX {%d+}\r\n%s\r\n" % (
            len(message), message))
        self.process.stdin.flush()
        line = b"-"
        while line and not line.startswith(b"a "):
            line = self.process.stdout.readline()
            self.said += line
        true(line.startswith(b"a OK"), self.said)

    def logout(self):
        """All that it has said, the log lines on standard error too."""
        rest, _ = self.process.communicate(b"b LOGOUT\r\n", 60)
        return (self.said + rest).decode("utf-8", "replace")


@test
def imapsieve_has_the_guard_and_no_alias(case):
    scene = Scene(case, own_dovecot(case, extra23=IMAP23, extra24=IMAP24))
    scene.aliases(SALES)
    folder, name = scene.dovecot.folder, scene.dovecot.name
    folder.write(name + "/imap.sieve", 'require ["vnd.nameplate.alias", '
                 '"fileinto", "mailbox", "imap4flags"];\n'
                 'if alias :matches "*" { fileinto :create "alias"; }\n'
                 'else { addflag "\\\\Flagged"; }\n' + REDIRECT)
    folder.make(name, "home", BOB, owner=5000)
    imap = Imap(case, scene.dovecot)
    imap.append(plain())
    said = imap.logout()
    scene.folders({"INBOX": 1})
    scene.forwarded()
    text = scene.log() + said
    true("redirect to %s comes back" % SALES in text, text)


@test
def imapsieve_with_a_map_that_is_cut_or_replaced(case):
    """A process that runs goes on with the last good map, and takes the next
    one; one that never had any does what is known without."""
    scene = Scene(case, own_dovecot(case, extra23=IMAP23, extra24=IMAP24))
    scene.aliases(SALES)
    folder, name = scene.dovecot.folder, scene.dovecot.name
    folder.write(name + "/imap.sieve", REDIRECT)
    folder.make(name, "home", BOB, owner=5000)
    imap = Imap(case, scene.dovecot)
    imap.append(plain())
    scene.agent.nameplate("set", SALES, "--note", "newer")
    os.truncate(scene.map, 4096)
    imap.append(plain())
    scene.forwarded()
    late = Imap(case, scene.dovecot)
    late.append(plain())
    scene.forwarded(SALES)
    true("nameplate: " in scene.log() + late.logout(), "silence")
    scene.agent.nameplate("rollback")
    scene.aliases("new@company.com")
    path = folder.write(name + "/imap.sieve",
                        REDIRECT + 'redirect "new@company.com";')
    os.utime(path, (1e9, 1e9))
    imap.append(plain())
    scene.forwarded(SALES)
    text = scene.log() + imap.logout()
    true("nameplate: " in text, text)
    true("redirect to new@company.com comes back" in text, text)
