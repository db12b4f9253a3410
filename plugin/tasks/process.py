"""How does a process behave that runs for long, and what time is it?

It ends when the one that started it is gone: nobody else would stop it, and it would keep the port
or the data folder from the next one. And it seldom looks for garbage that counting does not find.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from contextlib import suppress

PARENT = "REGULARS_PARENT"  # in the environment: the pid of the process to end with
PR_SET_PDEATHSIG = 1  # linux/prctl.h
LOOK_EVERY_S = 0.5
GARBAGE = 20_000  # objects made between two looks


def clock_ms() -> int:
    """Now, Unix ms: the one place where the application looks at the clock."""
    return time.time_ns() // 1_000_000


def end_with(parent: int, number: signal.Signals) -> None:
    """Send this process signal ``number`` once its ``parent`` (a pid) has ended.

    At once on Linux; elsewhere within half a second.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number))
    threading.Thread(target=_watch, args=(parent, number), daemon=True).start()


def settle() -> None:
    """Called once all is loaded: from now on, look for circles among the new objects only, and
    seldom. A request makes hundreds of objects and hardly ever a circle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 50)


def _watch(parent: int, number: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), number)
