"""Which weights of ``for_you`` did a shop's own replay find, for its next models?"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from plugin.storage import noted
from plugin.storage.engine import Tx

KEPT = "select value from facts where name = 'weights'"


def kept(tx: Tx, form: int) -> dict[str, float]:
    """The weights by name; none: as shipped.

    form: of the models of this program. Weights that were found with models of another do not suit
    its lists, and are passed over.
    """
    found = tx.value(KEPT)
    doc = orjson.loads(found) if found else {}
    return dict(doc["weights"]) if doc.get("form") == form else {}


def keep(tx: Tx, weights: Mapping[str, float], form: int) -> None:
    """Let the next models have these weights; none: those that are shipped."""
    noted.keep(tx, "weights", orjson.dumps({"form": form, "weights": dict(weights)}).decode())
