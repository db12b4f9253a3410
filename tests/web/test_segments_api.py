"""What a program may ask and say about segments: as of a moment, before saving, by hand."""

from __future__ import annotations

from typing import Any

import pytest

CHO = "cho-0123456789abcdef"
ANA = "ana-0123456789abcdef"
MINA = "mina-0123456789abcde"
HOUR = 3_600_000
DAY = 24 * HOUR
LOOKED = {"event": "view_item", "measure": "count", "op": ">=", "value": 1, "within": "7d"}
BUYERS = {"trait": "orders_total", "op": ">=", "value": 1}


def view(item: str = "boots", **more: Any) -> dict[str, Any]:
    return {"name": "view_item", "params": {"items": [{"item_id": item, "price": 10}]}, **more}


def put(moon: Any, slug: str, **document: Any) -> Any:
    return moon.server("PUT", f"/v1/segments/{slug}", {"name": slug, **document})


def people(moon: Any, slug: str, query: str = "") -> list[str]:
    found = moon.server("GET", f"/v1/segments/{slug}/visitors{query}")
    assert found.status_code == 200, found.get_json()
    return sorted(one["visitor_id"] for one in found.get_json()["visitors"])


def by_hand(moon: Any, slug: str, **words: Any) -> Any:
    return moon.server("POST", f"/v1/segments/{slug}/visitors", words)


def why(moon: Any, visitor: str) -> dict[str, str]:
    seen = moon.server("GET", f"/v1/visitors/{visitor}").get_json()
    return {one["slug"]: one["why"] for one in seen["segments"]}


# As of


def test_members_as_of_a_moment_are_those_whom_the_events_up_to_then_bring_in(
    moon: Any, clock: Any
) -> None:
    put(moon, "looking", rule=LOOKED)
    start = clock.at
    moon.visit(CHO, view())
    clock.at += DAY
    moon.visit(ANA, view())
    assert people(moon, "looking", f"?at={start - 1}") == []
    assert people(moon, "looking", f"?at={start}") == [CHO]
    assert people(moon, "looking", f"?at={clock.at}") == [ANA, CHO]
    assert people(moon, "looking", f"?at={start + 7 * DAY - 1}") == [ANA, CHO]
    assert people(moon, "looking", f"?at={start + 7 * DAY}") == [ANA]


def test_the_moment_may_be_written_with_its_zone(moon: Any) -> None:
    put(moon, "all", rule={"everyone": True})
    event = view(timestamp="2026-01-02T09:00:00+09:00", visitor_id=CHO, event_id="new-year-1")
    moon.server("POST", "/v1/events", {"events": [event]})
    assert people(moon, "all", "?at=2026-01-02T09:00:00%2B09:00") == [CHO]
    assert people(moon, "all", "?at=2026-01-02T09:00:00+09:00") == [CHO]
    assert people(moon, "all", "?at=2026-01-01T23:59:59Z") == []


@pytest.mark.parametrize("at", ["yesterday", "-5", "2026-02-30T00:00:00Z", ""])
def test_a_moment_that_cannot_be_read_is_refused_with_how_to_write_it(moon: Any, at: str) -> None:
    put(moon, "all", rule={"everyone": True})
    answer = moon.server("GET", f"/v1/segments/all/visitors?at={at}")
    assert answer.status_code == 400
    assert "2026-11-24T09:00:00" in answer.get_json()["error"]["message"]


def test_members_as_of_a_moment_are_paged(moon: Any, clock: Any) -> None:
    put(moon, "all", rule={"everyone": True})
    guests = [f"guest-number-{number:05d}" for number in range(5)]
    for guest in guests:
        moon.visit(guest, view())
    found, after = [], 0
    while after is not None:
        path = f"/v1/segments/all/visitors?at={clock.at}&limit=2&after={after}"
        page = moon.server("GET", path).get_json()
        found += [one["visitor_id"] for one in page["visitors"]]
        assert len(page["visitors"]) <= 2
        after = page["next"]
    assert sorted(found) == guests


