"""Codes are given out once, within their budgets, and known again when an order names them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.collect.event import Event
from plugin.journey.collect import collect
from plugin.serve.retain.coupon import EXPIRED, GONE, LATER, Pool, read_pool
from plugin.shop import DAY, HOUR, Shop
from plugin.storage import campaigns, coupons, profiles, proof, redemptions
from plugin.storage.coupons import Claim
from plugin.storage.engine import Store, Tx

SHOP = Shop("moon", "pk_moon0000000000000000", currency="KRW", timezone="Asia/Seoul")
FIVE_THOUSAND = {"kind": "imported", "discount": {"amount": 5000}}
COUNTED = """
select * from redemptions where pool is not null and counts = 1 and back = 0
order by at, transaction_id, folded
"""


def someone(tx: Tx, name: str) -> int:
    visitor = f"{name}-0123456789abcdef"
    return profiles.ensure(tx, [visitor])[visitor]


def pool(tx: Tx, now: int, codes: Sequence[str] = (), slug: str = "spring", **doc: Any) -> Pool:
    made = read_pool(slug, {**FIVE_THOUSAND, **doc}, SHOP)
    coupons.put(tx, made, now)
    if made.code is not None:
        coupons.add_codes(tx, slug, [made.code], now)
    coupons.add_codes(tx, slug, codes, now)
    return made


def claim(tx: Tx, one: Pool, name: str, now: int, network: str = "home", popup: str = "hi") -> Any:
    return coupons.claim(tx, one, popup, someone(tx, name), now, now // DAY, network)


def bought(
    name: str, order: str, now: int, *, value: int = 20_000, kind: str = "purchase", **params: Any
) -> Event:
    return Event(
        event_id=f"{kind}-{order}-{now}",
        visitor_id=f"{name}-0123456789abcdef",
        name=kind,
        at=now,
        received_at=now,
        params=params,
        currency="KRW",
        value=value,
        transaction_id=order,
    )


def standing(tx: Tx, slug: str = "spring") -> dict[str, int]:
    row = coupons.get(tx, slug)
    assert row is not None
    return {key: row[key] for key in ("free", "given", "held", "spent")}


def counted(tx: Tx, *columns: str) -> list[tuple[Any, ...]]:
    """What took a code of ours off, in the order of the orders."""
    return [tuple(row[column] for column in columns) for row in tx.all(COUNTED)]


def test_a_code_goes_to_one_person_and_stays_with_them(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, ["A-1", "A-2"])
        mina, cho = claim(tx, one, "mina", now), claim(tx, one, "cho", now)
        assert (mina, cho) == (Claim("A-1", None, True), Claim("A-2", None, True))
        assert claim(tx, one, "mina", now + HOUR) == Claim("A-1", None, False)
        assert claim(tx, one, "ana", now) == GONE


def test_another_popup_of_the_same_pool_gives_another_code(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, ["A-1", "A-2"])
        first, other = claim(tx, one, "mina", now), claim(tx, one, "mina", now, popup="bye")
        assert {first.code, other.code} == {"A-1", "A-2"}


def test_a_code_that_any_pool_has_is_not_taken_in_twice(store: Store, now: int) -> None:
    with store.write() as tx:
        pool(tx, now, ["A-1"])
        pool(tx, now, slug="autumn")
        assert coupons.add_codes(tx, "autumn", ["a-1", "B-1", "B-1"], now) == 1
        assert standing(tx, "autumn")["free"] == 1


def test_a_code_ends_when_it_was_said_to_and_there_is_no_second_one(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, ["A-1", "A-2"], expires={"after": "48h"})
        assert claim(tx, one, "mina", now).expires_at == now + 48 * HOUR
        later = claim(tx, one, "mina", now + 47 * HOUR)
        assert (later.expires_at, later.new) == (now + 48 * HOUR, False)
        assert claim(tx, one, "mina", now + 48 * HOUR) == EXPIRED
        assert not coupons.available(tx, "spring", someone(tx, "mina"), now + 48 * HOUR, "hi")
        assert coupons.available(tx, "spring", someone(tx, "cho"), now + 48 * HOUR, "hi")


def test_a_pool_that_is_over_gives_nothing_more(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, ["A-1"], expires={"at": now + HOUR})
        assert coupons.available(tx, "spring", None, now)
        assert not coupons.available(tx, "spring", None, now + HOUR)
        assert claim(tx, one, "mina", now + HOUR) == GONE


def test_who_has_a_code_is_shown_it_though_the_pool_is_empty(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, ["A-1"])
        claim(tx, one, "mina", now)
        mina, cho = someone(tx, "mina"), someone(tx, "cho")
        wanted = {"hi": "spring", "bye": "spring"}
        assert coupons.closed(tx, wanted, mina, now) == {"bye"}
        assert coupons.closed(tx, wanted, cho, now) == {"hi", "bye"}


def test_one_text_for_everybody_is_counted_against_its_budget(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, kind="text", code="HELLO", budget={"codes": 2})
        assert [claim(tx, one, who, now).code for who in ("mina", "cho")] == ["HELLO", "HELLO"]
        assert claim(tx, one, "ana", now) == GONE


def test_a_budget_of_money_holds_what_is_out_and_takes_it_back_when_it_ends(
    store: Store, now: int
) -> None:
    with store.write() as tx:
        money = {"budget": {"money": 10_000}, "expires": {"after": "1h"}}
        one = pool(tx, now, ["A-1", "A-2", "A-3"], **money)
        assert isinstance(claim(tx, one, "mina", now), Claim)
        assert isinstance(claim(tx, one, "cho", now), Claim)
        assert claim(tx, one, "ana", now) == GONE
        assert coupons.end_expired(tx, now + HOUR) == 2
        assert standing(tx)["held"] == 0
        assert isinstance(claim(tx, one, "ana", now + HOUR), Claim)


def test_one_network_gets_so_many_codes_a_day(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, [f"A-{n}" for n in range(9)], per_network=2)
        got = [claim(tx, one, f"bot{n}", now) for n in range(5)]
        assert [isinstance(found, Claim) for found in got] == [True, True, False, False, False]
        assert got[-1] == LATER
        assert isinstance(claim(tx, one, "mina", now, network="office"), Claim)
        assert isinstance(claim(tx, one, "bot9", now + DAY), Claim)


def test_networks_are_forgotten_with_their_day(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, ["A-1", "A-2"])
        claim(tx, one, "mina", now, network="home")
        claim(tx, one, "cho", now + DAY, network="office")
        rows = tx.all("select network from coupon_networks")
        assert [row["network"] for row in rows] == ["office"]
        assert coupons.forget_networks(tx, (now + 2 * DAY) // DAY) == 1


@pytest.mark.parametrize("budget", [{"codes": 7}, {"money": 35_000}])
def test_claims_of_one_moment_never_overspend_a_budget(
    store: Store, now: int, budget: dict[str, int]
) -> None:
    with store.write() as tx:
        one = pool(tx, now, [f"A-{n}" for n in range(50)], budget=budget, per_network=1000)
        people = [someone(tx, f"p{n:02}") for n in range(50)]
    begin, got = threading.Barrier(50), list[Any]()

    def come(profile: int) -> None:
        begin.wait()
        with store.write() as tx:
            got.append(coupons.claim(tx, one, "hi", profile, now, now // DAY, "home"))

    threads = [threading.Thread(target=come, args=(profile,)) for profile in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = [found.code for found in got if isinstance(found, Claim)]
    assert (len(codes), len(set(codes)), len(got)) == (7, 7, 50)
    with store.read() as tx:
        assert (standing(tx)["given"], standing(tx)["held"]) == (7, 35_000)


def test_an_order_that_names_a_code_redeems_it(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, ["A-1"], budget={"money": 10_000})
        claim(tx, one, "mina", now)
        assert standing(tx) == {"free": 0, "given": 1, "held": 5_000, "spent": 0}
        collect(tx, SHOP, [bought("mina", "B-1", now + HOUR, coupon=" a-1 ", discount=4000)])
        assert standing(tx) == {"free": 0, "given": 1, "held": 0, "spent": 4_000}
        assert counted(tx, "transaction_id", "code", "value") == [("B-1", "a-1", 4_000)]
        assert redemptions.by_pool(tx)["spring"]["money"] == 4_000
        (code,) = coupons.codes(tx, "spring", 10)
        assert (code["state"], code["transaction_id"]) == ("redeemed", "B-1")


def test_what_the_server_confirms_without_a_coupon_keeps_what_the_page_said(
    store: Store, now: int
) -> None:
    with store.write() as tx:
        pool(tx, now, ["A-1"])
        collect(tx, SHOP, [bought("mina", "B-1", now, coupon="A-1")])
        told = bought("mina", "B-1", now + 1)
        told = Event(
            **{key: getattr(told, key) for key in told.__struct_fields__ if key != "source"},
            source="server",
        )
        collect(tx, SHOP, [told])
        assert counted(tx, "value") == [(5_000,)]
        assert standing(tx)["spent"] == 5_000


def test_an_order_that_went_back_gives_its_discount_back(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, ["A-1"])
        claim(tx, one, "mina", now)
        collect(tx, SHOP, [bought("mina", "B-1", now, coupon="A-1")])
        collect(tx, SHOP, [bought("mina", "B-1", now + HOUR, kind="refund", value=3_000)])
        assert standing(tx)["spent"] == 5_000
        collect(tx, SHOP, [bought("mina", "B-1", now + 2 * HOUR, kind="refund", value=17_000)])
        assert standing(tx) == {"free": 0, "given": 1, "held": 5_000, "spent": 0}
        assert redemptions.by_pool(tx) == {}


def test_a_code_for_one_order_counts_once(store: Store, now: int) -> None:
    with store.write() as tx:
        pool(tx, now, ["A-1"])
        collect(tx, SHOP, [bought("cho", "B-2", now + HOUR, coupon="A-1")])
        collect(tx, SHOP, [bought("mina", "B-1", now, coupon="A-1")])
        assert counted(tx, "transaction_id") == [("B-1",)]
        assert standing(tx)["spent"] == 5_000
        assert redemptions.by_pool(tx)["spring"]["again"] == 1
        collect(tx, SHOP, [bought("mina", "B-1", now + DAY, kind="refund")])
        assert counted(tx, "transaction_id") == [("B-2",)]
        assert standing(tx)["spent"] == 5_000


def test_one_text_for_everybody_counts_in_every_order(store: Store, now: int) -> None:
    with store.write() as tx:
        pool(tx, now, kind="text", code="HELLO", discount={"percent": 10})
        collect(tx, SHOP, [bought("mina", "B-1", now, coupon="HELLO", value=9_000)])
        collect(tx, SHOP, [bought("cho", "B-2", now, coupon="hello", value=18_000)])
        assert counted(tx, "value") == [(1_000,), (2_000,)]
        assert standing(tx)["spent"] == 3_000


def test_codes_that_are_not_ours_are_named_with_how_often_they_came(store: Store, now: int) -> None:
    with store.write() as tx:
        pool(tx, now, ["A-1"])
        collect(tx, SHOP, [bought("mina", "B-1", now, coupon="INFLUENCER, A-1")])
        collect(tx, SHOP, [bought("cho", "B-2", now, coupon="influencer")])
        (unknown,) = redemptions.unknown(tx)
        assert (unknown["code"].upper(), unknown["orders"]) == ("INFLUENCER", 2)
        assert counted(tx, "code") == [("A-1",)]


def costs(tx: Tx) -> list[int]:
    return [row["cost"] for row in tx.all("select cost from orders order by transaction_id")]


def test_an_order_costs_what_its_value_does_not_show(store: Store, now: int) -> None:
    with store.write() as tx:
        pool(tx, now, kind="text", code="HELLO", discount={"amount": 1000})
        shipped = {"free_shipping": True, "most": 3000}
        pool(tx, now, kind="text", code="SHIP", discount=shipped, slug="ship")
        collect(tx, SHOP, [bought("mina", "B-1", now, coupon="HELLO")])
        collect(tx, SHOP, [bought("mina", "B-2", now + 1, coupon="SHIP")])
        assert costs(tx) == [0, 3_000]


def test_a_shop_that_tells_the_value_before_the_discount_has_it_deducted(
    store: Store, now: int
) -> None:
    shop = Shop("moon", "pk", "KRW", settings={"value_before_discount": True})
    with store.write() as tx:
        pool(tx, now, kind="text", code="HELLO", discount={"percent": 10})
        collect(tx, shop, [bought("mina", "B-1", now, coupon="HELLO")])
        assert costs(tx) == [2_000]


def test_proof_deducts_what_a_coupon_cost_beside_the_value(store: Store, now: int) -> None:
    hello = {"trigger": {"on": "load"}, "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}]}
    met = bought("mina", "none", now)
    met = Event(met.event_id, met.visitor_id, "popup_view", now, now, {"popup_id": "hello"})
    with store.write() as tx:
        campaigns.put(tx, "popup", "hello", hello, True, now)
        free = {"free_shipping": True, "most": 3000}
        pool(tx, now, kind="text", code="SHIP", discount=free)
        collect(tx, SHOP, [met])
        collect(tx, SHOP, [bought("mina", "B-1", now + 1, coupon="SHIP", value=20_000)])
        row = campaigns.get(tx, "popup", "hello")
        assert row is not None
        assert proof.outcome(tx, row, now + HOUR, "KRW", 0.5).shown.revenue == 17_000


def test_who_is_erased_takes_the_order_along_and_gives_no_code_back(store: Store, now: int) -> None:
    with store.write() as tx:
        one = pool(tx, now, ["A-1"], budget={"money": 5_000})
        claim(tx, one, "mina", now)
        collect(tx, SHOP, [bought("mina", "B-1", now, coupon="A-1")])
        profiles.erase(tx, "mina-0123456789abcdef")
        assert costs(tx) == []
        assert standing(tx) == {"free": 0, "given": 1, "held": 0, "spent": 5_000}
        assert claim(tx, one, "cho", now) == GONE
        rows = tx.all("select profile, transaction_id from coupon_claims, redemptions")
        assert rows == [{"profile": None, "transaction_id": None}]


Deed = tuple[str, int, int]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["buy", "back", "claim", "end"]), st.integers(0, 5), st.integers(0, 3)
        ),
        max_size=25,
    )
)
def test_the_counts_of_a_pool_are_what_its_rows_say_whatever_happens(
    store: Store, now: int, deeds: list[Deed]
) -> None:
    with store.write() as tx, tx.savepoint():
        one = pool(tx, now, ["A-0", "A-1", "A-2", "A-3"], expires={"after": "1h"})
        for step, (what, order, code) in enumerate(deeds):
            at = now + step * 60_000
            if what == "claim":
                claim(tx, one, f"p{order}", at, network=f"n{order}")
            elif what == "end":
                coupons.end_expired(tx, at + HOUR * code)
            else:
                kind = "purchase" if what == "buy" else "refund"
                event = bought(f"p{order}", f"B-{order}", at, kind=kind, coupon=f"A-{code}")
                collect(tx, SHOP, [event])
        counted = tx.one(
            "select coalesce(sum(case when counts = 1 and back = 0 then value else 0 end), 0) as s"
            " from redemptions where pool = 'spring'"
        )
        held = tx.value("select coalesce(sum(worth), 0) from coupon_claims where state = 'open'")
        free = tx.value("select count(*) from coupon_codes where given_at is null")
        found = standing(tx)
        assert counted is not None
        assert (found["spent"], found["held"], found["free"]) == (counted["s"], held, free)
        once = tx.all("select folded from redemptions where counts = 1 and back = 0")
        assert len({row["folded"] for row in once}) == len(once)
        raise_undo(tx)


def raise_undo(tx: Tx) -> None:
    """Leave nothing for the next example."""
    for table in ("coupon_pools", "redemptions", "profiles", "coupon_networks"):
        tx.run(f"delete from {table}")
