# SPDX-License-Identifier: LGPL-2.1-or-later
"""Waiting for a condition with a deadline; the only place that sleeps."""
import time


class TimeUp(AssertionError):
    """The condition did not come true in time."""


def until(condition, what, seconds=15):
    """Returns the first true value of condition(); raises TimeUp."""
    deadline = time.monotonic() + seconds
    pause = 0.002
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeUp("waited %d s for: %s" % (seconds, what))
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
