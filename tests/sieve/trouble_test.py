# SPDX-License-Identifier: LGPL-2.1-or-later
"""A map that cannot be read is never silence, and no message is lost by it."""
import os
import shutil
import threading

from messages import plain
from scene import BOB, Scene, equal, own_dovecot, stage, test, true

SALES = "sales@company.com"
OUT = "friend@example.net"


def generation(link):
    return os.path.join(os.path.dirname(link), os.readlink(link))


def cut(link):
    os.truncate(generation(link), 4096)


def damage(link):
    with open(generation(link), "r+b") as file:
        file.seek(5000)
        file.write(b"\xff\xff\xff\xff")


def plain_file(link):
    path = generation(link)
    os.unlink(link)
    os.rename(path, link)


TROUBLES = {
    "missing": os.unlink,
    "nothing behind the link": lambda link: os.unlink(generation(link)),
    "0600": lambda link: os.chmod(generation(link), 0o600),
    "0640": lambda link: os.chmod(generation(link), 0o640),
    "truncated": cut,
    "damaged": damage,
    "a plain file": plain_file,
}


def broken_map(scene, link, trouble):
    """A copy of the scene's map, with the trouble."""
    folder = os.path.dirname(link)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(os.path.dirname(scene.map), folder, symlinks=True)
    TROUBLES[trouble](link)


def each_trouble(case, settings=()):
    """A Dovecot that never saw a good map; yields (trouble, scene)."""
    link = stage()[0].join("broken/aliases.db")
    scene = Scene(case, own_dovecot(case, dict(settings,
                                               nameplate_map=link)))
    scene.aliases(SALES)
    for trouble in TROUBLES:
        scene.dovecot.forget()
        scene.log_start = len(scene.dovecot.log_text())
        broken_map(scene, link, trouble)
        yield trouble, scene


@test
def an_upload_is_warned(case):
    for trouble, scene in each_trouble(case):
        with scene.dovecot.editor(BOB) as editor:
            answer = editor.put("x", 'redirect "%s";' % OUT)
            equal((answer.word, answer.code), ("OK", "WARNINGS"), trouble)
            true("line 1: warning: redirects could not be checked: the alias "
                 "map cannot be read" in answer.text, answer)
            scene.logged("Error: ", "nameplate: ")
            # What is known without the map.
            for address in (BOB, "bob+x@company.com"):
                equal(editor.check('redirect "%s";' % address).word, "NO",
                      "%s: %s" % (trouble, address))
            equal(editor.check("keep;").code, "", "no redirect")


@test
def tools_are_warned(case):
    for trouble, scene in each_trouble(case):
        # It becomes the user before it reads.
        scene.script('redirect "%s";' % OUT)
        path = os.path.join(scene.dovecot.home(BOB), ".dovecot.sieve")
        output = scene.dovecot.tool("sievec", "-u", BOB, path)
        true("redirects could not be checked" in output,
             "sievec, %s: %s" % (trouble, output))
        output = scene.dovecot.tool("doveadm", "sieve", "put", "-u", BOB, "x",
                                    stdin='redirect "%s";' % OUT)
        true("redirects could not be checked" in output + scene.log(),
             "doveadm, %s: %s" % (trouble, output))


@test
def delivery_goes_on(case):
    """The mailbox is still guarded, the rest is the core's."""
    for trouble, scene in each_trouble(case):
        scene.script('require ["vnd.nameplate.alias", "fileinto", "mailbox", '
                     '"variables"];\n'
                     'if alias :matches "*" { fileinto :create "alias"; }\n'
                     'if not header :contains "subject" "stay" '
                     '{ redirect "%s"; }\n'
                     'set "tag" "bob+x@company.com";\n'
                     'if header :contains "subject" "own" '
                     '{ redirect "${tag}"; }\n' % OUT)
        scene.deliver(SALES, plain())
        scene.forwarded(OUT)
        scene.folders({})
        scene.logged("forwarded to")
        equal(scene.log().count("nameplate: "), 1,
              "%s, lines in the log: %s" % (trouble, scene.log()))
        scene.deliver(SALES, plain(subject="own"))
        scene.forwarded(OUT, OUT)
        scene.folders({"INBOX": 1})
        scene.warned("redirect to bob+x@company.com comes back")


@test
def a_policy_keeps(case):
    for trouble, scene in each_trouble(case,
                                       {"sieve_nameplate_forward": "deny"}):
        scene.script('redirect "%s"; discard;' % OUT)
        scene.deliver(BOB, plain())
        scene.forwarded()
        scene.folders({"INBOX": 1})
        scene.warned("could not be checked against the rules")


@test
def a_map_that_changes_all_the_time(case):
    """Every message meets some generation, and the guard in it."""
    scene = Scene(case)
    scene.aliases(SALES)
    scene.script('require ["vnd.nameplate.alias", "fileinto", "mailbox"];\n'
                 'if alias "%s" { fileinto :create "yes"; }\n'
                 'redirect "%s";\n' % (SALES, SALES))
    done = threading.Event()
    changes = []

    def change():
        while not done.is_set():
            changes.append(scene.agent.nameplate(
                "set", SALES, "--note", "change %d" % len(changes)))

    writer = threading.Thread(target=change)
    writer.start()
    try:
        for _ in range(20):
            scene.deliver(SALES, plain())
    finally:
        done.set()
        writer.join()
    true(len(changes) > 2, "%d changes" % len(changes))
    scene.folders({"INBOX": 20, "yes": 20})
    scene.forwarded()
    true("nameplate: " not in scene.log(), scene.log())


@test
def an_upload_while_the_map_changes_all_the_time(case):
    """Each answer is of some generation: never unchecked, never accepted."""
    scene = Scene(case)
    scene.aliases(SALES)
    done = threading.Event()
    changes = []

    def change():
        while not done.is_set():
            changes.append(scene.agent.nameplate(
                "set", SALES, "--note", "change %d" % len(changes)))

    writer = threading.Thread(target=change)
    writer.start()
    try:
        with scene.dovecot.editor(BOB) as editor:
            count = 0
            while count < 100 or len(changes) < 5:
                answer = editor.check('redirect "%s";' % SALES)
                equal(answer.word, "NO", "own alias")
                true("it is an alias of" in answer.text, answer)
                answer = editor.check('redirect "%s";' % OUT)
                equal((answer.word, answer.code), ("OK", ""), "outside")
                count += 1
    finally:
        done.set()
        writer.join()
    true("nameplate: " not in scene.log(), scene.log())


@test
def a_running_process_keeps_the_last_good_map(case):
    scene = Scene(case, own_dovecot(case))
    scene.aliases(SALES)
    scene.script('redirect "%s";' % SALES)
    scene.deliver(BOB, plain())
    scene.folders({"INBOX": 1})
    for number, trouble in enumerate(("truncated", "missing"), 2):
        if trouble == "truncated":
            scene.agent.nameplate("set", SALES, "--note", "newer")
        TROUBLES[trouble](scene.map)
        scene.log_start = len(scene.dovecot.log_text())
        scene.deliver(BOB, plain())
        scene.folders({"INBOX": number})
        scene.logged("Error: ", "nameplate: ")
    scene.forwarded()
