"""A text is found fast where its letters stand as they are, and found all the same where not."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.collect.event import Event
from plugin.journey import STEPS
from plugin.segment.rule import read_rule
from plugin.segment.text import fold, is_odd, stands_as_it_is
from plugin.shop import Shop
from plugin.storage import letters, rules
from plugin.storage.engine import Store

SHOES = "신발"
WINTER = "".join(chr(ord(one) + 0xFEE0) if one != " " else one for one in "Winter shoes")
LETTERS = (  # some that fold to others of them, or join them
    "신발시\u1109\u1175\u11ab\u3145\u3163\uff7c\uff9d\u30b7\u30f3sSeE\u00e9\u00c9\u0301\u0323kK\u212a\u00b5\u039c"
    "\u0436\u0416 \u00a0\u3000\u00df\u1e9e\ufb01f"
)


def in_ascii_as_small(text: str) -> str:
    """As ``like`` compares: capitals of ASCII alone are their small ones."""
    return "".join(one.lower() if one.isascii() else one for one in text)


@given(st.text(LETTERS, max_size=8), st.text(LETTERS, min_size=1, max_size=3))
def test_where_no_letter_folds_to_it_a_text_stands_as_it_is(text: str, asked: str) -> None:
    needle = fold(asked)
    if needle and needle in fold(text) and stands_as_it_is(needle, filter(is_odd, text)):
        assert needle in in_ascii_as_small(text)


def test_hangul_in_parts_or_of_half_width_may_be_what_is_looked_for() -> None:
    for form in ("NFD", "NFKD"):
        assert not stands_as_it_is(SHOES, filter(is_odd, normalize(form, SHOES)))
    assert not stands_as_it_is("シ", ["\N{HALFWIDTH KATAKANA LETTER SI}"])
    assert stands_as_it_is(SHOES, "™…é" + WINTER)


def test_what_folds_to_a_letter_of_ascii_may_be_what_is_looked_for() -> None:
    assert not stands_as_it_is("kit", ["\N{KELVIN SIGN}"])
    assert stands_as_it_is("sale", ["\N{KELVIN SIGN}"])


TITLES = {
    "mina": "겨울 신발",
    "cho": normalize("NFD", "겨울 신발"),
    "ana": "WINTER SHOES",
    "tomo": WINTER,
    "lin": "모자",
}


def came(store: Store, shop: Shop, now: int, *people: str) -> None:
    """Each looks at a page that has the title of theirs."""
    events = [
        Event(
            event_id=f"{person}-{now}",
            visitor_id=f"{person}-0123456789abcdef",
            name="page_view",
            at=now,
            received_at=now,
            params={"page_title": TITLES[person]},
        )
        for person in people
    ]
    with store.write() as tx:
        STEPS["collect"](tx, shop, events=events)


def found(store: Store, shop: Shop, now: int, asked: str) -> set[str]:
    where = {"param": "page_title", "op": "contains", "value": asked}
    rule = {"event": "page_view", "measure": "count", "op": ">=", "value": 1, "where": [where]}
    with store.read() as tx:
        named = rules.matching(tx, read_rule(rule), now, shop, 9)
    return {one.partition("-")[0] for one in named}


@pytest.mark.parametrize("read", [(), ("ana", "lin"), tuple(TITLES)])
def test_a_text_is_found_whatever_was_read_before(
    store: Store, shop: Shop, now: int, read: tuple[str, ...]
) -> None:
    came(store, shop, now, *read)
    letters.take_in(store)
    came(store, shop, now, *{*TITLES} - {*read})
    assert found(store, shop, now, SHOES) == {"mina", "cho"}
    assert found(store, shop, now, "shoes") == {"ana", "tomo"}


def test_an_event_is_read_once_and_its_letters_stay_known(
    store: Store, shop: Shop, now: int
) -> None:
    came(store, shop, now, "mina", "tomo")
    if store.dialect != "sqlite":  # it folds by itself
        assert letters.take_in(store) == 0
        return
    letters.take_in(store)
    with store.read() as tx:
        first = letters.known(tx)
    assert {*WINTER} - {" "} <= {*first.odd}
    assert not set(SHOES) & {*first.odd}
    came(store, shop, now + 1, "ana")
    letters.take_in(store)
    with store.read() as tx:
        second = letters.known(tx)
    assert (second.odd, second.upto) == (first.odd, first.upto + 1)
