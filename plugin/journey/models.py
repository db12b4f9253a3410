"""When is a shop's model built anew, and how?

Load, decide, save: what it learns from is read in one look, the file is made without any lock, and
one small transaction lets it count. Whoever dies on the way leaves the last good model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from plugin import faults
from plugin.errors import PluginError
from plugin.serve.recommend.build import FORM, build
from plugin.shop import DAY, Shop
from plugin.storage import forgotten, locations, model_files, model_rows, models, pulse, weights
from plugin.storage.engine import Store, Tx

LEAST = 20  # views and orders that are worth a new model
SHARE = 20  # one in so many of those that the model was made of
MOST_FORGOTTEN = 2_000  # profiles that are left out of a model: each request counts them
OLD = DAY  # then a single new one is enough

Told = Callable[[str, int], None]


def why_build(store: Store, now: int) -> str | None:
    """Why the model is to be built anew at ``now`` (Unix ms); None: it is good as it is."""
    with store.read() as tx:
        row = models.newest(tx)
        if row is None:
            return "there was none" if models.is_something(tx) else None
        if not model_files.is_whole(store, row["generation"]):
            return "its file cannot be read"
        enough, cut = _worth(row), row["cut_seq"]
        # To count them is to read all events since, so first whether there are so many at all.
        if pulse.newest_seq(tx) - cut >= enough and models.new_deeds(tx, cut, enough) >= enough:
            return f"{enough} views and orders came"
        left_out = len(forgotten.everybody(tx))
        if left_out >= MOST_FORGOTTEN:
            return "many visitors were erased or joined"
        if now - row["made_at"] <= OLD:
            return None
        other = row["catalogue"] != locations.version(tx)
        if other or left_out or models.new_deeds(tx, cut, 1):
            return "it was older than a day"
    return None


def ahead(tx: Tx, row: Mapping[str, Any]) -> tuple[int, int, int]:
    """What the next model waits for, ``row`` being that which counts (``models.newest``): how many
    views and orders came since, how many of them are enough, and from when on (Unix ms) one is.
    """
    enough = _worth(row)
    return models.new_deeds(tx, row["cut_seq"], enough), enough, row["made_at"] + OLD


def build_model(
    store: Store,
    shop: Shop,
    now: int,
    told: Told = model_rows.nobody,
    most_views: int = model_rows.MOST_VIEWS,
) -> dict[str, Any]:
    """Make the file of a new model; what ``keep_model`` is to be given so that it counts.

    Takes seconds for every hundred thousand views: call it where nobody waits. told: hears how far
    it is (what, how much). most_views: so many are learnt from, the newest. Raises PluginError when
    another process of this machine builds it.
    """
    if store.models is None:
        raise PluginError("this store has no folder for models")
    with model_files.alone(store.models):
        began = monotonic()
        with store.read() as tx:
            before, cut_seq = models.newest(tx), pulse.newest_seq(tx)
            left_out, catalogue = forgotten.everybody(tx), locations.version(tx)
            found = model_rows.learnt(tx, most_views=most_views, told=told)
            tuning = weights.kept(tx, FORM)
        generation = max(now, before["generation"] + 1 if before else 0)
        products = model_rows.products(store, found.item_ids)
        meta = {"shop": shop.name, "made_at": now, "cut_seq": cut_seq, "tuning": tuning}
        parts = build(found.item_ids, found.sessions, found.orders, products, meta, told)
        size = model_files.write(store.models, generation, parts)
        faults.reach("model_written")
        model_files.send(store, generation)
    row = {
        "generation": generation,
        "made_at": now,
        "cut_seq": cut_seq,
        "catalogue": catalogue,
        "views": len(found.sessions.items),
        "sessions": len(found.sessions),
        "orders": len(found.orders),
        "items": len(found.item_ids),
        "seconds": monotonic() - began,
        "bytes": size,
    }
    return {"row": row, "remembered": list(left_out)}


def _worth(row: Mapping[str, Any]) -> int:
    """So many new views and orders are worth a new model."""
    return int(max(LEAST, (row["views"] + row["orders"]) // SHARE))


def keep_model(tx: Tx, shop: Shop, row: Mapping[str, Any], remembered: list[int]) -> None:
    """Let a model count that ``build_model`` made. Who was forgotten before it was begun is not in
    it, so that word is dropped.
    """
    models.keep(tx, row)
    forgotten.remember(tx, remembered)


def keep_weights(tx: Tx, shop: Shop, found: Mapping[str, float]) -> None:
    """Let the next models of ``for_you`` rank with the weights that a replay found; none: as
    shipped.
    """
    weights.keep(tx, found, FORM)


def sweep_models(store: Store) -> None:
    """Remove the files of this machine that count no more."""
    with store.read() as tx:
        row = models.newest(tx)
    if row is not None and store.models is not None:
        model_files.sweep(store.models, row["generation"])


def say_model(row: Mapping[str, Any]) -> str:
    """A model in one line, for the owner: what it was made of, its size, how long it took."""
    return (
        f"{row['views']:,} views in {row['sessions']:,} visits, {row['orders']:,} orders,"
        f" {row['items']:,} products: {row['bytes'] / 1e6:,.1f} MB in {row['seconds']:.1f} s"
    )
