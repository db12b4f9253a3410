"""What `regulars doctor` finds wrong with a shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.cli import main
from plugin.collect.event import Event
from plugin.config import load_settings
from plugin.journey import collect, take_pulse
from plugin.shop import DAY, HOUR
from plugin.storage.house import House


def ended(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(words))
    return int(end.value.code or 0)


def test_the_doctor_names_a_shop_whose_events_have_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], now: int
) -> None:
    monkeypatch.setattr("plugin.cli.room.clock_ms", lambda: now)
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("REGULARS_DATABASE_URL", raising=False)
    for name in ("moon", "sun"):
        assert ended("shop", "add", name) == 0
    house = House(load_settings())
    stopped = now - DAY
    moments = [stopped - hour * HOUR for hour in reversed(range(4 * 24))]
    came = [Event(f"event-{at}", f"visitor-{at}", "page_view", at, at) for at in moments]
    with house.store("moon").write() as tx:
        collect(tx, house.shop("moon"), came)
    take_pulse(house.store("moon"), house.shop("moon"), stopped)
    house.close()
    capsys.readouterr()
    assert ended("doctor") == 1
    said = capsys.readouterr().out
    assert "! shop moon: no event since 2026-09-21 03:00" in said
    assert "sun" not in said
