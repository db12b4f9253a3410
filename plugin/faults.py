"""At which named moments may a test make this process die?

``REGULARS_FAIL_AT=name`` kills the process (as ``kill -9`` does) the first time that moment is
reached; ``name:7`` the seventh time. Without the setting nothing happens, and nothing is paid.
"""

from __future__ import annotations

import os
import signal

# In the order in which a batch of events meets them.
POINTS = (
    "step_taken",  # the writer has taken steps from its queue
    "events_stored",  # events are written, profiles not yet
    "profiles_told",  # profiles are written, the transaction is open
    "before_commit",
    "after_commit",  # in the log, which is not flushed yet
    "after_sync",  # on disk, and nobody knows yet
    "before_answer",  # the worker knows, the shop does not
)
OF_MODELS = ("model_written",)  # the file is in its place, and no row says so yet


def _asked(setting: str) -> tuple[str, int]:
    name, _, times = setting.partition(":")
    return name, int(times or 1)


_point, _left = _asked(os.environ.get("REGULARS_FAIL_AT", ""))


def reach(point: str) -> None:
    """Say that ``point`` is reached; does not return when the process was told to die there."""
    if point == _point:
        _count_down()


def _count_down() -> None:
    global _left
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
