"""Which figures are asked for? ``python tests/bench`` prints them all, ``... http`` one part."""

from __future__ import annotations

import sys

import baskets
import beside
import evaluate
import growth
import popups
import preview
import reader
import recommend
import serve
import snippet
import ticks
import train
import visits

PARTS = {
    "reader": reader.main,
    "growth": growth.main,
    "evaluate": evaluate.main,
    "preview": preview.main,
    "popups": popups.main,
    "recommend": recommend.main,
    "ticks": ticks.main,
    "beside": beside.main,
    "serve": serve.main,
    "train": train.main,
    "baskets": baskets.main,
    snippet.SNIPPET: snippet.main,
}
KNOWN = visits.ALL | PARTS.keys()


def main(asked: frozenset[str]) -> int:
    """Measure what is asked for; 2 when there is no such part."""
    if not asked <= KNOWN:
        print(f"known: {', '.join(sorted(KNOWN))}", file=sys.stderr)
        return 2
    wanted = asked or KNOWN
    reached = []
    if wanted & visits.ALL:
        reached.append(visits.main(wanted & visits.ALL))
    reached += [measure() for name, measure in PARTS.items() if name in wanted]
    print("all marks are reached" if all(reached) else "not all marks are reached", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(frozenset(sys.argv[1:])))
