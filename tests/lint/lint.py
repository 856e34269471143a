# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the lint scripts share: the sources, a result for each check, and the
tally that tests/run reads."""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
FOLDERS = (".ci", "aliasmap", "cli", "conf", "lmtp", "packaging", "plugin",
           "sieve-examples", "sieve-ext", "tests")
FILES = (".clang-format", ".editorconfig", "HACKING", "Makefile.am", "NEWS",
         "README.md", "autogen", "configure.ac")
# What a build in the source folder leaves there.
MADE = re.compile(r"(\.(o|lo|la|l?a|so|log|trs|pyc|orig|rej)|~)$")
counts = {"ok": 0, "FAIL": 0, "skip": 0}


def build():
    """The build folder, the first argument."""
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        sys.exit("usage: %s BUILD_DIR" % sys.argv[0])
    return os.path.realpath(sys.argv[1])


def sources():
    """All files of the checkout that are ours, relative to its top."""
    result = [name for name in FILES if os.path.exists(os.path.join(TOP, name))]
    for folder in FOLDERS:
        for path, folders, names in os.walk(os.path.join(TOP, folder)):
            folders[:] = sorted(one for one in folders if one not in (
                ".deps", ".libs", "__pycache__", "seeds"))
            for name in sorted(names):
                full = os.path.join(path, name)
                if not (MADE.search(name) or name == ".dirstamp" or
                        os.path.islink(full) or is_elf(full)):
                    result.append(os.path.relpath(full, TOP))
    return result


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def read(name):
    with open(os.path.join(TOP, name), encoding="utf-8") as file:
        return file.read()


def shebang(name):
    with open(os.path.join(TOP, name), "rb") as file:
        first = file.readline(100)
    return first.decode("utf-8", "replace") if first[:2] == b"#!" else ""


def is_c(name):
    return name.endswith((".c", ".h"))


def is_python(name):
    return name.endswith(".py") or "python" in shebang(name)


def is_shell(name):
    return name.endswith(".bash") or bool(
        re.search(r"/(env )?(ba)?sh\b", shebang(name)))


def run(*words):
    """(exit status, output) of a command."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", check=False)
    return done.returncode, done.stdout


def result(word, name, why=""):
    counts[word] += 1
    print("%s %s%s" % (word, name, ": " + why if why else ""), flush=True)


def check(name, problems):
    """One check: ok where problems is empty, else one failure with them."""
    problems = list(problems)
    if not problems:
        result("ok", name)
        return
    result("FAIL", name, problems[0])
    for problem in problems[1:20]:
        print("     " + problem, flush=True)
    if len(problems) > 20:
        print("     and %d more" % (len(problems) - 20), flush=True)


def skip(name, why):
    result("skip", name, why)


def finish():
    print("%(ok)d passed, %(FAIL)d failed, %(skip)d skipped" % counts)
    sys.exit(1 if counts["FAIL"] else 0)