def test_an_order_confirmed_later_counted_before_as_the_browser_told_it(
    moon: Any, clock: Any
) -> None:
    rich = {"trait": "revenue_total", "op": ">=", "value": 500}
    put(moon, "rich", rule=rich)
    told = {"transaction_id": "A-1", "currency": "KRW", "value": 900, "items": [{"item_id": "b"}]}
    bought = clock.at
    moon.visit(CHO, {"name": "purchase", "params": told})
    clock.at += DAY
    confirmed = {"transaction_id": "A-1", "visitor_id": CHO, "currency": "KRW", "value": 100}
    moon.server("POST", "/v1/orders", {**confirmed, "timestamp": clock.at})
    assert people(moon, "rich") == []
    assert people(moon, "rich", f"?at={bought}") == [CHO]
    assert people(moon, "rich", f"?at={clock.at}") == []


def test_segments_that_a_segment_is_built_on_are_read_as_of_that_moment_too(
    moon: Any, clock: Any
) -> None:
    put(moon, "looking", rule=LOOKED)
    put(moon, "idle", rule={"not": {"segment": "looking"}})
    start = clock.at
    moon.visit(CHO, view())
    clock.at += 8 * DAY
    assert people(moon, "idle") == [CHO]
    assert people(moon, "idle", f"?at={start}") == []
    assert people(moon, "idle", f"?at={start + 8 * DAY}") == [CHO]


def test_since_when_is_told_from_the_history(moon: Any, clock: Any) -> None:
    put(moon, "twice", rule=LOOKED | {"value": 2})
    moon.visit(CHO, view())
    clock.at += HOUR
    moon.visit(CHO, view())
    moon.server("GET", "/v1/segments/twice")
    path = f"/v1/segments/twice/visitors?at={clock.at + HOUR}"
    assert moon.server("GET", path).get_json()["visitors"] == [
        {"visitor_id": CHO, "entered_at": clock.at}
    ]


# Before it is saved


def test_a_fast_preview_of_few_visitors_has_asked_everybody(moon: Any) -> None:
    moon.visit(CHO, view())
    moon.visit(ANA, {"name": "page_view"})
    asked = {"rule": {"any": [LOOKED, BUYERS]}, "fast": True}
    assert moon.server("POST", "/v1/segments/preview", asked).get_json() == {
        "count": 1,
        "exact": True,
        "sample": [CHO],
        "leaves": [{"leaf": LOOKED, "count": 1}, {"leaf": BUYERS, "count": 0}],
    }


def test_a_preview_tells_how_many_are_in_other_segments_too(moon: Any) -> None:
    put(moon, "looking", rule=LOOKED)
    put(moon, "buyers", rule=BUYERS)
    moon.visit(CHO, view())
    moon.visit(ANA, {"name": "page_view"})
    asked = {"rule": {"everyone": True}, "overlap": True}
    found = moon.server("POST", "/v1/segments/preview", asked).get_json()
    assert (found["count"], found["overlap"]) == (2, {"looking": 1, "buyers": 0})


def test_a_preview_against_a_saved_segment_tells_who_would_enter_and_leave(moon: Any) -> None:
    put(moon, "looking", rule=LOOKED)
    moon.visit(CHO, view())
    moon.visit(ANA, {"name": "search", "params": {"search_term": "hat"}})
    moon.visit(MINA, view())
    by_hand(moon, "looking", add=[MINA])
    asked = {"rule": {"not": LOOKED}, "slug": "looking"}
    found = moon.server("POST", "/v1/segments/preview", asked).get_json()
    assert (found["entering"], found["leaving"]) == (1, 1)
    assert found["samples"] == {"entering": [ANA], "leaving": [CHO]}  # Mina stays: by hand


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"slug": "nothing"}, 404),
        ({"slug": 3}, 404),
        ({"quick": True}, 400),
        ({"fast": "yes"}, 400),
        ({"fast": True, "overlap": True}, 400),
    ],
)
def test_a_preview_that_cannot_be_made_says_what_to_do(moon: Any, more: Any, status: int) -> None:
    asked = {"rule": {"everyone": True}, **more}
    answer = moon.server("POST", "/v1/segments/preview", asked)
    assert answer.status_code == status
    assert len(answer.get_json()["error"]["message"]) > 20


