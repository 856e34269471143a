# SPDX-License-Identifier: LGPL-2.1-or-later
"""Installations that went wrong: one clear line each, and no message lost."""
import os
import shutil

from messages import plain
from plugin import LIBRARY, SETTINGS
from runner import Skip
from scene import BOB, Scene, SieveDovecot, equal, stage, suite, test, true

SALES = "sales@company.com"
OUT = "friend@example.net"


def broken(case, name, change, **words):
    """A Dovecot with a changed copy of the modules' folder."""
    folder, made = stage()
    target = folder.join(name)
    shutil.copytree(made, target)
    change(target)
    dovecot = SieveDovecot(folder, target, name=name + "-own",
                           release=suite.options.release, **words)
    case.finally_do(dovecot.stop)
    return dovecot


def of_another_abi(target):
    path = os.path.join(target, LIBRARY)
    with open(path, "rb") as file:
        data = file.read()
    true(b".ABIv1" in data, "no ABI in the module")
    with open(path, "wb") as file:
        file.write(data.replace(b".ABIv1", b".ABIv7"))


@test
def module_of_another_dovecot(case):
    """Dovecot refuses it, so mail waits at the MTA; nothing of it is lost."""
    scene = Scene(case, broken(case, "abi", of_another_abi).start())
    replies = scene.agent.deliver([BOB], plain())
    equal(replies[BOB].code, 451, "reply")
    scene.logged("different ABI version")
    scene.folders({})


def without_settings(target):
    path = os.path.join(target, SETTINGS)
    if not os.path.exists(path):
        raise Skip("Dovecot 2.3 has no settings modules")
    os.unlink(path)


@test
def settings_module_is_missing(case):
    dovecot = broken(case, "bare24", without_settings)
    with open(dovecot.config, encoding="utf-8") as file:
        text = file.read()
    output = dovecot.tool("doveconf", status=89)
    true("nameplate_map: Unknown setting" in output, output)
    with open(dovecot.config, "w", encoding="utf-8") as file:
        file.writelines(line for line in text.splitlines(True)
                        if not line.startswith("nameplate_"))
    scene = Scene(case, dovecot.start())
    scene.script('redirect "bob+x@company.com"; redirect "%s"; discard;' % OUT)
    scene.deliver(BOB, plain())
    scene.folders({"INBOX": 1})
    scene.forwarded()
    scene.logged("nameplate: the settings cannot be read")
    scene.warned("redirect to bob+x@company.com comes back")
