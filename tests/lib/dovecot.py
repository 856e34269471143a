# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private Dovecot (LMTP with Sieve) below a test's folder: the host's own,
or the other Debian release's in a root of its own, which sees the folder under
the same path, so that its socket is reached from the host."""
import os
import re
import shutil
import signal
import subprocess

from client import connect
from maildir import Maildir
from process import Process, alive
from runner import Skip
from wait import until

HERE = os.path.dirname(os.path.abspath(__file__))
MAIL_UID = 5000


def host_release():
    with open("/etc/os-release", encoding="utf-8") as file:
        found = re.search(r'^VERSION_CODENAME="?(\w+)', file.read(), re.M)
    return found.group(1) if found else "unknown"


def other_release():
    return "bookworm" if host_release() == "trixie" else "trixie"


def root_of(release, packages=""):
    """"" for the host's own release, else the folder of the other root.
    packages: "build" for one that plugins can be built in."""
    if release in (None, "host", host_release()):
        return ""
    if release == "other":
        release = other_release()
    made = subprocess.run(
        [os.path.join(HERE, "make-root"), release] + packages.split(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, check=False)
    if made.returncode != 0:
        raise Skip("no root of %s: %s" % (
            release, made.stderr.decode("utf-8", "replace").strip()[-200:]))
    root = made.stdout.decode().strip()
    # A container may not be allowed to mount.
    tried = subprocess.run([os.path.join(HERE, "in-root"), root, "/tmp",
                            "true"], stdin=subprocess.DEVNULL, check=False,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if tried.returncode != 0:
        raise Skip("no way into the root of %s: %s" % (
            release, tried.stdout.decode("utf-8", "replace").strip()[-200:]))
    return root


COMMON = """
base_dir = @DIR@/base
state_dir = @DIR@/state
log_path = @DIR@/log
instance_name = nameplate-test
protocols = lmtp
listen = 127.0.0.1
ssl = no
first_valid_uid = 1
hostname = store.company.com
postmaster_address = postmaster@company.com
recipient_delimiter = @DELIMITER@
lmtp_hdr_delivery_address = @HDR@
lmtp_save_to_detail_mailbox = no
lda_mailbox_autocreate = yes
mail_save_crlf = @CRLF@
sendmail_path = @DIR@/sendmail
namespace inbox {
  inbox = yes
  separator = /
}
service auth {
  unix_listener @DIR@/auth-client {
    mode = 0666
  }
}
service lmtp {
  process_limit = 20
  unix_listener @DIR@/lmtp {
    mode = 0666
  }
}
"""

V23 = COMMON + """
mail_location = maildir:~/Maildir
disable_plaintext_auth = no
passdb {
  driver = passwd-file
  args = @DIR@/users
}
userdb {
  driver = passwd-file
  args = @DIR@/users
}
protocol lmtp {
  mail_plugins = sieve
}
plugin {
  sieve = file:~/sieve;active=~/.dovecot.sieve
}
"""

V24 = """
dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
""" + COMMON + """
mail_driver = maildir
mail_path = ~/Maildir
auth_allow_cleartext = yes
passdb passwd-file {
  passwd_file_path = @DIR@/users
}
userdb passwd-file {
  passwd_file_path = @DIR@/users
}
protocol lmtp {
  mail_plugins {
    sieve = yes
  }
}
sieve_script personal {
  type = personal
  path = ~/sieve
  active_path = ~/.dovecot.sieve
}
"""

QUOTA23 = """
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_grace = 0%
}
"""

QUOTA24 = """
mail_plugins {
  quota = yes
}
quota "User quota" {
  storage_grace = 0
}
"""

# Dovecot hands what Sieve redirects to this; the tests read it.
SENDMAIL = """#!/bin/sh
n=$(mktemp @DIR@/sent/XXXXXXXX) || exit 75
{ echo "ARGUMENTS: $*"; cat; } > "$n.part" && mv "$n.part" "$n.eml"
"""


class Dovecot:
    def __init__(self, folder, name="dovecot", release=None, save_crlf=True,
                 hdr="none", delimiter="+", quota=None, quota_of=None,
                 users=(), packages=""):
        """folder: the test's Folder. users: addresses that have a mailbox.
        hdr: lmtp_hdr_delivery_address, "none" behind the agent. quota: of
        each mailbox (quota_of: only of these), kilobytes. packages: see
        root_of."""
        self.root = root_of(release, packages)
        self.path = folder.make(name)
        self.folder = folder
        self.name = name
        self.users = list(users)
        self.process = None
        for part in ("base", "state"):
            folder.make(name, part)
        folder.make(name, "sent", mode=0o1777)
        folder.make(name, "home", owner=MAIL_UID)
        self.version = self.run("dovecot", "--version").split()[0]
        text = V24 if self.is_24 else V23
        if quota:
            text = text.replace("sieve = yes\n", "sieve = yes\n    quota = yes\n")
            text = text.replace("= sieve\n", "= sieve quota\n")
            text += QUOTA24 if self.is_24 else QUOTA23
        self.quota = (quota, quota_of or self.users)
        for key, value in (("DIR", self.path), ("HDR", hdr),
                           ("DELIMITER", delimiter),
                           ("CRLF", "yes" if save_crlf else "no")):
            text = text.replace("@%s@" % key, value)
        self.config = folder.write(name + "/dovecot.conf", text)
        folder.write(name + "/sendmail",
                     SENDMAIL.replace("@DIR@", self.path), 0o755)
        self.write_users()

    @property
    def is_24(self):
        return self.version.startswith("2.4")

    @property
    def address(self):
        return "unix:" + os.path.join(self.path, "lmtp")

    @property
    def log(self):
        return os.path.join(self.path, "log")

    def log_text(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def command(self, *words):
        """How a program of this Dovecot's release is started."""
        if not self.root:
            return list(words)
        return [os.path.join(HERE, "in-root"), self.root,
                self.folder.path] + list(words)

    def run(self, *words):
        """Runs a program of this release and returns its output."""
        return subprocess.run(
            self.command(*words), stdin=subprocess.DEVNULL, check=True,
            stdout=subprocess.PIPE, universal_newlines=True).stdout

    def home(self, user):
        return os.path.join(self.path, "home", user)

    def write_users(self):
        lines = []
        for user in self.users:
            extra = ""
            if self.quota[0] and user in self.quota[1]:
                extra = ("userdb_quota_storage_size=%dK" if self.is_24 else
                         "userdb_quota_rule=*:storage=%dK") % self.quota[0]
            lines.append("%s:{PLAIN}pw:%d:%d::%s::%s\n" % (
                user, MAIL_UID, MAIL_UID, self.home(user), extra))
        self.folder.write(self.name + "/users", "".join(lines))

    def sieve(self, user, script):
        """Makes script the user's active one. A fresh file: Dovecot compares
        whole seconds before it compiles again."""
        home = self.folder.make(self.name, "home", user, owner=MAIL_UID)
        for old in (".dovecot.sieve", ".dovecot.svbin", ".dovecot.sieve.log"):
            if os.path.exists(os.path.join(home, old)):
                os.unlink(os.path.join(home, old))
        self.folder.write("%s/home/%s/.dovecot.sieve" % (self.name, user),
                          script)

    def start(self):
        self.process = Process(
            self.command("dovecot", "-F", "-c", self.config),
            os.path.join(self.path, "stderr"))
        until(self.ready, "Dovecot's LMTP socket", 20)
        return self

    def ready(self):
        self.process.must_run()
        try:
            connect(self.address, 5).close()
        except OSError:
            return False
        return True

    def stop(self):
        if self.process is None:
            return
        children = self.process.children()
        self.process.send(signal.SIGTERM)
        # 2.3 waits six seconds for an anvil that does not hear it.
        if not self.process.wait(0.5):
            for pid in self.process.children():
                os.kill(pid, signal.SIGKILL)
        self.process.stop()
        self.process = None
        # They end a moment after their master, and still write to the log.
        until(lambda: not any(map(alive, children)), "Dovecot's children")
        # A socket file that is left over would look like a store.
        path = os.path.join(self.path, "lmtp")
        if os.path.exists(path):
            os.unlink(path)

    def mail(self, user, mailbox="INBOX"):
        return Maildir(os.path.join(self.home(user), "Maildir"), mailbox)

    def folders(self, user):
        """{mailbox: number of messages}, only those that have some."""
        return Maildir.counts(os.path.join(self.home(user), "Maildir"))

    def forget(self):
        """Empties all homes and what was sent, between two tests."""
        for part in ("home", "sent"):
            path = os.path.join(self.path, part)
            for name in os.listdir(path):
                entry = os.path.join(path, name)
                if os.path.isdir(entry):
                    shutil.rmtree(entry)
                else:
                    os.unlink(entry)

    def sent(self):
        """What Sieve sent out: (arguments, message) each."""
        result = []
        path = os.path.join(self.path, "sent")
        for name in sorted(os.listdir(path)):
            if name.endswith(".eml"):
                with open(os.path.join(path, name), "rb") as file:
                    first, _, rest = file.read().partition(b"\n")
                result.append((first.decode()[len("ARGUMENTS: "):], rest))
        return result