@pytest.mark.parametrize("fast", [True, False])
def test_a_rule_over_a_segment_that_is_not_there_is_refused(moon: Any, fast: bool) -> None:
    asked = {"rule": {"not": {"segment": "nobody-made-it"}}, "fast": fast}
    answer = moon.server("POST", "/v1/segments/preview", asked)
    assert answer.status_code == 400
    assert "no segment called nobody-made-it" in answer.get_json()["error"]["message"]


# Static


def test_a_static_segment_keeps_those_for_whom_its_rule_held_when_it_was_saved(
    moon: Any, clock: Any
) -> None:
    moon.visit(CHO, view())
    made = put(moon, "lookers", kind="static", rule=LOOKED).get_json()
    assert (made["kind"], made["size"]) == ("static", 1)
    clock.at += 30 * DAY
    moon.visit(ANA, view())
    assert people(moon, "lookers") == [CHO]
    assert why(moon, CHO)["lookers"] == "chosen when the segment was saved"
    assert put(moon, "lookers", kind="static", rule=LOOKED).get_json()["size"] == 1
    assert people(moon, "lookers") == [ANA]


def test_a_static_segment_without_a_rule_begins_empty_and_keeps_whoever_is_put_in(
    moon: Any,
) -> None:
    for visitor in (CHO, ANA):
        moon.visit(visitor, view())
    assert put(moon, "friends", kind="static").get_json()["size"] == 0
    assert by_hand(moon, "friends", add=[CHO, ANA]).get_json()["size"] == 2
    assert by_hand(moon, "friends", remove=[ANA]).get_json()["size"] == 1
    assert put(moon, "friends", kind="static").get_json()["size"] == 1
    assert people(moon, "friends") == [CHO]


def test_a_segment_built_on_a_static_one_has_its_members(moon: Any) -> None:
    moon.visit(CHO, view())
    moon.visit(ANA, view())
    put(moon, "friends", kind="static")
    put(moon, "near", rule={"all": [{"segment": "friends"}, LOOKED]})
    by_hand(moon, "friends", add=[CHO])
    assert people(moon, "near") == [CHO]
    assert set(why(moon, CHO)) == {"friends", "near"}
    by_hand(moon, "friends", remove=[CHO])
    assert people(moon, "near") == []


def test_static_members_as_of_a_moment_are_those_of_then(moon: Any, clock: Any) -> None:
    moon.visit(CHO, view())
    put(moon, "friends", kind="static")
    put(moon, "near", rule={"segment": "friends"})
    clock.at += HOUR
    by_hand(moon, "friends", add=[CHO])
    joined = clock.at
    clock.at += HOUR
    by_hand(moon, "friends", remove=[CHO])
    for slug in ("friends", "near"):
        assert people(moon, slug, f"?at={joined - 1}") == []
        assert people(moon, slug, f"?at={joined}") == [CHO]
        assert people(moon, slug, f"?at={clock.at}") == []


def test_until_and_release_are_refused_where_there_is_no_rule_to_go_back_to(
    moon: Any, clock: Any
) -> None:
    moon.visit(CHO, view())
    put(moon, "friends", kind="static")
    assert by_hand(moon, "friends", add=[CHO], until=clock.at + DAY).status_code == 400
    assert by_hand(moon, "friends", release=[CHO]).status_code == 400


# By hand


