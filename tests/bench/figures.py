# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every figure that has a goal: a function each, which yields rows. A row is
(what, figure, goal, reached, rounds, range); reached is None where the figure
is only reported."""
import json
import os
import re
import socket
import statistics
import subprocess
import threading
import time

import sieve
from scene import (ALIAS, PRIMARY, Scene, deleted_files, rss_anon)


# How a client sends the commands of a message; Postfix does it together.
MODES = (("one by one", ["-1"]), ("pipelined", []))


class Plan:
    """How long is measured: quick only shows that everything runs."""

    def __init__(self, build, quick):
        self.build = build
        self.quick = quick
        self.rounds = 3 if quick else 15
        self.few = 1 if quick else 5  # where a round is long
        self.seconds = "0.5" if quick else "1"


def spread(values, form="%.1f"):
    to = " to " if min(values) < 0 else "-"
    return (form + to + form) % (min(values), max(values))


def row(what, form, values, goal, limit):
    """A row of several values, whose median must be at most limit."""
    middle = statistics.median(values)
    return (what, form % middle, goal, middle <= limit, len(values),
            spread(values, "%.2f" if max(values) < 10 else "%.0f"))


# The map

MAP_LINES = {
    "build": r"build, any order: ([0-9.]+) s",
    "sorted": r"build, in order: ([0-9.]+) s",
    "copy": r"copy +load [0-9.]+ ms, lookup p50 ([0-9.]+) us",
    "shared": r"shared +load [0-9.]+ ms, lookup p50 ([0-9.]+) us",
    "load": r"copy +load ([0-9.]+) ms",
    "edit": r"one edit ([0-9.]+) ms",
    "many": r"in one change [0-9.]+ ms: ([0-9.]+) times",
}


def map_rows(plan):
    found = {}
    for _ in range(plan.few):
        text = subprocess.run(
            [os.path.join(plan.build, "tests/bench/map-bench"),
             "10000", "1000000"], check=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, universal_newlines=True).stdout
        for line in text.splitlines():
            for name, pattern in MAP_LINES.items():
                match = re.search(pattern, line)
                if match:
                    found.setdefault((line.split()[0], name), []).append(
                        float(match.group(1)))

    def one(what, entries, name, unit, goal):
        return row(what, "%%.2f %s" % unit, found[entries, name],
                   "<= %g %s" % (goal, unit), goal)
    million = "1000000"
    yield one("lookup p50, 1M, agent's mode", million, "copy", "us", 2)
    yield one("lookup p50, 1M, plugins' mode", million, "shared", "us", 5)
    yield one("build of 1M, any order", million, "build", "s", 5)
    yield one("build of 1M, in key order", million, "sorted", "s", 5)
    yield one("one durable edit, 10k", "10000", "edit", "ms", 5)
    yield one("one durable edit, 1M", million, "edit", "ms", 300)
    yield one("1,000 edits, of one's time, 1M", million, "many", "x", 1.5)


# A new generation of a large map

def swap_round(scene, number, change):
    """Probes for three seconds; in them the map may change. The probe's figures
    and when (CLOCK_MONOTONIC) the new link was there."""
    agent = scene.agent
    probe = subprocess.Popen(
        [scene.program("lmtp-probe"), "3", "a@example.org", "100",
         agent.address], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    time.sleep(1)
    if change:
        agent.nameplate("set", "a7@example.org", "--note", "n%d" % number)
    out = probe.communicate()[0]
    if probe.returncode != 0:
        raise AssertionError("the probe failed")
    made = os.lstat(agent.settings["map"]["file"]).st_mtime
    return json.loads(out.decode()), made - time.time() + time.monotonic()


def swap_rows(plan):
    calm, others, waits, early = [], [], [], []
    with Scene(plan.build) as scene:
        scene.start_sink()
        scene.start_agent(entries=100000 if plan.quick else 1000000)
        scene.load("-n", "100", *ALIAS)
        for number in range(plan.few):
            result, _ = swap_round(scene, number, False)
            calm.append(max(result[name]["max_ms"] for name in result
                            if name != "skipped"))
            result, made = swap_round(scene, number, True)
            # The reply to MAIL may leave with that to the RCPT behind it.
            others.append(max(result[name]["max_ms"]
                              for name in ("noop", "rset")))
            waits.append(result["rcpt"]["max_ms"])
            if result["rcpt"]["late"]:
                early.append((made - result["rcpt"]["first_late"]) * 1e3)
    yield row("new map, longest NOOP or RSET", "%.1f ms", others,
              "<= 20 ms", 20)
    early = early or [0]
    yield row("new map, first late RCPT was sent before it by", "%.1f ms",
              early, "<= 20 ms", 20)
    yield ("new map, longest wait of a RCPT", "%.0f ms" %
           statistics.median(waits), "report", None, len(waits), spread(waits))
    yield ("longest reply without a new map", "%.1f ms" %
           statistics.median(calm), "noise", None, len(calm), spread(calm))


# Through the agent

def ratio_row(what, result, goal):
    if result["error"]:
        return (what, result["error"], goal, False, result["rounds"], "")
    slower = result["b"]["p50_ms"] / (result["a"]["p50_ms"] or 1)
    figure = "%.2f (%.0f of %.0f/s, p50 x%.2f)" % (
        result["ratio"], result["b"]["rate"], result["a"]["rate"], slower)
    return (what, figure, ">= %.2f" % goal if goal else "report",
            result["ratio"] >= goal if goal else None, result["rounds"],
            "%.2f-%.2f" % tuple(result["range"]))


def dovecot_rows(plan, on_tmpfs):
    place = "tmpfs" if on_tmpfs else "disk"
    with Scene(plan.build, on_tmpfs) as scene:
        scene.start_dovecot()
        scene.start_agent()
        base = ["-t", plan.seconds, "-s", "10240"]
        scene.warm()
        yield ratio_row("Dovecot, %s, 10 KB, the same end twice" % place,
                        scene.noise(plan.rounds, base + PRIMARY), 0)
        for sessions in ("1", "16"):
            for name, words in MODES:
                scene.warm()
                result = scene.pairs(
                    plan.rounds, base + ["-c", sessions] + words, PRIMARY,
                    ALIAS)
                yield ratio_row("Dovecot, %s, 10 KB, %s sessions, %s" % (
                    place, sessions, name), result, 0.95)
        for recipients in ("10", "50"):
            scene.warm()
            result = scene.pairs(plan.rounds, base + ["-r", recipients],
                                 PRIMARY, PRIMARY)
            yield ratio_row("Dovecot, %s, 10 KB, %s primary recipients" % (
                place, recipients), result, 0.95)
        scene.warm()
        result = scene.pairs(plan.rounds, ["-t", plan.seconds, "-r", "10"],
                             PRIMARY, ALIAS)
        yield ("Dovecot, %s, 1 KB, 10 aliases, of direct's time" % place,
               "%.2f" % (1 / result["ratio"] if result["ratio"] else 0),
               "report", None, result["rounds"], spread(
                   [1 / r for r in result["range"] if r], "%.2f"))


def tmpfs_rows(plan):
    return dovecot_rows(plan, True)


def disk_rows(plan):
    return dovecot_rows(plan, False)


def sink_rows(plan):
    """The goal was set with smtp-sink and without pipelining."""
    for sink, postfix, goals in (("smtp-sink", True, (0.5, 0)),
                                 ("our sink", False, (0, 0))):
        with Scene(plan.build) as scene:
            scene.start_sink(postfix)
            scene.start_agent()
            scene.warm()
            for (name, words), goal in zip(MODES, goals):
                result = scene.pairs(
                    plan.rounds, ["-t", plan.seconds, "-c", "16"] + words,
                    PRIMARY, ALIAS)
                yield ratio_row("%s, 1 KB, 16 sessions, %s" % (sink, name),
                                result, goal)


def cpu_rows(plan):
    for log in (None, "/dev/null"):
        with Scene(plan.build) as scene:
            scene.start_sink()
            scene.start_agent(log=log)
            scene.warm()
            for name, words in MODES:
                common = ["-t", plan.seconds, "-c", "16"] + words
                values = [scene.cpu(*common, *ALIAS)
                          for _ in range(plan.rounds)]
                yield row("agent CPU a message, %s, log to %s" % (
                    name, log or "a file"), "%.0f us", values,
                          "<= 100 us", 100)


# Sieve

def sieve_rows(plan):
    """What the plugin adds to Dovecot's CPU: the differences of each round."""
    bare, again, guard, test = sieve.measure(
        plan.build, 100000 if plan.quick else 1000000,
        3 if plan.quick else 9, 50 if plan.quick else 1000)
    yield ("Sieve, CPU a delivery without the extension", "%.0f us" %
           statistics.median(bare), "report", None, len(bare),
           spread(bare, "%.0f"))

    def added(values):
        return [round(one - base) for one, base in zip(values, bare)]
    values = added(again)
    yield ("Sieve, the same Dovecot twice, differs by", "%.0f us" %
           statistics.median(values), "noise", None, len(values),
           spread(values, "%.0f"))
    yield row("Sieve, 1M aliases, the guard adds", "%.0f us", added(guard),
              "<= 100 us", 100)
    yield row("Sieve, 1M aliases, guard and test add", "%.0f us",
              added(test), "<= 100 us", 100)


