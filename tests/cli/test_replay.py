"""`regulars replay` tells an owner how well his shop would have recommended in its last days."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.cli import main
from plugin.journey.replay import Line, Replay
from plugin.serve.recommend.replay import Replayed
from plugin.serve.recommend.tuning import DEFAULT
from plugin.storage.house import drop_schema

DAY = 86_400_000
START = 1_500_000_000_000


def regulars(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(words))
    return int(end.value.code or 0)


def views(days: int) -> list[dict[str, object]]:
    """Every day three visitors view a tent, a stove and a lamp; popular is something else."""
    lines: list[dict[str, object]] = []

    def view(who: str, at: int, item: str) -> None:
        event = f"view-{len(lines):06}"
        lines.append(
            {
                "visitor_id": who,
                "name": "view_item",
                "event_id": event,
                "timestamp": at,
                "params": {"items": [{"item_id": item}]},
            }
        )

    for day in range(days):
        for n in range(3):
            who = f"camper-{day:04}-{n}-0123456789"
            for minute, item in enumerate(("tent", "stove", "lamp")):
                view(who, START + day * DAY + n * 3_600_000 + minute * 60_000, item)
        for n in range(5):
            view(f"gazer-{day:04}-{n}-0123456789", START + day * DAY + n * 60_000, "poster")
    return lines


@pytest.fixture
def shop(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Where the views of the shop may be laid to be imported; once on each engine."""
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("REGULARS_DATABASE_URL", raising=False)
    if engine == "postgresql":
        url = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("REGULARS_DATABASE_URL", url)
        emptied(url)
    assert regulars("shop", "add", "moon") == 0
    yield tmp_path / "views.jsonl"
    if engine == "postgresql":
        emptied(url)


def emptied(url: str) -> None:
    """Leave nothing of the shop on a server that all tests share."""
    for schema in ("regulars_control", "shop_moon"):
        drop_schema(url, schema)


def test_every_ranker_is_told_beside_popularity(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.write_text("\n".join(map(json.dumps, views(30))), "utf-8")
    assert regulars("import", "events", str(shop)) == 0
    capsys.readouterr()
    assert regulars("replay", "--days", "7") == 0
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert re.match(
        r"\d+ visits learnt, \d+ visits of the last 7 days replayed: 42 views", lines[0]
    )
    new = {line[:22].strip(): float(line[22:30]) for line in lines[2:-1]}
    assert {"for_you", "neighbours", "table", "viewed_together", "popularity"} <= new.keys()
    assert new["for_you"] == 1
    assert "weights" in lines[-1]


def test_weights_are_kept_only_if_they_did_better_than_those_shipped(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.write_text("\n".join(map(json.dumps, views(30))), "utf-8")
    assert regulars("import", "events", str(shop)) == 0
    capsys.readouterr()
    assert regulars("replay", "--keep") == 0
    assert "ranks with the weights as shipped" in capsys.readouterr().out


@pytest.mark.parametrize(("worth", "kept"), [(0.6, True), (0.4, False)])
def test_the_last_days_decide_whether_other_weights_are_better(worth: float, kept: bool) -> None:
    def line(ranker: str, new: float) -> Line:
        return Line(ranker, Replayed(9, 0.5, 0.0, new, 9), 1.0, 1.0)

    other = DEFAULT.weighing(by_table=0.5)
    found = Replay(9, 9, other, (line("for_you", worth), line("for_you, as shipped", 0.5)))
    assert found.best == (other if kept else DEFAULT)


def test_a_shop_without_visits_is_told_what_is_missing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert regulars("replay") == 1
    assert "too few visits" in capsys.readouterr().err
