"""What happens to a visit, from the event that comes in to the offer that goes out?

The spine, one function a step: load, decide in the pure stages, save.

    collect    store events once, tell the profiles, mark them dirty     one transaction
    reassign   move the visitors whose segments may have changed         in batches of 100
    standings  keep how everybody stands among all others                in batches of 250
    backfill   ask an edited rule about everybody                        in batches of 100
    reconcile  compare all members with what SQL says of the rules       reads only
    offers     evaluate the acting visitor, choose windows and a popup   reads only
    explain    why a window shows what it shows, and why not the rest    reads only
    why        why a popup comes to a visitor on a page, or not          reads only
    rehearse   what last month's visitors would meet of other popups     reads only
    look       all we know of one visitor, with reasons                  reads only
    as_of      who was in a segment at an earlier moment                 reads only
    by_hand    put visitors in a segment or out of it, whatever its rule one transaction
    pulse      whether events still come as they usually do              reads only, one row kept
    proof      count ahead what came of popups that very many have met   reads only, one row kept
    by_itself  do what a verdict suggests, where the owner lets it       one transaction each
    adopt      make segments of templates, and the ladder all at once    one transaction each
    submit     keep an answer, tell of it, and give out a coupon           one transaction
    coupons    pools of codes, and who may have one                       one transaction each
    config     a whole shop as one document                            one transaction
    edits      what owners, servers and imports change                   one transaction each
    staff      leave a browser of the shop's own people out, or not      one transaction
    models     learn from all visits and orders, in a file            one small transaction
    outgoing   which addresses are told who enters and leaves            one transaction each
    feeds      take a catalogue feed in, part by part, or refuse it         one transaction each
    inspection keep what the owner's browser saw on the shop's pages     one transaction

``STEPS`` are the writes that share a commit with others; ``LONG_STEPS`` take the write lock in
small bites by themselves. Both are called by name, from any process (``tasks.writer``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from time import monotonic
from typing import Any

from plugin.journey.adopt import adopt, adopt_ladder
from plugin.journey.backfill import backfill
from plugin.journey.by_hand import place, put_static_segment
from plugin.journey.by_itself import undo_act
from plugin.journey.collect import collect, collect_bots, collect_together, rebuild
from plugin.journey.config import put_config, settle_settings, whole_shop
from plugin.journey.coupons import add_codes, delete_pool, end_coupons, may_claim, put_pool
from plugin.journey.decide import HERE, Hands, decide, find_moves
from plugin.journey.edits import (
    delete_campaign,
    delete_item,
    delete_segment,
    erase,
    import_events,
    put_campaign,
    put_items,
    put_segment,
    settings_changed,
)
from plugin.journey.explain import Explained, explain_window
from plugin.journey.feeds import FEED_STEPS
from plugin.journey.inspection import forget_inspections, keep_inspection
from plugin.journey.look import VisitorView, look_at
from plugin.journey.models import (
    build_model,
    keep_model,
    keep_weights,
    say_model,
    sweep_models,
    why_build,
)
from plugin.journey.offers import Offers, Wish, offers, recommend, recommend_json
from plugin.journey.outgoing import delete_hook, put_hook, replay_messages, rotate_hook
from plugin.journey.pulse import Heard, listen, take_pulse
from plugin.journey.reassign import Changes, rank, reassign
from plugin.journey.recipes import adopt_recipe
from plugin.journey.reconcile import reconcile
from plugin.journey.rehearse import Rehearsed, rehearse
from plugin.journey.staff import mark_staff, unmark_staff
from plugin.journey.submit import submit
from plugin.journey.why import WhyPopup, why_popup
from plugin.shop import Shop
from plugin.storage.engine import Store

__all__ = [
    "HERE",
    "Changes",
    "Explained",
    "Hands",
    "Heard",
    "Offers",
    "Rehearsed",
    "VisitorView",
    "WhyPopup",
    "Wish",
    "backfill",
    "bring_up_to_date",
    "build_model",
    "collect",
    "collect_together",
    "decide",
    "end_coupons",
    "explain_window",
    "find_moves",
    "keep_model",
    "listen",
    "look_at",
    "may_claim",
    "offers",
    "rank",
    "reassign",
    "rebuild",
    "recommend",
    "recommend_json",
    "reconcile",
    "rehearse",
    "say_model",
    "settle_settings",
    "sweep_models",
    "take_pulse",
    "whole_shop",
    "why_build",
    "why_popup",
]


def bring_up_to_date(
    store: Store,
    shop: Shop,
    now: int,
    full: bool = False,
    within_ms: int | None = None,
    hands: Hands = HERE,
) -> dict[str, int]:
    """Look at the visitors that wait (``full``: at all), and ask the rules that were edited.

    within_ms: what is not done after so long stays for the next call; None: all is done.
    """
    if within_ms is not None:
        end = monotonic() + within_ms / 1000
        hands = hands._replace(enough=lambda: monotonic() > end)
    changes = reassign(store, shop, now, hands, full=full)
    while not hands.enough():
        asked = backfill(store, shop, now, hands)
        if asked == Changes():
            break
        changes += asked + reassign(store, shop, now, hands)
    return asdict(changes)


STEPS: dict[str, Callable[..., Any]] = {
    step.__name__: step
    for step in (
        collect,
        collect_bots,
        put_items,
        delete_item,
        put_segment,
        delete_segment,
        adopt,
        adopt_ladder,
        adopt_recipe,
        place,
        put_campaign,
        delete_campaign,
        undo_act,
        put_config,
        settings_changed,
        submit,
        put_pool,
        delete_pool,
        add_codes,
        erase,
        import_events,
        mark_staff,
        unmark_staff,
        keep_inspection,
        forget_inspections,
        put_hook,
        delete_hook,
        rotate_hook,
        replay_messages,
        *FEED_STEPS,
        keep_model,
        keep_weights,
    )
}
LONG_STEPS: dict[str, Callable[..., Any]] = {
    "reassign": bring_up_to_date,
    "rank": rank,
    "rebuild": rebuild,
    "put_static_segment": put_static_segment,
}
