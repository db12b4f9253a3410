"""What a program and an owner are told of a segment's past: sizes by day, moves, and where to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Moon

CHO = "cho-0123456789abcdef"
ANA = "ana-0123456789abcdef"
HOUR = 3_600_000
DAY = 24 * HOUR


def looked(within: str) -> dict[str, Any]:
    return {"event": "view_item", "measure": "count", "op": ">=", "value": 1, "within": within}


def ask(moon: Any, what: str, query: str = "", slug: str = "fresh") -> Any:
    found = moon.server("GET", f"/v1/segments/{slug}/{what}{query}")
    assert found.status_code == 200, found.get_json()
    return found.get_json()


@pytest.fixture
def lived(owner: Moon, clock: Any) -> Moon:
    """Cho and Ana looked at something two days ago: fresh for a day, then gone quiet."""
    quiet = {"all": [looked("90d"), {"not": looked("1d")}]}
    for slug, rule in (("fresh", looked("1d")), ("quiet", quiet)):
        owner.server("PUT", f"/v1/segments/{slug}", {"name": slug.title(), "rule": rule})
    for visitor in (CHO, ANA):
        owner.visit(visitor, {"name": "view_item", "params": {"items": [{"item_id": "boots"}]}})
    ask(owner, "history")
    clock.at += 2 * DAY
    return owner


def test_sizes_entries_and_causes_are_told_for_each_day_of_the_shop(lived: Any) -> None:
    found = ask(lived, "history", "?since=2026-09-21&until=2026-09-24")
    assert found["sizes"] == [
        {"day": "2026-09-21", "size": 0, "entered": 0, "left": 0, "causes": {}},
        {
            "day": "2026-09-22",
            "size": 2,
            "entered": 2,
            "left": 0,
            "causes": {"event": {"entered": 2, "left": 0}},
        },
        {
            "day": "2026-09-23",
            "size": 0,
            "entered": 0,
            "left": 2,
            "causes": {"expiry": {"entered": 0, "left": 2}},
        },
        {"day": "2026-09-24", "size": 0, "entered": 0, "left": 0, "causes": {}},
    ]


def test_where_they_went_and_where_they_came_from_mirror_each_other(lived: Any) -> None:
    assert ask(lived, "history")["moves"] == {
        "left": 2,
        "to": [{"slug": "quiet", "visitors": 2}],
        "entered": 2,
        "from": [],
        "whole": True,
    }
    assert ask(lived, "history", slug="quiet")["moves"]["from"] == [
        {"slug": "fresh", "visitors": 2}
    ]


def test_without_a_span_it_is_thirty_days_up_to_today(lived: Any) -> None:
    sizes = ask(lived, "history", "?until=2030-01-01T00:00:00Z")["sizes"]
    assert (sizes[0]["day"], sizes[-1]["day"], len(sizes)) == ("2026-08-26", "2026-09-24", 30)
    assert sizes == ask(lived, "history")["sizes"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?since=yesterday", "since must be a day as 2026-11-24"),
        ("?until=2026-02-30", "until must be"),
        ("?since=2026-09-02&until=2026-09-01", "since is after until"),
        ("?since=2001-01-01", "1100 days at most"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused_with_what_to_do(
    moon: Any, query: str, says: str
) -> None:
    moon.server("PUT", "/v1/segments/fresh", {"name": "Fresh", "rule": looked("1d")})
    answer = moon.server("GET", f"/v1/segments/fresh/history{query}")
    assert answer.status_code == 400
    assert says in answer.get_json()["error"]["message"]


def test_moves_are_told_newest_first_and_paged(lived: Any, now: int) -> None:
    page = ask(lived, "transitions", "?limit=3")
    rest = ask(lived, "transitions", f"?limit=3&after={page['next']}")
    assert (len(page["transitions"]), len(rest["transitions"]), rest["next"]) == (3, 1, None)
    newest = page["transitions"][0]
    assert newest.pop("visitor_id") in (CHO, ANA)
    assert newest == {
        "entered": False,
        "due_at": now + DAY,
        "noticed_at": now + 2 * DAY,
        "cause": "expiry",
        "version": 1,
    }
    assert rest["transitions"][0]["cause"] == "event"


@pytest.mark.parametrize("what", ["history", "transitions"])
def test_there_is_no_history_of_what_is_not_there(moon: Any, what: str) -> None:
    assert moon.server("GET", f"/v1/segments/nothing/{what}").status_code == 404
    assert moon.client.get(f"/v1/segments/nothing/{what}").status_code == 401


def test_the_segments_page_tells_its_past(lived: Any) -> None:
    ask(lived, "history")
    page = lived.opens("segments/fresh", days="90")
    assert "Size, 90 days" in page
    assert "time went by" in page
    assert "Of the 2 who left in 90 days" in page
    assert page.count("noticed 24 hours later") == 2
    assert "Size, 30 days" in lived.opens("segments/fresh", days="17")


def test_a_visitors_page_tells_what_it_entered_and_left(lived: Any) -> None:
    ask(lived, "history")
    page = lived.opens(f"visitors/{CHO}")
    assert "In and out of segments" in page
    assert page.count(">left</span>") == 1
    assert page.count(">entered</span>") == 2
