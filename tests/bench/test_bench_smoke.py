"""The programs of `make bench` still run: in this process, with sizes that tell nothing."""

from __future__ import annotations

import gzip
import importlib
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

from plugin.serve.recommend.strategies import STRATEGIES

HERE = Path(__file__).resolve().parent


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A program of the bench by its name."""
    monkeypatch.syspath_prepend(str(HERE))

    def load(name: str) -> ModuleType:
        return importlib.import_module(name)

    return load


def test_every_body_the_bench_sends_is_taken_whole(part: Any) -> None:
    assert 4_000 < part("reader").sample_is_good() < 5_000


def test_the_reader_is_told_with_and_without_texts_that_repeat(
    part: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = part("reader")
    monkeypatch.setattr(reader, "BODIES", 8)
    monkeypatch.setattr(reader, "ROUNDS", 1)
    reader.main()
    assert [line.count("mark >=") for line in capsys.readouterr().out.splitlines()[-4:]] == [1] * 4


def test_the_ordinary_collector_stores_an_event_once(
    part: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ordinary, bodies = part("ordinary"), part("bodies")
    monkeypatch.setenv(ordinary.FOLDER, str(tmp_path))
    store = ordinary.connect(tmp_path / "ordinary.db")
    store.executescript(ordinary.TABLES)
    rng = Random(1)
    (body,) = bodies.bodies(1, 1_795_000_000_000, bodies.ShopTexts(rng), rng)
    client = ordinary.make().test_client()
    answers = [client.post("/v1/visit", data=body).json for _ in range(2)]
    assert [answer["accepted"] for answer in answers] == [10, 0]
    assert store.execute("select events from visitors").fetchall() == [(10,)]
    store.close()
    ordinary.forget_connection()


def test_only_what_was_acknowledged_counts(part: Any) -> None:
    load = part("load")
    told = load.Answers()
    load.count(b'HTTP/1.1 200 OK\r\n\r\n{"accepted":7,"duplicates":3}', told)
    load.count(b'HTTP/1.1 503 Service Unavailable\r\n\r\n{"accepted":7}', told)
    assert (told.acked, told.failed) == (7, 1)


def test_an_answer_is_waited_for_until_it_is_whole(part: Any) -> None:
    load = part("load")
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    assert [load.complete(answer[:end]) for end in (10, -1, None)] == [False, False, True]


def test_a_filled_store_takes_visits_as_ever(part: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    growth, fill = part("growth"), part("fill")
    monkeypatch.setattr(fill, "SAMPLE", 30)
    for name, value in {"SIZES": (200, 400), "FROM": 200, "ROUNDS": 1, "COMMITS": 1}.items():
        monkeypatch.setattr(growth, name, value)
    (figure,) = growth.measure()
    assert figure.first[1] > 0
    assert figure.mark == growth.MARK


def test_a_tick_is_told_beside_that_of_a_smaller_shop(
    part: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = part("ticks")
    small = {
        "SIZES": (100, 200),
        "LARGEST": 200,
        "PEOPLE": 50,
        "ACTING": 5,
        "PART": 50,
        "ROUNDS": 1,
    }
    for name, value in (small | {"SEGMENTS": 3}).items():
        monkeypatch.setattr(ticks, name, value)
    told = {(figure.name.split(",")[1].strip(), figure.ratio > 0) for figure in ticks.measure()}
    assert {"a tick with 5 acting", "a visitor whose time has come"} <= {name for name, _ in told}


def test_a_model_is_told_beside_that_of_a_smaller_shop_and_what_a_worker_holds(
    part: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = part("train")
    small = {"SIZES": (300, 600), "LARGEST": 600, "IDLE_VIEWS": 300, "PRODUCTS": 200, "KINDS": 10}
    for name, value in small.items():
        monkeypatch.setattr(train, name, value)
    told = {figure.name: figure for figure in train.measure()}
    assert set(told) == {
        "µs of CPU a view",
        "bytes of memory a view",
        "MB of a worker that holds 300 views",
    }
    assert told["µs of CPU a view"].ratio > 0


def test_a_mark_may_be_a_floor_or_a_ceiling(part: Any) -> None:
    figure = part("figures").Figure
    assert figure("rate", ("ours", 40), ("other", 10), 3.5).line().endswith(">= 3.5)  ok")
    assert figure("time", ("ours", 5), ("other", 10), 0.2, most=True).line().endswith("SHORT")


def test_the_recommender_is_measured_on_the_data_set_it_is_given(
    part: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recommend = part("recommend")
    for half in ("train", "test"):
        with gzip.open(tmp_path / f"diginetica_{half}.csv.gz", "wt") as file:
            file.write("sid,items\n" + "".join(f"{n},1 2 3 {4 + n % 3}\n" for n in range(30)))
    monkeypatch.setenv(recommend.FOLDER, str(tmp_path))
    recommend.main()
    told = capsys.readouterr().out
    assert "diginetica: 120 views" in told
    assert [line.split()[3] for line in told.splitlines() if "HR@20" in line] == ["1.0000"]


def test_the_recommender_says_what_it_needs(
    part: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recommend = part("recommend")
    monkeypatch.delenv(recommend.FOLDER, raising=False)
    assert recommend.main()
    assert "RECOMMEND_DATA" in capsys.readouterr().out


def test_carts_and_next_baskets_are_asked_of_the_orders_of_a_file(
    part: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    baskets = part("baskets")
    with gzip.open(tmp_path / baskets.FILE, "wt", encoding="utf-8") as file:
        file.write("Invoice,StockCode,Quantity,InvoiceDate,Customer ID\n")
        for day in range(1, 29):
            for code in ("10001", "10002", "POST"):
                file.write(f"{day},{code},1,2010-01-{day:02} 08:00:00,{day % 4}.0\n")
        file.write("C99,10003,-1,2010-01-28 09:00:00,1.0\n99,10003,1,2010-01-28 09:00:00,\n")
    orders = baskets.read(tmp_path / baskets.FILE)
    assert [order.items for order in orders] == [["10001", "10002"]] * 28
    shop = baskets.learn(orders, cut=50)
    assert baskets.carts(shop)[:2] == (1.0, 1.0)
    assert baskets.next_baskets(shop)[0] == pytest.approx(1.0)


def test_a_window_is_asked_of_every_strategy(
    part: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    serve = part("serve")
    for name, size in (("ITEMS", 200), ("VIEWS", 400), ("ASKED", 2), ("KINDS", 4)):
        monkeypatch.setattr(serve, name, size)
    stocked = serve.stock(tmp_path, Random(1))
    figures = list(serve.in_process(stocked))
    stocked.house.close()
    assert [figure.first[0].split()[0] for figure in figures] == list(serve.STRATEGIES)
    assert set(serve.STRATEGIES) == set(STRATEGIES)
    assert capsys.readouterr().out.count("p99") == len(STRATEGIES)
