"""What the command line does, said and exited with."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from plugin.cli import main

CSV = """Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country
1001,boots,Boots,1,2026-08-01 10:00:00,100.00,7,Korea
1001,hat,Hat,2,2026-08-01 10:00:00,20.00,7,Korea
1002,hat,Hat,1,2026-08-02 10:00:00,20.00,,Korea
C1003,hat,Hat,-1,2026-08-03 10:00:00,20.00,7,Korea
1004,hat,Hat,1,2026-08-04 10:00:00,20.00,8,Korea
"""


@dataclass
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def regulars(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run a command in an installation of its own."""
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("REGULARS_PASSWORD", "a good long password")
    monkeypatch.delenv("REGULARS_DATABASE_URL", raising=False)

    def run(*words: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def orders_file(tmp_path: Path) -> Path:
    file = tmp_path / "orders.csv.gz"
    file.write_bytes(gzip.compress(CSV.encode()))
    return file


def test_adding_a_shop_prints_the_tag_and_both_keys(regulars: Command) -> None:
    said = regulars("shop", "add", "moon", "--currency", "krw", "--timezone", "Asia/Seoul")
    assert said.code == 0
    public = re.search(r'data-key="(pk_\w+)"', said.out)
    assert public is not None
    assert f"Public key: {public[1]}" in said.out
    assert re.search(r"Secret key: sk_\w{40,}", said.out)
    assert "moon  KRW  Asia/Seoul" in regulars("shop", "list").out


def test_adding_a_shop_prints_the_key_that_signs_who_is_signed_in(regulars: Command) -> None:
    moon, sun = regulars("shop", "add", "moon").out, regulars("shop", "add", "sun").out
    keys = [re.search(r"^Identity key: (ik_[0-9a-f]{64}) ", said, re.M) for said in (moon, sun)]
    assert len({key[1] for key in keys if key}) == 2


def test_a_shop_may_keep_the_public_key_it_had(regulars: Command) -> None:
    assert (
        "pk_from_before_1"
        in regulars("shop", "add", "moon", "--public-key", "pk_from_before_1").out
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("shop", "add", "Moon Shop"), "a-z, 0-9"),
        (("shop", "add", "moon", "--currency", "won!"), "ISO 4217"),
        (("shop", "add", "moon", "--timezone", "Moon/Base"), "Asia/Seoul"),
        (("shop", "remove", "sun", "--yes"), "no shop called sun"),
        (("reassign",), "regulars shop add"),
        (("owner", "password", "mina@moon.example"), "regulars owner add"),
        (("import", "orders", "nowhere.csv", "--shop", "sun"), "no shop called sun"),
    ],
)
def test_trouble_is_one_line_that_says_what_to_do(
    regulars: Command, words: tuple[str, ...], says: str
) -> None:
    said = regulars(*words)
    assert said.code == 1
    assert says in said.err
    assert len(said.err.strip().splitlines()) == 1


@pytest.mark.parametrize("words", [("shop", "add"), ("fly",), ("serve", "--port", "high")])
def test_wrong_usage_exits_with_2(regulars: Command, words: tuple[str, ...]) -> None:
    assert regulars(*words).code == 2


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("shop",),
        ("shop", "add"),
        ("owner", "add"),
        ("import",),
        ("serve",),
        ("demo",),
        ("privacy", "erase"),
    ],
)
def test_every_command_has_help(regulars: Command, words: tuple[str, ...]) -> None:
    said = regulars(*words, "--help")
    assert said.code == 0
    assert "Usage: regulars" in said.out


def test_an_owner_is_added_once_and_may_get_a_new_password(regulars: Command) -> None:
    assert regulars("owner", "add", "mina@moon.example").code == 0
    assert "regulars owner password" in regulars("owner", "add", "mina@moon.example").err
    assert regulars("owner", "password", "mina@moon.example").code == 0


def test_an_import_says_what_it_kept_and_refused_and_why(
    regulars: Command, orders_file: Path
) -> None:
    regulars("shop", "add", "moon")
    said = regulars("import", "orders", str(orders_file))
    assert said.code == 0
    assert "5 rows read" in said.out
    assert "4 kept, 1 refused" in said.out
    assert re.search(r"1  no customer \(rows 4…\)", said.out)


