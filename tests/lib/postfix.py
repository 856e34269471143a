# SPDX-License-Identifier: LGPL-2.1-or-later
"""A private Postfix below a test's folder: takes SMTP on a loopback port and
hands the mail of its domains to an LMTP socket."""
import os
import pwd
import re
import signal
import socket
import subprocess

from client import Smtp
from process import Process
from runner import Skip
from wait import until

MAIN = """
compatibility_level = 3.6
queue_directory = @DIR@/queue
data_directory = @DIR@/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = @DIR@/log
maillog_file_prefixes = @DIR@
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mta.company.com
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
local_transport = error:no
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = @DOMAINS@
virtual_mailbox_maps = @MAILBOXES@
virtual_transport = lmtp:unix:@LMTP@
recipient_delimiter = +
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_recipient_restrictions = reject_unlisted_recipient
smtpd_peername_lookup = no
default_transport = smtp:[127.0.0.1]:@SINK@
smtp_dns_support_level = disabled
smtp_host_lookup = native
minimal_backoff_time = 5s
maximal_backoff_time = 5s
queue_run_delay = 5s
bounce_notice_recipient = postmaster@company.com
notify_classes =
@EXTRA@
"""

MASTER = """
127.0.0.1:@PORT@ inet n - n - - smtpd
@EXTRA@
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
lmtp      unix - - n - - lmtp
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


def free_port():
    """A port that nobody had a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Postfix:
    def __init__(self, folder, lmtp, mailboxes, domains, name="postfix",
                 sink=25, extra="", services=""):
        """lmtp: path of the socket mail goes to. mailboxes: the value of
        virtual_mailbox_maps. sink: port for mail to elsewhere."""
        if not os.path.exists("/usr/sbin/postfix"):
            raise Skip("Postfix is not installed")
        self.folder = folder
        self.path = folder.make(name)
        self.process = None
        self.port = free_port()
        for part in ("etc", "queue", "data"):
            folder.make(name, part)
        owner = pwd.getpwnam("postfix")
        os.chown(self.path + "/data", owner.pw_uid, owner.pw_gid)
        for file, text, more in (("main.cf", MAIN, extra),
                                 ("master.cf", MASTER, services)):
            for key, value in (("DIR", self.path), ("LMTP", lmtp),
                               ("MAILBOXES", mailboxes), ("SINK", str(sink)),
                               ("DOMAINS", " ".join(domains)),
                               ("PORT", str(self.port)), ("EXTRA", more)):
                text = text.replace("@%s@" % key, value)
            folder.write("%s/etc/%s" % (name, file), text)

    @property
    def address(self):
        return "inet:127.0.0.1:%d" % self.port

    def start(self):
        self.process = Process(
            ["postfix", "-c", self.path + "/etc", "start-fg"],
            self.path + "/stderr")
        until(self.ready, "Postfix's SMTP port", 30)
        return self

    def ready(self):
        self.process.must_run()
        try:
            Smtp(self.address, timeout=5).close()
        except OSError:
            return False
        return True

    def stop(self):
        if self.process is None:
            return
        # The wrapper waits for the master; only the master is to be told.
        pid_file = self.path + "/queue/pid/master.pid"
        if self.process.running() and os.path.exists(pid_file):
            with open(pid_file, encoding="ascii") as file:
                os.kill(int(file.read()), signal.SIGTERM)
            self.process.wait(20)
        self.process.stop()
        self.process = None

    def log_text(self):
        path = self.path + "/log"
        if not os.path.exists(path):
            return ""
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def deliveries(self):
        """[(recipient, status, text)] as the log has them, oldest first."""
        return re.findall(
            r"to=<([^>]*)>,.* status=(\w+) \((.*)\)", self.log_text())

    def status_of(self, recipient):
        """The last word on a recipient: "sent", "bounced", "deferred", None."""
        found = [status for to, status, _ in self.deliveries()
                 if to == recipient]
        return found[-1] if found else None

    def flush(self):
        subprocess.run(["postqueue", "-c", self.path + "/etc", "-f"],
                       stdin=subprocess.DEVNULL, check=True)

    def queue(self):
        """Number of messages that wait."""
        text = subprocess.run(
            ["postqueue", "-c", self.path + "/etc", "-j"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            universal_newlines=True, check=True).stdout
        return len(text.splitlines())

    def client(self):
        return Smtp(self.address)
