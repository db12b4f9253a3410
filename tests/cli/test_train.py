"""What `regulars train` prints, and what becomes of a model when a shop is moved or removed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from plugin.cli import main
from plugin.config import load_settings
from plugin.storage import models
from plugin.storage.house import House

VIEWS = [("mina-0123456789abcdef", "mug"), ("mina-0123456789abcdef", "bag")]


def regulars(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(words))
    return int(end.value.code or 0)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a shop in which somebody looked at two products."""
    folder = tmp_path / "data"
    monkeypatch.setenv("REGULARS_DATA", str(folder))
    monkeypatch.delenv("REGULARS_DATABASE_URL", raising=False)
    lines = [
        {
            "visitor_id": who,
            "name": "view_item",
            "event_id": f"view-{number:06}",
            "timestamp": 1_500_000_000_000 + number,
            "params": {"items": [{"item_id": item}]},
        }
        for number, (who, item) in enumerate(VIEWS)
    ]
    file = tmp_path / "views.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert regulars("shop", "add", "moon") == 0
    assert regulars("import", "events", str(file)) == 0
    return folder


def files(data: Path) -> list[Path]:
    return sorted((data / "models").rglob("*.model"))


def test_training_says_what_the_model_is_made_of(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert regulars("train") == 0
    said = capsys.readouterr().out
    assert re.search(r"^rankings: \d+ places", said, re.M)
    assert re.search(
        r"^model: 2 views in 1 visits, 0 orders, 2 products: .* MB in .* s$", said, re.M
    )
    assert len(files(data)) == 1


def test_training_again_replaces_the_model(data: Path) -> None:
    regulars("train")
    (first,) = files(data)
    regulars("train")
    (second,) = files(data)
    assert first.name < second.name


def test_a_removed_shop_leaves_no_model(data: Path) -> None:
    regulars("train")
    assert regulars("shop", "remove", "moon", "--yes") == 0
    assert list((data / "models").rglob("*")) == []


def test_a_restored_shop_goes_on_without_a_model_and_the_doctor_says_so(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    regulars("train")
    assert regulars("backup", str(tmp_path / "copy")) == 0
    assert files(tmp_path / "copy") == []
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path / "elsewhere"))
    assert regulars("restore", str(tmp_path / "copy")) == 0
    house = House(load_settings())
    store = house.store("moon")
    with store.read() as tx:
        assert models.current(store, tx) is None
    house.close()
    capsys.readouterr()
    assert regulars("doctor") == 1
    assert "regulars train --shop moon" in capsys.readouterr().out
    regulars("train")
    assert regulars("doctor") == 0


def test_the_doctor_finds_a_model_that_belongs_to_no_shop(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "models" / "sun").mkdir(parents=True)
    assert regulars("doctor") == 1
    assert "belongs to no shop" in capsys.readouterr().out
