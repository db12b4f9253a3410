"""The owner takes a segment away as a file, and sees who is not in it."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from typing import Any

import pytest

from plugin.profile.profile import Profile
from plugin.storage import audiences, profiles, segments

PEOPLE: dict[str, tuple[str | None, Any]] = {
    "mina": ("Mina@Moon.example", None),
    "cho": ("cho@moon.example", "no"),
    "ana": (None, None),
    "tomo": ("=cmd()@evil.example", True),
    "yuki": ("mina@moon.example", None),
}


@pytest.fixture
def full(moon: Any, house: Any) -> Any:
    """A segment with five members; the owner is signed in."""
    with house.store(moon.shop.name).write() as tx:
        segments.put(tx, "vip", "Our best", "rule", {"everyone": True}, True, moon.clock.at)
        ids = profiles.ensure(tx, [f"{name}-0123456789abcdef" for name in PEOPLE])
        known = {}
        for name, (email, consent) in PEOPLE.items():
            visitor = f"{name}-0123456789abcdef"
            declared = {} if consent is None else {"consent_marketing": (consent, 1)}
            known[ids[visitor]] = Profile(
                visitor, email=email, declared=declared, last_seen_at=moon.clock.at
            )
        profiles.save(tx, known, {})
        moves = [
            segments.Change("vip", one, True, moon.clock.at, moon.clock.at, "event", 1)
            for one in known
        ]
        segments.apply(tx, [], moves, {})
    moon.sign_in()
    return moon


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text[:300]
    return list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"), newline="")))


def test_the_spreadsheet_has_every_member_and_runs_nothing(full: Any) -> None:
    answer = full.gets("segments/vip/members.csv")
    found = {row["visitor_id"][:4].rstrip("-"): row["email"] for row in rows(answer)}
    assert found == {
        "mina": "Mina@Moon.example",
        "cho": "",
        "ana": "",
        "tomo": "'=cmd()@evil.example",
        "yuki": "mina@moon.example",
    }
    assert answer.data.startswith(b'\xef\xbb\xbf"visitor_id","customer_id"')
    assert answer.headers["Regulars-Rows"] == "5"


def test_the_file_is_a_file_and_is_kept_by_nobody(full: Any) -> None:
    answer = full.gets("segments/vip/members.csv", format="meta")
    name = f"{full.shop.name}-vip-meta.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "column"), [("meta", "email"), ("google", "Email"), ("linkedin", "email")]
)
def test_an_audience_has_only_whom_it_may_and_says_who_is_not_in_it(
    full: Any, name: str, column: str
) -> None:
    answer = full.gets("segments/vip/members.csv", format=name)
    emails = [row[column] for row in rows(answer)]
    expected = ["mina@moon.example", "=cmd()@evil.example"]
    assert emails == [hashlib.sha256(one.encode()).hexdigest() for one in expected]
    assert answer.headers["Regulars-Rows"] == "2"
    said = "no_email=1; bad_email=0; refused=1; same_email=1"
    assert answer.headers["Regulars-Left-Out"] == said


def test_the_page_says_how_many_why_not_and_how_many_it_takes(full: Any) -> None:
    text = " ".join(re.sub(r"<[^>]+>", " ", full.gets("segments/vip/export").text).split())
    assert "Meta 100 people at least 2 too few 1 gave no e-mail" in text
    assert "LinkedIn 300 people at least 2 too few" in text
    assert "1 said no to marketing" in text
    assert "1 the same e-mail as somebody else" in text


def test_the_way_there_is_on_the_segments_page(full: Any) -> None:
    assert "/admin/segments/vip/export" in full.gets("segments/vip").text


def test_an_unknown_format_or_segment_is_said_plainly(full: Any) -> None:
    answer = full.gets("segments/vip/members.csv", format="myspace")
    assert answer.status_code == 400
    assert "plain, meta, google, linkedin" in answer.text
    assert full.gets("segments/nobody/members.csv").status_code == 404
    assert full.gets("segments/nobody/export").status_code == 404


def test_members_come_in_pages(full: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiences, "PAGE", 2)
    assert len(rows(full.gets("segments/vip/members.csv"))) == 5
