"""Which campaigns are counted ahead, so that nobody waits for their figures, and which act?"""

from __future__ import annotations

from time import monotonic

from plugin.journey.by_itself import act_on
from plugin.serve.split import share_kept
from plugin.shop import Shop
from plugin.storage import campaigns, proof
from plugin.storage.engine import Store

KINDS = ("popup", "window")
SOON_S = 0.1  # what takes no longer is counted whenever it is asked for


def keep_outcomes(store: Store, shop: Shop, now: int) -> str:
    """Count every campaign, keep what took long, and do what verdicts are let do; in a line."""
    with store.read() as tx:
        rows = [row for kind in KINDS for row in campaigns.all(tx, kind)]
    kept, done = 0, list[str]()
    for row in rows:
        share = share_kept(row["kind"], row["body"], shop.control_share)
        began = monotonic()
        with store.read() as tx:
            found = proof.outcome(tx, row, now, shop.currency, share)
        is_long = monotonic() - began > SOON_S
        kept += is_long
        with store.write() as tx:
            proof.keep(tx, row["kind"], row["slug"], found if is_long else None)
        act = act_on(store, shop, row, found, now)
        if act is not None:
            done.append(f"{row['kind']} {row['slug']}: {act}")
    return "; ".join([f"{len(rows)} popups and windows counted, {kept} kept", *done])
