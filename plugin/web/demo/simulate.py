"""Which 90 days of shoppers could have led to the shop that the demo shows?

A seeded simulation: the same seed plays the same history. It knows nothing of Regulars but the
contract's events and orders, and which campaigns exist. What popups truly do to shoppers is
written in ``TRUE_LIFT``, so that what Regulars measures can be held against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from plugin.shop import HOUR
from plugin.web.demo.catalogue import DemoProduct
from plugin.web.demo.personas import arrival, next_visit, persona_for
from plugin.web.demo.shopper import Action, Arm, Shelves, Shopper

CONTROL_SHARE = 0.1

# The chance that somebody who is about to leave orders within the next days after all …
BASE_CHANCE = {"cart-saver": 0.1, "stay-a-while": 0.02, "welcome-back": 0.03}
# … and what the popup adds to it for those who are shown it. The third popup does nothing at all.
TRUE_LIFT = {"cart-saver": 0.08, "stay-a-while": 0.015, "welcome-back": 0.0}

# How often leaving is noticed in time to say something, by device.
_NOTICED = {"desktop": 0.6, "tablet": 0.35, "mobile": 0.35}
_CLICKS = {"cart-saver": 0.22, "stay-a-while": 0.08, "welcome-back": 0.06}
_SUBMITS = {"stay-a-while": 0.04}
_ASKS_AGAIN = ("cart-saver",)  # an answer ends the others; two closings end every popup
_LEFT_ALONE = 0.12  # neither clicked nor closed: the tab was simply shut
_LATER, _AT_ONCE = "later", "at once"


def simulate(
    rng: Random,
    products: Sequence[DemoProduct],
    start: int,
    end: int,
    visitors: int,
    arm: Arm,
) -> Iterator[Action]:
    """What ``visitors`` shoppers do between ``start`` and ``end`` (Unix ms), in time order.

    arm: says "show" or "control" for a campaign's slug and a visitor id.
    """
    shelves = Shelves(products)
    told: list[Action] = []
    for _ in range(visitors):
        told += [action for action in _life(rng, shelves, start, end, arm) if action.at <= end]
    yield from sorted(told, key=lambda action: action.at)


def _life(rng: Random, shelves: Shelves, start: int, end: int, arm: Arm) -> list[Action]:
    """One shopper from the first visit on; may run past ``end``."""
    persona = persona_for(rng)
    shopper = Shopper(rng, shelves, persona, arm)
    ahead = shopper.home.ahead_h
    at = arrival(rng, start, end, persona.joins, ahead)
    planned = rng.randint(*persona.visits)
    while planned > 0 and at <= end:
        changed_mind = _visit(shopper, at, planned == 1)
        planned -= 1
        if changed_mind:
            back = shopper.at + int(rng.uniform(1, 90) * HOUR)
            if back <= end:
                _return_to_buy(shopper, back)
        at = next_visit(rng, shopper.at, persona.gap_days, ahead)
    return shopper.actions


def _visit(shopper: Shopper, at: int, is_last: bool) -> bool:
    """One visit; whether the shopper will come back to buy after all."""
    rng, persona = shopper.rng, shopper.persona
    shopper.arrive(at)
    later = shopper.visits > 1 and shopper.orders == 0 and _welcomed(shopper)
    if rng.random() < persona.searches:
        shopper.search()
    for _ in range(rng.randint(*persona.pages)):
        product = shopper.pick()
        shopper.look(product)
        if rng.random() < persona.adds / 2:
            shopper.add(product)
    ready = is_last or not persona.last_visit_buys
    if ready and rng.random() < persona.buys:
        _buy(shopper)
        return False
    if shopper.cart and rng.random() < 0.25:
        shopper.check_out()
        if rng.random() < 0.6:
            return later  # left from the checkout, where no popup shows
        shopper.go("/demo/cart")
    elif len(shopper.cart) > 1 and rng.random() < 0.2:
        shopper.reconsider()
    return _about_to_leave(shopper) or later


def _buy(shopper: Shopper) -> None:
    tries = 0
    while not shopper.cart and tries < 5:
        tries += 1
        product = shopper.pick()
        shopper.look(product)
        shopper.add(product)
    if shopper.cart:
        shopper.buy()


def _return_to_buy(shopper: Shopper, at: int) -> None:
    shopper.arrive(at)
    _buy(shopper)


def _welcomed(shopper: Shopper) -> bool:
    """The bar for those who return without an order, on the first page of the visit."""
    if shopper.rng.random() >= 0.5:
        return False
    return _meets(shopper, "welcome-back") == _LATER


def _about_to_leave(shopper: Shopper) -> bool:
    """The popup on leaving; whether the shopper comes back to buy (or has bought at once)."""
    if shopper.rng.random() >= _NOTICED[shopper.device]:
        return False
    decided = _meets(shopper, "cart-saver" if shopper.cart else "stay-a-while")
    if decided == _AT_ONCE:
        _buy(shopper)
    return decided == _LATER


def _meets(shopper: Shopper, popup: str) -> str:
    """Meet a popup, or be kept from it; "at once", "later" or "" tells when the shopper buys."""
    rng = shopper.rng
    if shopper.closes[popup] >= 2:
        return ""
    shown = shopper.arm(popup, shopper.visitor_id) == "show"
    shopper.wait(3, 20)
    shopper.tell("popup_view" if shown else "popup_holdout", popup_id=popup, variant=0)
    buys = rng.random() < BASE_CHANCE[popup] + (TRUE_LIFT[popup] if shown else 0)
    clicks = shown and _reacts(shopper, popup)
    if not buys:
        return ""
    return _AT_ONCE if clicks and popup == "cart-saver" else _LATER


def _reacts(shopper: Shopper, popup: str) -> bool:
    """What is done with a popup that is shown; whether its button was pressed."""
    chance = shopper.rng.random()
    shopper.wait(2, 12)
    if chance < _CLICKS[popup]:
        shopper.tell("popup_click", popup_id=popup, variant=0)
        shopper.closes[popup] += 0 if popup in _ASKS_AGAIN else 2
        return True
    if chance < _CLICKS[popup] + _SUBMITS.get(popup, 0):
        shopper.tell("popup_submit", popup_id=popup, variant=0)
        shopper.closes[popup] += 2
    elif chance < 1 - _LEFT_ALONE:
        shopper.tell("popup_dismiss", popup_id=popup, variant=0)
        shopper.closes[popup] += 1
    return False
