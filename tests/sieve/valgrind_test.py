# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot's own lmtp process under valgrind: the plugin is loaded and unloaded
with each delivery, for two users in one connection."""
import glob
import os
import re
import shutil

from dovecot import host_release
from messages import plain
from runner import Skip
from scene import ANN, BOB, Scene, own_dovecot, suite, test, true
from wait import until

SALES = "sales@company.com"
ANNS = "anns@company.com"

# It ends after its client, so that valgrind has the last word.
LMTP = """
service lmtp {
  executable = @VALGRIND@ /usr/lib/dovecot/lmtp
  service_count = 1
  chroot =
  vsz_limit = 2G
}
"""
OPTIONS = " --vgdb=no --leak-check=full --log-file=@DIR@/valgrind.%p"


def finished(folder):
    """What valgrind says of all lmtp processes, once all of them have ended;
    there is one more for each look whether Dovecot is ready."""
    texts = []
    for path in glob.glob(os.path.join(folder, "valgrind.*")):
        with open(path, encoding="utf-8") as file:
            texts.append(file.read())
    ended = texts and all("ERROR SUMMARY" in text for text in texts)
    return texts if ended else []


@test
def lmtp_is_clean_under_valgrind(case):
    valgrind = shutil.which("valgrind")
    if not valgrind or suite.options.release not in ("host", host_release()):
        raise Skip("no valgrind for this Dovecot")
    text = LMTP.replace("@VALGRIND@", valgrind + OPTIONS)
    scene = Scene(case, own_dovecot(case, extra23=text, extra24=text))
    scene.aliases(SALES)
    scene.aliases(ANNS, mailbox=ANN)
    script = ('require ["vnd.nameplate.alias", "variables", "fileinto", '
              '"mailbox"];\nif alias :matches "*" '
              '{ fileinto :create "x${alias.folder}"; }\n'
              'set "own" "%s"; redirect "${own}";\n')
    scene.script(script % SALES)
    scene.script(script % ANNS, ANN)
    with scene.agent.client(timeout=120) as client:
        for _ in range(2):
            for reply in client.deliver([SALES, ANNS], plain()).values():
                true(reply.code == 250, reply)
    scene.folders({"INBOX": 2, "xsales": 2})
    scene.folders({"INBOX": 2, "xanns": 2}, ANN)
    scene.agent.stop()
    for said in until(lambda: finished(scene.dovecot.path), "lmtp's end", 60):
        true("ERROR SUMMARY: 0 errors" in said, said[-3000:])
    pids = [set(re.findall(r"lmtp\(%s\)<(\d+)>" % user, scene.log()))
            for user in (BOB, ANN)]
    true(pids[0] & pids[1], "no process for both: " + scene.log())
