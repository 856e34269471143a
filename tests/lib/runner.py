# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the tests of one script: "ok NAME", "FAIL NAME: why" or "skip NAME:
why" a line each, and the tally at the end.

    suite = Suite("dovecot")
    @suite.test
    def alias_reaches_its_mailbox(case): ...
    suite.main(arguments)

Each test gets a Case: a folder of its own and a list of what to stop.
"""
import signal
import sys
import time
import traceback

from folder import Folder


class Skip(Exception):
    """What this test needs is not there; the text says what."""


class Case:
    def __init__(self, name, suite):
        self.name = name
        self.suite = suite
        self.folder = Folder(name.replace("_", "-")[:40])
        self._cleanups = []

    def finally_do(self, function, *arguments):
        """Called at the end, last registered first."""
        self._cleanups.append((function, arguments))

    def close(self):
        """Returns the text of the first cleanup that failed, or None."""
        trouble = None
        while self._cleanups:
            function, arguments = self._cleanups.pop()
            try:
                function(*arguments)
            except Exception as error:  # the others must still be stopped
                trouble = trouble or "at the end: %s" % error
        return trouble


def equal(found, expected, what):
    if found != expected:
        raise AssertionError("%s: expected %r, found %r" % (
            what, expected, found))


def true(value, what):
    if not value:
        raise AssertionError(what)


class Suite:
    def __init__(self, name):
        self.name = name
        self.tests = []
        self.options = None
        self.shared = {}
        self.at_end = []

    def test(self, function):
        self.tests.append(function)
        return function

    def run_one(self, function):
        """Returns "ok", "FAIL" or "skip"; prints the line."""
        name = function.__name__
        case = Case(name, self)
        began = time.monotonic()
        verdict, why = "ok", ""
        try:
            function(case)
        except Skip as reason:
            verdict, why = "skip", str(reason)
        except Exception as error:
            verdict = "FAIL"
            why = str(error) or type(error).__name__
            traceback.print_exc(file=sys.stdout)
        except BaseException:  # interrupted: leave nothing behind
            case.close()
            case.folder.remove()
            raise
        trouble = case.close()
        if trouble and verdict == "ok":
            verdict, why = "FAIL", trouble
        if verdict == "FAIL":
            case.folder.keep = True
        case.folder.remove()
        first = (why.strip().splitlines() or [""])[0]
        print("%s %s%s%s" % (verdict, name, ": " if first else "", first),
              flush=True)
        if time.monotonic() - began > 10:
            print("   (%d s)" % (time.monotonic() - began), flush=True)
        return verdict

    def main(self, names=()):
        """Runs the tests named, or all; returns the exit status."""
        def interrupted(number, _frame):
            raise KeyboardInterrupt(number)
        signal.signal(signal.SIGTERM, interrupted)
        signal.signal(signal.SIGHUP, interrupted)
        count = {"ok": 0, "FAIL": 0, "skip": 0}
        known = [test.__name__ for test in self.tests]
        for name in names:
            if name not in known:
                print("FAIL %s: no such test" % name)
                count["FAIL"] += 1
        try:
            for function in self.tests:
                if not names or function.__name__ in names:
                    count[self.run_one(function)] += 1
        except KeyboardInterrupt:
            print("interrupted")
            return 130
        finally:
            for function in reversed(self.at_end):
                try:
                    function()
                except Exception as error:
                    print("FAIL the end: %s" % error)
                    count["FAIL"] += 1
        print("%d passed, %d failed, %d skipped" % (
            count["ok"], count["FAIL"], count["skip"]))
        return 1 if count["FAIL"] else 0
