"""The promises of plugin.serve.retain.manners, reach and trace: who is left in peace, and why."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.profile.profile import Profile
from plugin.serve.experiment import arm
from plugin.serve.retain.choose import Decision, choose
from plugin.serve.retain.moment import Moment, Seen
from plugin.serve.retain.popup import OVERLAYS, Popup, read_popup
from plugin.serve.retain.trace import traced
from plugin.shop import DAY, HOUR, SECOND

SEOUL = ZoneInfo("Asia/Seoul")
NOON = datetime(2026, 11, 3, 12, tzinfo=SEOUL)
MINA = "mina-000000000001"
DESKTOP, PHONE = Profile(MINA, device="desktop"), Profile(MINA, device="mobile")
HERE = Moment(MINA, "/shoes", NOON, lambda rule: True, profile=DESKTOP)


def popup(slug: str = "hello", **changes: Any) -> Popup:
    doc = {
        "trigger": {"on": "exit"},
        "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
        "control_share": 0,
        **changes,
    }
    return read_popup(slug, doc)


def chosen(*popups: Popup, **moment: Any) -> str | None:
    decision = choose(popups, replace(HERE, **moment))
    return decision and decision.popup.slug


def met(slug: str, kind: str, **views: int) -> dict[str, Any]:
    """That the visitor met a popup of that kind, as a change of the moment."""
    return {"seen": {slug: Seen(**views)}, "kinds": {slug: kind, "hello": "modal"}}


# -- for whom ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "profile", "offered"),
    [
        ({"devices": ["phone"]}, PHONE, True),
        ({"devices": ["phone"]}, DESKTOP, False),
        ({"sources": ["email"]}, Profile(MINA, channel_last="email"), True),
        ({"sources": ["newsletter"]}, Profile(MINA, source_last="Newsletter"), True),
        ({"sources": ["spring"]}, Profile(MINA, campaign_last="spring"), True),
        ({"sources": ["paid"]}, Profile(MINA, channel_last="email"), False),
        ({"visitors": "new"}, Profile(MINA, sessions_total=1), True),
        ({"visitors": "new"}, Profile(MINA, sessions_total=2), False),
        ({"visitors": "returning"}, Profile(MINA, sessions_total=2), True),
        ({"visitors": "returning"}, Profile(MINA), False),
        ({"cart": {"value_min": 500}}, Profile(MINA, cart_items_now=1, cart_value_now=500), True),
        ({"cart": {"value_max": 499}}, Profile(MINA, cart_items_now=1, cart_value_now=500), False),
        ({"cart": {"items_min": 2}}, Profile(MINA, cart_items_now=1), False),
        ({"cart": {"empty": True}}, Profile(MINA), True),
        ({"cart": {"empty": False}}, Profile(MINA), False),
    ],
)
def test_a_popup_comes_to_those_it_is_for(
    change: dict[str, Any], profile: Profile, offered: bool
) -> None:
    # A bar: a modal waits on a phone's first page.
    assert (chosen(popup(kind="bar", **change), profile=profile) == "hello") is offered


def test_a_cart_is_measured_in_the_shops_own_money() -> None:
    cart = Profile(MINA, cart_items_now=1, cart_value_now=1_250)

    assert chosen(popup(cart={"value_min": 12.5}), profile=cart, currency="EUR") == "hello"
    assert chosen(popup(cart={"value_min": 12.51}), profile=cart, currency="EUR") is None


def test_a_popup_may_be_for_readers_of_some_languages() -> None:
    korean = popup(languages=["ko"])

    assert chosen(korean, language="ko-kr") == "hello"
    assert chosen(korean, language="en") is None


def test_a_popup_for_a_segment_entered_comes_only_in_that_visit() -> None:
    waits = popup(trigger={"on": "segment_entered", "segment": "vip"})

    assert chosen(waits, entered=lambda slug: slug == "vip") == "hello"
    assert chosen(waits, entered=lambda slug: False) is None


def test_a_segment_that_nobody_entered_leaves_the_other_triggers_waiting() -> None:
    either = popup(trigger=[{"on": "segment_entered", "segment": "vip"}, {"on": "exit"}])

    def waits_for(entered: bool) -> list[str]:
        decision = choose([either], replace(HERE, entered=lambda slug: entered))
        assert decision is not None
        return [one.on for one in decision.triggers]

    assert waits_for(False) == ["exit"]
    assert waits_for(True) == ["segment_entered", "exit"]


def test_a_popup_for_the_third_page_comes_on_the_third_and_not_before() -> None:
    third = popup(trigger={"on": "nth_page", "pages": 3})

    assert chosen(third, pages=lambda: 2) is None
    assert chosen(third, pages=lambda: 3) == "hello"


def test_a_popup_for_a_full_cart_comes_once_the_cart_is_worth_so_much() -> None:
    full = popup(trigger={"on": "cart_value", "value": 12.5})

    def comes_at(value: int) -> bool:
        cart = Profile(MINA, cart_items_now=1, cart_value_now=value)
        return chosen(full, profile=cart, currency="EUR") == "hello"

    assert (comes_at(1_249), comes_at(1_250)) == (False, True)


def test_a_cart_that_is_worth_too_little_leaves_the_other_triggers_waiting() -> None:
    either = popup(trigger=[{"on": "cart_value", "value": 50}, {"on": "exit"}])

    decision = choose([either], HERE)

    assert decision is not None
    assert [one.on for one in decision.triggers] == ["exit"]


# -- manners -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(OVERLAYS))
def test_a_visit_meets_one_popup_over_the_page_whatever_its_campaign(kind: str) -> None:
    before = met("other", kind, views_visit=1, views_week=1)

    assert chosen(popup(), **before) is None
    assert chosen(popup(kind="bar"), **before) == "hello"
    assert chosen(popup(), **met("other", "bar", views_visit=1)) == "hello"


def test_a_week_meets_three_popups_over_the_page_whatever_their_campaigns() -> None:
    assert chosen(popup(), **met("other", "modal", views_week=2)) == "hello"
    assert chosen(popup(), **met("other", "modal", views_week=3)) is None


def test_a_popup_that_the_owner_took_away_counts_as_one_over_the_page() -> None:
    assert chosen(popup(), seen={"gone": Seen(views_visit=1)}, kinds={"hello": "modal"}) is None


def test_an_owner_who_allows_a_popup_twice_a_visit_is_taken_at_his_word() -> None:
    before = met("hello", "modal", views_visit=1, views_week=1)

    assert chosen(popup(caps={"per_visit": 2}), **before) == "hello"
    assert chosen(popup(caps={"per_week": 9}), **before) is None


def test_between_two_popups_lie_thirty_seconds() -> None:
    def ago(ms: int) -> dict[str, Any]:
        return met("other", "bar", views_visit=1, last_at=HERE.now - ms)

    assert chosen(popup(kind="bar"), **ago(29 * SECOND)) is None
    assert chosen(popup(kind="bar"), **ago(30 * SECOND)) == "hello"


def test_who_is_averse_to_popups_meets_none_over_the_page() -> None:
    averse = {"belongs": lambda name: name == "popup-averse"}

    assert chosen(popup(), **averse) is None
    assert chosen(popup(kind="slide"), **averse) is None
    assert chosen(popup(kind="bar"), **averse) == "hello"


def test_nothing_covers_a_phones_first_page_of_a_visit() -> None:
    assert chosen(popup(), profile=PHONE, pages=lambda: 1) is None
    assert chosen(popup(), profile=PHONE, pages=lambda: 2) == "hello"
    assert chosen(popup(), profile=DESKTOP, pages=lambda: 1) == "hello"


def test_a_popup_may_come_as_a_bar_on_a_phones_first_page() -> None:
    def kind_on(page: int) -> str | None:
        moment = replace(HERE, profile=PHONE, pages=lambda: page)
        decision = choose([popup(phone_first_page="bar")], moment)
        return decision and decision.kind

    assert (kind_on(1), kind_on(2)) == ("bar", "modal")


@pytest.mark.parametrize("name", ["full-price", "return-heavy", "hot-leads"])
def test_who_needs_no_discount_gets_no_code(name: str) -> None:
    there = {"belongs": lambda asked: asked == name}

    assert chosen(popup(coupon_pool="autumn"), **there) is None
    assert chosen(popup(discount=True), **there) is None
    assert chosen(popup(coupon_pool="autumn", shield=False), **there) == "hello"
    assert chosen(popup(), **there) == "hello"


def test_a_popup_without_a_code_left_makes_room_for_the_next() -> None:
    first, second = popup("first", coupon_pool="autumn", priority=9), popup("second")

    assert chosen(first, second, without_code=lambda: {"first"}) == "second"


# -- why -----------------------------------------------------------------------------------------


def conditions(*popups: Popup, **moment: Any) -> dict[str, dict[str, bool]]:
    found = traced(popups, replace(HERE, **moment))
    return {one.popup.slug: {c.code: c.holds for c in one.conditions} for one in found}


def test_a_trace_goes_on_where_the_decision_stopped() -> None:
    asked = popup(pages=["/cart"], caps={"per_week": 3}, devices=["mobile"])

    [found] = traced([asked], replace(HERE, seen={"hello": Seen(views_week=3)}))

    assert found.outcome == "blocked"
    assert [one.code for one in found.conditions if not one.holds][:2] == ["pages", "device"]
    cap = next(one for one in found.conditions if one.code == "cap_week")
    assert (cap.holds, cap.told) == (False, {"met": 3, "most": 3})
    assert found.blocked_by is not None
    assert found.blocked_by.code == "pages"


def test_a_trace_names_the_campaign_that_won() -> None:
    lost, won = traced([popup("a"), popup("b", priority=5)], HERE)[::-1]

    assert (won.popup.slug, won.outcome, won.winner) == ("b", "show", "b")
    assert (lost.outcome, lost.winner) == ("outranked", "b")
    assert lost.conditions[-1].told == {"priority": 0, "winner": "b"}


def test_a_trace_asks_nothing_that_the_owner_did_not_ask() -> None:
    assert set(conditions(popup(kind="bar", caps={}, stop_on=[]))["hello"]) == {
        "enabled", "checkout", "schedule", "others_visit", "gap", "rank",
    }  # fmt: skip


# -- laws ----------------------------------------------------------------------------------------

KINDS = st.sampled_from(["modal", "bar", "slide", "inline", "teaser"])
CAPS = st.dictionaries(
    st.sampled_from(["per_visit", "per_day", "per_week", "ever"]), st.integers(1, 3)
)


@st.composite
def campaigns(draw: st.DrawFn) -> list[Popup]:
    return [
        popup(
            f"p{number}", kind=draw(KINDS), caps=draw(st.none() | CAPS), stop_on=[],
            priority=draw(st.integers(0, 2)), control_share=draw(st.sampled_from([0, 0.5])),
        )
        for number in range(draw(st.integers(1, 4)))
    ]  # fmt: skip


@dataclass
class Life:
    """Pages of one visitor, in visits, each asked for a popup that is met at once."""

    visitor_id: str = MINA
    views: list[tuple[str, datetime, int]] = field(default_factory=list)
    visit: int = 0

    def opens(self, popups: list[Popup], when: datetime) -> Decision | None:
        decision = choose(popups, self.moment(popups, when))
        if decision is not None:
            self.views.append((decision.popup.slug, when, self.visit))
        return decision

    def moment(self, popups: list[Popup], when: datetime, path: str = "/shoes") -> Moment:
        seen = {}
        for slug in {slug for slug, _, _ in self.views}:
            own = [(at, visit) for name, at, visit in self.views if name == slug]
            seen[slug] = Seen(
                views_visit=sum(visit == self.visit for _, visit in own),
                views_day=sum(at > when - timedelta(days=1) for at, _ in own),
                views_week=sum(at > when - timedelta(days=7) for at, _ in own),
                views_ever=len(own),
                last_at=int(max(at for at, _ in own).timestamp() * 1000),
            )
        return replace(
            HERE, visitor_id=self.visitor_id, page_path=path, now_local=when, seen=seen,
            kinds={one.slug: one.kind for one in popups},
        )  # fmt: skip


# How long until the next page (ms), and whether it begins another visit.
STEPS = st.lists(
    st.tuples(st.sampled_from([SECOND, 40 * SECOND, 2 * HOUR, DAY, 3 * DAY]), st.booleans()),
    max_size=25,
)


@given(campaigns(), STEPS)
def test_caps_and_budgets_hold_in_any_order_of_pages(
    popups: list[Popup], steps: list[tuple[int, bool]]
) -> None:
    life, when, by_slug = Life(), NOON, {one.slug: one for one in popups}
    for wait, is_new in steps:
        when += timedelta(milliseconds=wait)
        life.visit += is_new
        life.opens(popups, when)
    for number, (slug, at, visit) in enumerate(life.views):
        until, one = life.views[: number + 1], by_slug[slug]
        own = [view for view in until if view[0] == slug]
        caps = one.caps
        assert caps.per_visit is None or sum(v == visit for _, _, v in own) <= caps.per_visit
        day, week = at - timedelta(days=1), at - timedelta(days=7)
        assert caps.per_day is None or sum(t > day for _, t, _ in own) <= caps.per_day
        assert caps.per_week is None or sum(t > week for _, t, _ in own) <= caps.per_week
        assert caps.ever is None or len(own) <= caps.ever
        others = [view for view in until if view[0] != slug]
        assert sum(v == visit for _, _, v in others) <= 2
        assert all(at - t >= timedelta(seconds=30) for _, t, _ in others)
        if one.kind in OVERLAYS:
            over = [view for view in others if by_slug[view[0]].kind in OVERLAYS]
            assert not any(v == visit for _, _, v in over)
            assert sum(t > week for _, t, _ in over) < 3
            if caps.per_visit is None:
                assert sum(v == visit for _, _, v in own) == 1
            if caps.per_week is None:
                assert sum(t > week for _, t, _ in [*over, *own]) <= 3


@given(campaigns(), STEPS)
def test_the_control_group_meets_a_popup_as_often_as_those_who_are_shown_it(
    popups: list[Popup], steps: list[tuple[int, bool]]
) -> None:
    lives = [Life(f"visitor-{number:08d}") for number in range(6)]
    when = NOON
    for wait, is_new in steps:
        when += timedelta(milliseconds=wait)
        for life in lives:
            life.visit += is_new
            life.opens(popups, when)

    assert all(life.views == lives[0].views for life in lives)


@given(campaigns(), st.integers(0, 99), st.sampled_from(["/shoes", "/checkout", "/payment/card"]))
def test_a_decision_is_always_the_same_and_never_falls_on_a_checkout(
    popups: list[Popup], visitor: int, path: str
) -> None:
    moment = replace(HERE, visitor_id=f"visitor-{visitor:08d}", page_path=path)

    first, again = choose(popups, moment), choose(popups[::-1], moment)

    assert first == again
    if path != "/shoes":
        assert first is None
        assert all(not one["checkout"] for one in conditions(*popups, page_path=path).values())


@given(campaigns(), STEPS)
def test_the_trace_says_of_each_popup_what_the_decision_does(
    popups: list[Popup], steps: list[tuple[int, bool]]
) -> None:
    life, when = Life(), NOON
    for wait, is_new in steps:
        when += timedelta(milliseconds=wait)
        life.visit += is_new
        traces = traced(popups, life.moment(popups, when))
        decision = life.opens(popups, when)
        winner = decision and decision.popup.slug
        for one in traces:
            assert one.winner == winner
            assert (one.outcome in ("show", "control")) == (one.popup.slug == winner)
            assert (one.blocked_by is None) == (one.popup.slug == winner)
            if one.popup.slug == winner:
                share = one.popup.control_share
                assert share is not None
                assert one.outcome == arm(one.popup.slug, MINA, share)