def test_what_is_put_by_hand_wins_over_the_rule_both_ways(moon: Any) -> None:
    put(moon, "looking", rule=LOOKED)
    moon.visit(CHO, view())
    moon.visit(ANA, {"name": "page_view"})
    answer = by_hand(moon, "looking", add=[ANA], remove=[CHO]).get_json()
    assert answer == {"added": 1, "removed": 1, "released": 0, "unknown": [], "size": 1}
    moon.visit(CHO, view("hat"))
    assert people(moon, "looking") == [ANA]
    assert why(moon, ANA) == {"looking": "put in by hand"}
    assert why(moon, CHO) == {}


def test_what_is_put_by_hand_survives_an_edited_rule(moon: Any) -> None:
    put(moon, "looking", rule=LOOKED)
    moon.visit(CHO, view())
    by_hand(moon, "looking", remove=[CHO])
    put(moon, "looking", rule={"everyone": True})
    assert people(moon, "looking") == []


def test_a_word_with_an_end_ends_by_itself(moon: Any, clock: Any) -> None:
    put(moon, "buyers", rule=BUYERS)
    moon.visit(CHO, view())
    until = clock.at + 2 * DAY
    by_hand(moon, "buyers", add=[CHO], until=until)
    assert why(moon, CHO)["buyers"].startswith("put in by hand until 20")
    clock.at = until - 1
    assert people(moon, "buyers") == [CHO]
    clock.at = until
    assert people(moon, "buyers") == []
    assert moon.server("GET", "/v1/segments/buyers").get_json()["size"] == 0
    assert people(moon, "buyers", f"?at={until - 1}") == [CHO]
    assert people(moon, "buyers", f"?at={until}") == []


def test_released_the_rule_decides_again(moon: Any) -> None:
    put(moon, "looking", rule=LOOKED)
    moon.visit(CHO, view())
    by_hand(moon, "looking", remove=[CHO])
    assert people(moon, "looking") == []
    assert by_hand(moon, "looking", release=[CHO]).get_json()["released"] == 1
    assert people(moon, "looking") == [CHO]


def test_a_popup_for_a_segment_is_offered_to_whoever_was_put_in_by_hand(moon: Any) -> None:
    put(moon, "buyers", rule=BUYERS)
    put(moon, "friends", kind="static")
    for slug in ("buyers", "friends"):
        popup = {
            "trigger": {"on": "load"},
            "audience": {"segment": slug},
            "control_share": 0,
            "variants": [{"blocks": [{"type": "text", "text": "Hello"}]}],
        }
        assert moon.server("PUT", "/v1/popups/hello", popup).status_code == 200
        before = moon.visit(CHO, view(), want={"popup": True}).get_json()
        by_hand(moon, slug, add=[CHO])
        after = moon.visit(CHO, view(), want={"popup": True}).get_json()
        assert (before["popup"], after["popup"]["id"]) == (None, "hello")


def test_unknown_visitors_are_named_and_the_others_put_in(moon: Any) -> None:
    put(moon, "buyers", rule=BUYERS)
    moon.visit(CHO, view())
    answer = by_hand(moon, "buyers", add=[CHO, "nobody-0123456789"]).get_json()
    assert (answer["added"], answer["unknown"]) == (1, ["nobody-0123456789"])


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"add": CHO},
        {"add": [7]},
        {"add": [CHO], "remove": [CHO]},
        {"add": [CHO], "until": 1},
        {"add": [CHO], "until": "soon"},
        {"put": [CHO]},
    ],
)
def test_words_that_cannot_be_read_are_refused_with_what_to_do(moon: Any, words: Any) -> None:
    put(moon, "buyers", rule=BUYERS)
    moon.visit(CHO, view())
    answer = by_hand(moon, "buyers", **words)
    assert answer.status_code == 400
    assert len(answer.get_json()["error"]["message"]) > 20
    assert people(moon, "buyers") == []


def test_of_a_segment_that_is_not_there_nothing_is_told(moon: Any) -> None:
    assert by_hand(moon, "nothing", add=[CHO]).status_code == 404
    assert moon.server("GET", "/v1/segments/nothing/visitors?at=5").status_code == 404