# Memory

def open_idle(address, count):
    """Clients that said LHLO and nothing more."""
    clients = []
    for _ in range(count):
        client = socket.socket(socket.AF_UNIX)
        client.connect(address[len("unix:"):])
        client.sendall(b"LHLO client.example.com\r\n")
        clients.append(client)
    for client in clients:
        text = b""
        while b"\n250 " not in text:
            more = client.recv(4096)
            if not more:
                raise AssertionError("the agent hung up on an idle client")
            text += more
    return clients


def idle_rows(plan):
    for count, goal in ((1000, 4), (10000, 16)):
        values = []
        for _ in range(1 if plan.quick else 3):
            with Scene(plan.build) as scene:
                scene.start_sink()
                scene.start_agent(lmtp_max_connections=count + 100)
                clients = open_idle(scene.agent.address, count)
                values.append(rss_anon(scene.pid) / 1024)
                for client in clients:
                    client.close()
        yield row("RssAnon, %d idle clients" % count, "%.1f MB", values,
                  "<= %d MB" % goal, goal)


class Watch(threading.Thread):
    """Looks at a process as often as it can; the highest of each."""

    def __init__(self, pid, spool):
        super().__init__(daemon=True)
        self.pid, self.spool = pid, spool
        self.rss = self.files = 0
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(0.001):
            self.rss = max(self.rss, rss_anon(self.pid))
            self.files = max(self.files, deleted_files(self.pid, self.spool))

    def stop(self):
        self.over.set()
        self.join()


