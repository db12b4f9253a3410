"""Which figures are asked for? ``python tests/bench`` prints them all, ``... http`` one part."""

from __future__ import annotations

import sys

import growth
import reader
import snippet
import visits

KNOWN = visits.ALL | {"reader", "growth", snippet.SNIPPET}


def main(asked: frozenset[str]) -> int:
    """Measure what is asked for; 2 when there is no such part."""
    if not asked <= KNOWN:
        print(f"known: {', '.join(sorted(KNOWN))}", file=sys.stderr)
        return 2
    wanted = asked or KNOWN
    reached = []
    if "reader" in wanted:
        reached.append(reader.main())
    if wanted & visits.ALL:
        reached.append(visits.main(wanted & visits.ALL))
    if "growth" in wanted:
        reached.append(growth.main())
    if snippet.SNIPPET in wanted:
        reached.append(snippet.main())
    print("all marks are reached" if all(reached) else "not all marks are reached", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(frozenset(sys.argv[1:])))
