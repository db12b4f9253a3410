"""Which settings were put together with other documents, and wait to be the shop's?

A shop's settings are kept beside its keys, in another store than its segments and popups. So that
one document can be all or nothing, they are first written down here, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from plugin.serve.settings import OWNED
from plugin.storage import control, noted
from plugin.storage.engine import Store, Tx

LOOK = "select value from facts where name = 'settings'"
KEPT = "delete from facts where name = 'settings' and value = :value"


@dataclass(frozen=True)
class Wanted:
    """The owner's ``settings`` as put at ``at`` (Unix ms); ``text``: as they are written down."""

    settings: Mapping[str, Any]
    at: int
    text: str


def want(tx: Tx, settings: Mapping[str, Any], now: int) -> None:
    """Write down what the owner's settings are to be."""
    noted.keep(tx, "settings", orjson.dumps({"settings": dict(settings), "at": now}).decode())


def look(tx: Tx) -> Wanted | None:
    """What waits; None: the shop has the settings it should have."""
    text = tx.value(LOOK)
    return None if text is None else Wanted(**orjson.loads(text), text=text)


def give(house: Store, name: str, store: Store) -> Wanted | None:
    """Let the shop called ``name`` have the settings that wait in its ``store``; what they were.

    house: the control store. The program's own settings stay. Call ``kept`` when all is told.
    """
    with house.write() as tx:
        control.bump_generation(tx)  # whoever else gives waits here, and then sees what came last
        with store.read() as look_tx:
            found = look(look_tx)
        shop = next((one for one in control.shops(tx) if one.name == name), None)
        if found is not None and shop is not None:
            own = {key: value for key, value in shop.settings.items() if key not in OWNED}
            control.keep_settings(tx, name, {**own, **found.settings})
    return found


def kept(tx: Tx, given: Wanted) -> None:
    """The shop has what was ``given``, unless other settings were put meanwhile."""
    tx.run(KEPT, value=given.text)
