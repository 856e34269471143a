# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plugin, built for the Dovecot that it is to be loaded by: the host's own
is in the build folder; for another release the sources are built in its
root."""
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "../.."))
LIBRARY = "lib90_sieve_nameplate_plugin.so"
SETTINGS = "libnameplate_settings.so"
# What configure and make look at.
SOURCES = ("aliasmap", "build-aux", "cli", "conf", "lmtp", "m4", "packaging",
           "plugin", "sieve-examples", "sieve-ext", "tests")


def built(build, name):
    """Where libtool has left a module."""
    return os.path.join(build, ".libs", name)


def copy_sources(target):
    """Times are kept: what automake made must stay newer than its sources."""
    os.makedirs(target)
    for name in os.listdir(TOP):
        path = os.path.join(TOP, name)
        if os.path.isfile(path) and name != "config.status":
            shutil.copy2(path, target)
        elif name in SOURCES:
            shutil.copytree(path, os.path.join(target, name), symlinks=True,
                            ignore=shutil.ignore_patterns(
                                "*.o", "*.lo", ".libs", ".deps", "seeds",
                                "__pycache__", ".dirstamp"))


def build_in_root(folder, root):
    """Builds the modules in the root; the folder they are in."""
    copy_sources(folder.join("src"))
    build = folder.make("build")
    script = ("cd %s && ../src/configure --without-agent --with-dovecot "
              "--enable-werror && make -j2 %s %s" % (
                  build, LIBRARY.replace(".so", ".la"),
                  SETTINGS.replace(".so", ".la")))
    done = subprocess.run(
        [os.path.join(HERE, "../lib/in-root"), root, folder.path, "/bin/sh",
         "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise AssertionError("the plugin cannot be built: %s" %
                             done.stdout.decode("utf-8", "replace")[-2000:])
    return build


def modules(folder, build, root):
    """A folder with nothing but our modules and Dovecot's own for Sieve:
    sieve_plugin_dir names one folder for all."""
    if root:
        build = build_in_root(folder, root)
    target = folder.make("modules")
    dovecot = (root or "") + "/usr/lib/dovecot/modules/sieve"
    for name in os.listdir(dovecot):
        if name.endswith(".so"):
            shutil.copy2(os.path.join(dovecot, name), target)
    for name in (LIBRARY, SETTINGS):
        if os.path.exists(built(build, name)):
            shutil.copy2(built(build, name), target)
    if not os.path.exists(os.path.join(target, LIBRARY)):
        raise AssertionError("%s is not built in %s" % (LIBRARY, build))
    return target
