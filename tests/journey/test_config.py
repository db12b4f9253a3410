"""A whole shop as one document: all of it or nothing, and what GET gave changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin import journey
from plugin.errors import DocumentRefused, PluginError
from plugin.journey.config import put_config, settle_settings, whole_shop
from plugin.serve.whole import any_change, changes, read_whole, tag_of
from plugin.shop import Shop
from plugin.storage import campaigns, proof, segments, wanted
from plugin.storage.engine import Store

EMPTY: dict[str, dict[str, Any]] = {"segments": {}, "popups": {}, "windows": {}, "settings": {}}
BUYERS = {"trait": "orders_total", "op": ">=", "value": 1}
POPUP: dict[str, Any] = {
    "trigger": {"on": "load"},
    "variants": [{"blocks": [{"type": "text", "text": "Hello"}]}],
}
PERSON = """
insert into profiles (visitor_id, first_seen_at, last_seen_at) values (:visitor_id, :at, :at)
returning id
"""
Put = Callable[..., dict[str, Any]]


@pytest.fixture
def put(store: Store, shop: Shop, now: int) -> Put:
    """Puts a document, read as the API reads it."""

    def done(document: dict[str, Any], **words: Any) -> dict[str, Any]:
        read = read_whole({"version": 1, **document}, shop.currency)
        with store.write() as tx:
            return put_config(tx, shop, read, **{"now": now, **words})

    return done


@pytest.fixture
def whole(store: Store, shop: Shop) -> Callable[[], dict[str, Any]]:
    """What GET gives now."""

    def got() -> dict[str, Any]:
        with store.read() as tx:
            return whole_shop(tx, shop)

    return got


def segment(rule: Any, **more: Any) -> dict[str, Any]:
    return {"name": "Buyers", "rule": rule, "kind": "rule", "enabled": True, **more}


SLUGS = st.sampled_from(["gold", "silver", "tin", "iron"])
TEXTS = st.text("abc <&\"'한", min_size=1, max_size=8).filter(str.strip)
SEGMENTS = st.builds(
    segment,
    st.sampled_from([BUYERS, {"everyone": True}, {"any": [BUYERS, {"bucket": "a", "below": 10}]}]),
    name=TEXTS,
    kind=st.sampled_from(["rule", "static"]),
    enabled=st.booleans(),
)
MORE = {"name": TEXTS, "control_share": st.sampled_from([0, 0.1, 0.5])}
POPUPS = st.fixed_dictionaries(
    {name: st.just(value) for name, value in POPUP.items()} | {"enabled": st.booleans()},
    optional=MORE | {"priority": st.integers(0, 9), "audience": st.just({"rule": BUYERS})},
)
WINDOWS = st.fixed_dictionaries(
    {"strategies": st.just(["bestsellers"]), "enabled": st.booleans()},
    optional=MORE | {"max": st.integers(1, 9), "audience": st.just({"rule": BUYERS})},
)
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "home_country": st.sampled_from(["KR", "DE"]),
        "store_cities": st.lists(st.sampled_from(["Seoul", "Busan"]), min_size=1, unique=True),
        "free_shipping_from": st.integers(1, 10**6),
        "checkout_pages": st.just(["/pay/*"]),
        "map": st.just({"product": {"name": "h1"}}),
        "control_share": st.sampled_from([0, 0.25]),
        "value_before_discount": st.booleans(),
    },
)
WHOLES = st.fixed_dictionaries(
    {
        "segments": st.dictionaries(SLUGS, SEGMENTS, max_size=3),
        "popups": st.dictionaries(SLUGS, POPUPS, max_size=3),
        "windows": st.dictionaries(SLUGS, WINDOWS, max_size=3),
        "settings": SETTINGS,
    }
)


def backwards(document: Any) -> Any:
    """The same with the keys of every object in the opposite order."""
    if isinstance(document, dict):
        return {name: backwards(document[name]) for name in reversed(document)}
    return list(map(backwards, document)) if isinstance(document, list) else document


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WHOLES)
def test_a_document_comes_back_as_it_was_put_and_putting_it_again_changes_nothing(
    put: Put, whole: Callable[[], dict[str, Any]], store: Store, document: dict[str, Any]
) -> None:
    before = whole()
    said = put(document)
    assert whole() == document
    assert said["changes"] == changes(before, document)
    assert said["etag"] == tag_of(document)
    with store.read() as tx:
        mark = campaigns.generation(tx)

    again = put(backwards(whole()))

    assert not any_change(again["changes"])
    with store.read() as tx:
        assert campaigns.generation(tx) == mark


def test_a_number_may_come_back_written_in_another_way(put: Put) -> None:
    popups = {"hello": {**POPUP, "priority": 5}}
    put({**EMPTY, "popups": popups, "settings": {"free_shipping_from": 50_000}})

    said = put(
        {
            **EMPTY,
            "popups": {"hello": {**POPUP, "priority": 5.0}},
            "settings": {"free_shipping_from": 50_000.0},
        }
    )

    assert not any_change(said["changes"])


def test_a_look_says_what_would_change_and_writes_nothing(
    put: Put, whole: Callable[[], dict[str, Any]]
) -> None:
    put({**EMPTY, "segments": {"old": segment(BUYERS), "vip": segment(BUYERS)}})
    before = whole()
    vip = segment({"everyone": True}, name="VIP")

    said = put(
        {**EMPTY, "segments": {"vip": vip, "new": vip}, "settings": {"home_country": "KR"}},
        dry_run=True,
    )

    assert said["changes"]["segments"] == {
        "added": ["new"], "changed": {"vip": ["name", "rule"]}, "removed": ["old"],
    }  # fmt: skip
    assert said["changes"]["settings"] == {"added": ["home_country"], "changed": [], "removed": []}
    assert said["changes"]["popups"] == {"added": [], "changed": {}, "removed": []}
    assert whole() == before
    assert said["etag"] == tag_of(before)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"segments": {"a": segment({"trait": "x"})}}, "segments.a.rule"),
        ({"segments": {"a": segment({"segment": "b"})}}, "segments.a: there is no segment"),
        (
            {"segments": {"a": segment({"segment": "b"}), "b": segment({"segment": "a"})}},
            "segments: these segments go round in a circle",
        ),
        ({"popups": {"p": {**POPUP, "kind": "tv"}}}, "popups.p.kind is 'tv'"),
        ({"popups": {"p": {**POPUP, "coupon_pool": "x"}}}, "popups.p: there is no coupon pool"),
        ({"windows": {"w": {"strategies": ["luck"]}}}, "windows.w.strategies"),
        (
            {"windows": {"w": {"strategies": ["offers"], "audience": {"segment": "x"}}}},
            "windows.w: there is no segment called x",
        ),
    ],
)  # fmt: skip
def test_one_thing_that_cannot_be_leaves_everything_as_it_was(
    put: Put, whole: Callable[[], dict[str, Any]], document: dict[str, Any], says: str
) -> None:
    put({**EMPTY, "segments": {"vip": segment(BUYERS)}, "settings": {"home_country": "KR"}})
    before = whole()

    good = {"popups": {"good": POPUP}, "settings": {"home_country": "DE"}}
    with pytest.raises(DocumentRefused) as refused:
        put({**EMPTY, **good, **document})

    assert says in refused.value.message
    assert whole() == before


def test_segments_may_come_in_any_order_and_go_together(
    put: Put, whole: Callable[[], dict[str, Any]]
) -> None:
    chain = {"a": segment({"segment": "b"}), "b": segment({"segment": "c"}), "c": segment(BUYERS)}
    popup = {**POPUP, "audience": {"segment": "a"}, "enabled": True}
    put({**EMPTY, "segments": chain, "popups": {"p": popup}})
    assert whole()["popups"]["p"] == popup

    with pytest.raises(DocumentRefused, match=r"segments.a: in use by popup p"):
        put({**EMPTY, "popups": {"p": popup}})
    put(EMPTY)

    assert whole() == EMPTY


def test_a_shop_that_changed_meanwhile_is_not_overwritten(
    put: Put, whole: Callable[[], dict[str, Any]]
) -> None:
    seen = put(EMPTY)["etag"]
    put({**EMPTY, "segments": {"vip": segment(BUYERS)}})

    with pytest.raises(PluginError) as refused:
        put({**EMPTY, "segments": {"gold": segment(BUYERS)}}, if_match=seen)

    assert (refused.value.status, refused.value.code) == (412, "changed")
    assert list(whole()["segments"]) == ["vip"]


def test_what_a_removed_popup_brought_stays_on_record_for_when_it_comes_back(
    put: Put, store: Store, now: int
) -> None:
    put({**EMPTY, "popups": {"hello": {**POPUP, "control_share": 0.5}}})
    with store.write() as tx:
        person = tx.value(PERSON, visitor_id="mina-0123456789abcde", at=now)
        met = {"kind": "popup", "slug": "hello", "profile": person, "arm": "shown"}
        counts = dict.fromkeys(("views", "dismissals", "clicks", "submits"), 1)
        tx.run(campaigns.EXPOSE, **met, **counts, first_at=now, last_at=now)

    put(EMPTY)

    with store.read() as tx:
        assert tx.value("select views from exposures where slug = 'hello'") == 1
        assert [one["share"] for one in tx.all(proof.SPLITS, kind="popup", slug="hello")] == [0.5]


def test_who_is_in_a_static_segment_is_no_part_of_the_document(
    put: Put, store: Store, shop: Shop, now: int, whole: Callable[[], dict[str, Any]]
) -> None:
    with store.write() as tx:
        tx.run(PERSON, visitor_id="mina-0123456789abcde", at=now)
    journey.LONG_STEPS["put_static_segment"](
        store, shop, slug="now", name="Now", rule={"everyone": True}, enabled=True, now=now
    )
    document = whole()
    assert document["segments"]["now"]["kind"] == "static"

    document["segments"]["now"]["name"] = "Those of then"
    document["segments"]["later"] = segment({"everyone": True}, kind="static")
    put(document)

    with store.read() as tx:
        assert len(segments.member_ids(tx, "now")) == 1
        assert segments.member_ids(tx, "later") == set()


def test_a_changed_share_of_the_shop_is_noted_for_what_has_none_of_its_own(
    put: Put, store: Store, now: int
) -> None:
    popups = {"popups": {"own": {**POPUP, "control_share": 0.2}, "shops": POPUP}}
    put({**EMPTY, **popups})

    put({**EMPTY, **popups, "settings": {"control_share": 0.1}}, now=now + 1)

    with store.read() as tx:
        shares = {
            slug: [one["share"] for one in tx.all(proof.SPLITS, kind="popup", slug=slug)]
            for slug in ("own", "shops")
        }
    assert shares == {"own": [0.2], "shops": [0.5, 0.1]}


def test_settings_that_wait_are_what_the_document_says_and_reach_the_shop_later(
    put: Put, store: Store, shop: Shop, whole: Callable[[], dict[str, Any]]
) -> None:
    put({**EMPTY, "settings": {"home_country": "KR"}})

    assert whole()["settings"] == {"home_country": "KR"}
    with store.read() as tx:
        waiting = wanted.look(tx)
    assert waiting is not None
    with store.write() as tx:
        wanted.want(tx, {"home_country": "DE"}, waiting.at)
        wanted.kept(tx, waiting)  # of those before: what was put meanwhile still waits
    assert whole()["settings"] == {"home_country": "DE"}
    assert settle_settings is journey.settle_settings
