"""How is a figure measured in rounds, and how is it told on one line?"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
KB = 1024


@dataclass(frozen=True)
class Figure:
    """Two sides of one measure and the mark for their ratio, ``first / second``.

    ``most``: the ratio may be no more than the mark; else it must be no less. No mark: told only.
    """

    name: str
    first: tuple[str, float]
    second: tuple[str, float]
    mark: float | None = None
    most: bool = False
    form: str = ",.0f"

    @property
    def ratio(self) -> float:
        """How many times the second side the first is."""
        return self.first[1] / self.second[1]

    @property
    def reached(self) -> bool:
        """Whether the ratio keeps to the mark."""
        if self.mark is None:
            return True
        return self.ratio <= self.mark if self.most else self.ratio >= self.mark

    def line(self) -> str:
        """The figure on one line."""
        sides = "  ".join(
            f"{name} {value:{self.form}}" for name, value in (self.first, self.second)
        )
        told = f"{self.name:<48} {sides:<36} {self.ratio:6.3g}x"
        if self.mark is None:
            return told
        sign = "<=" if self.most else ">="
        return f"{told}  (mark {sign} {self.mark:g})  {'ok' if self.reached else 'SHORT'}"


def tell(figures: Iterable[Figure]) -> bool:
    """Print each figure; whether all marks are reached."""
    listed = list(figures)
    for figure in listed:
        print(figure.line(), flush=True)
    return all(figure.reached for figure in listed)


def note(text: str) -> None:
    """Print what a reader must know of the figures beside it."""
    print(f"  {text}", flush=True)


def per_cpu_second(work: Callable[[], int]) -> float:
    """How many pieces ``work`` (which returns how many it did) does in a CPU second."""
    began = time.process_time()
    done = work()
    return done / (time.process_time() - began)


def middle(values: Iterable[float]) -> float:
    """The median of the rounds."""
    return statistics.median(values)


def percentile(values: Iterable[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of ``values`` do not exceed; at least one is needed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def family(pid: int) -> list[int]:
    """A process and all that descend from it, those that are there now."""
    found, ahead = [], [pid]
    while ahead:
        one = ahead.pop()
        found.append(one)
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            ahead += [int(child) for child in _text(children).split()]
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """What the processes have used so far, in user and kernel mode together."""
    # The program's name, in brackets, may hold anything: count from behind it.
    fields = [_text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split() for pid in pids]
    return sum(int(one[11]) + int(one[12]) for one in fields if one) / TICKS


def resident_mb(pids: Iterable[int]) -> float:
    """The resident memory of the processes, summed (pages they share count for each), MiB."""
    lines = (_text(Path(f"/proc/{pid}/status")).splitlines() for pid in pids)
    sizes = [line.split()[1] for each in lines for line in each if line.startswith("VmRSS:")]
    return sum(map(int, sizes)) / KB


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process has ended
        return ""