def large_round(plan, recipients):
    """What a message of 100 MB adds, MB, and its copies in the spool."""
    with Scene(plan.build) as scene:
        scene.start_sink()
        scene.start_agent()
        scene.load("-n", "100", "-r", str(recipients), *ALIAS)
        before = rss_anon(scene.pid)
        watch = Watch(scene.pid, scene.agent.settings["lmtp"]["spool_dir"])
        watch.start()
        scene.load("-n", "1", "-s", str(100 << 20), "-r", str(recipients),
                   *ALIAS)
        watch.stop()
        return (watch.rss - before) / 1024, watch.files


def large_rows(plan):
    for recipients, goal in ((1, 2), (10, 4)):
        results = [large_round(plan, recipients)
                   for _ in range(1 if plan.quick else 5)]
        what = "100 MB, %d recipient%s" % (recipients,
                                           "s" if recipients > 1 else "")
        yield row(what + ", RssAnon grows by", "%.2f MB",
                  [added for added, _ in results], "<= %d MB" % goal, goal)
        yield row(what + ", copies in the spool", "%d",
                  [files for _, files in results], "<= 1", 1)


ALL = {
    "map": map_rows,
    "swap": swap_rows,
    "tmpfs": tmpfs_rows,
    "disk": disk_rows,
    "sink": sink_rows,
    "cpu": cpu_rows,
    "sieve": sieve_rows,
    "idle": idle_rows,
    "large": large_rows,
}