def test_events_come_in_as_lines_of_json(regulars: Command, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    lines = [
        {"visitor_id": "mina-0123456789abcdef", "name": "page_view", "event_id": f"event-{n:08}"}
        for n in range(3)
    ]
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    regulars("shop", "add", "moon")
    said = regulars("import", "events", str(file), "--shop", "moon")
    assert said.code == 0, said.err
    assert "3" in said.out


def test_an_import_run_again_brings_nothing_twice(regulars: Command, orders_file: Path) -> None:
    regulars("shop", "add", "moon")
    regulars("import", "orders", str(orders_file))
    again = regulars("import", "orders", str(orders_file))
    assert "0 of them new" in again.out


def test_imported_customers_are_known_by_their_orders(regulars: Command, orders_file: Path) -> None:
    regulars("shop", "add", "moon")
    regulars("import", "orders", str(orders_file))
    known = regulars("privacy", "export", "--customer", "7").out
    assert '"orders_total": 1' in known
    assert '"revenue_total": 120' in known


def test_a_person_of_several_devices_is_given_out_once(
    regulars: Command, orders_file: Path, tmp_path: Path
) -> None:
    regulars("shop", "add", "moon")
    regulars("import", "orders", str(orders_file))
    word = {"visitor_id": "phone-of-seven-01", "name": "identify", "params": {"customer_id": 7}}
    (tmp_path / "words.jsonl.gz").write_bytes(gzip.compress(json.dumps(word).encode()))
    regulars("import", "events", str(tmp_path / "words.jsonl.gz"))
    [known] = json.loads(regulars("privacy", "export", "--customer", "7").out)
    assert known["merged_ids"] == ["phone-of-seven-01"]


def test_an_erased_person_is_gone(regulars: Command, orders_file: Path) -> None:
    regulars("shop", "add", "moon")
    regulars("import", "orders", str(orders_file))
    assert regulars("privacy", "erase", "--customer", "7").code == 0
    assert "nothing is known" in regulars("privacy", "export", "--customer", "7").err
    assert regulars("privacy", "export", "--customer", "8").code == 0


def test_a_backup_brings_everything_back(
    regulars: Command, orders_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars("shop", "add", "moon")
    regulars("import", "orders", str(orders_file))
    assert regulars("backup", str(tmp_path / "copy")).code == 0
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path / "elsewhere"))
    assert regulars("restore", str(tmp_path / "copy")).code == 0
    assert '"orders_total": 1' in regulars("privacy", "export", "--customer", "7").out


def test_a_damaged_backup_is_not_restored(
    regulars: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars("shop", "add", "moon")
    regulars("backup", str(tmp_path / "copy"))
    file = tmp_path / "copy" / "shops" / "moon.db"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path / "elsewhere"))
    said = regulars("restore", str(tmp_path / "copy"))
    assert said.code == 1
    assert "damaged" in said.err


def test_the_doctor_finds_a_data_folder_that_others_can_read(
    regulars: Command, tmp_path: Path
) -> None:
    regulars("shop", "add", "moon")
    assert "all is well" in regulars("doctor").out
    (tmp_path / "data").chmod(0o755)
    said = regulars("doctor")
    assert said.code == 1
    assert "chmod 700" in said.out


def test_reassign_says_how_many_moved(regulars: Command, orders_file: Path) -> None:
    regulars("shop", "add", "moon")
    regulars("import", "orders", str(orders_file))
    assert "2 visitors looked at, 0 entered, 0 left" in regulars("reassign", "--full").out
    assert re.search(r"rankings: \d+ places", regulars("train").out)


@pytest.fixture
def feed_file(tmp_path: Path) -> Path:
    file = tmp_path / "feed.csv"
    rows = "".join(f"hat-{n},Hat {n},{n + 10} EUR\n" for n in range(10))
    file.write_text(f"id,title,price\n{rows}hat-1,Hat one,5 EUR\n,no id,3\n", encoding="utf-8")
    return file


def test_importing_a_catalogue_says_what_was_kept_and_refused_and_why(
    regulars: Command, feed_file: Path
) -> None:
    regulars("shop", "add", "moon", "--currency", "EUR")
    said = regulars("import", "catalog", str(feed_file), "--shop", "moon")
    assert said.code == 0
    assert "12 rows read" in said.out
    assert "10 products kept, 1 rows refused, 1 replaced by a later row" in said.out
    assert "(rows 13…)" in said.out
    assert "nothing to do" in regulars("import", "catalog", str(feed_file), "--shop", "moon").out


def test_a_catalogue_that_lost_half_its_products_needs_force(
    regulars: Command, feed_file: Path
) -> None:
    regulars("shop", "add", "moon", "--currency", "EUR")
    regulars("import", "catalog", str(feed_file), "--shop", "moon")
    feed_file.write_text("id,title\nhat-1,Hat\n", encoding="utf-8")
    said = regulars("import", "catalog", str(feed_file), "--shop", "moon")
    assert said.code == 1
    assert "It has 1 products; the last good run had 10" in said.err
    assert "feed catalog: It has 1 products" in regulars("doctor").out
    forced = regulars("import", "catalog", str(feed_file), "--shop", "moon", "--force")
    assert "9 removed" in forced.out


def test_a_catalogue_s_columns_may_be_named(regulars: Command, tmp_path: Path) -> None:
    regulars("shop", "add", "moon")
    file = tmp_path / "odd.csv"
    file.write_text("nr,what\n1,Hat\n", encoding="utf-8")
    assert "--map item_id=YOUR_COLUMN" in regulars("import", "catalog", str(file)).err
    said = regulars("import", "catalog", str(file), "--map", "item_id=nr,name=what")
    assert "1 products kept" in said.out


def test_an_address_inside_is_not_fetched_unless_the_owner_says_so(regulars: Command) -> None:
    regulars("shop", "add", "moon")
    for kind in ("catalog", "orders", "events"):
        said = regulars("import", kind, "http://127.0.0.1/feed.csv")
        assert said.code == 1
        assert "127.0.0.1" in said.err
