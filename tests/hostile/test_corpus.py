"""What does the collector answer to everything a hostile or careless sender thinks of?

Each line of ``*.jsonl`` is one request and what the contract says of it, section 5 above all:

``why``      one sentence
``body``     the object that is sent as JSON; or ``raw``, a text; or ``base64``, bytes; or ``made``,
             parts of a body one after another: a text, ``{"base64"}``, ``{"repeat", "times"}``
             (also ``between``; ``{n}`` counts from 1), ``{"fill", "to"}`` which makes the whole
             body ``to`` bytes long, ``{"packed": "gzip" or "deflate", "parts"}``
``headers``  further headers
``shop``     "required": the shop that asks for consent; absent: the one where it is granted
``expect``   ``status`` "2xx", "4xx", "not 5xx" (the contract leaves it open) or a number;
             ``accepted``, ``duplicates``, ``refused`` (indexes); afterwards ``visitor`` "known" or
             "unknown"; ``stored`` {event id: {timestamp, params, without, item_ids, item_names}};
             ``not_stored`` {visitor: event ids}; ``traits``, ``traits_not`` {name: value};
             ``like`` another visitor, whose traits are the same; ``events_of`` {visitor: how many};
             ``absent``: texts that are in no answer and no file; ``unsaid``: in no answer
``server``   what is otherwise when the same goes to ``/v1/events``; false: it is not sent there

All lines are sent in order to one installation, whose clock stands still.
"""

from __future__ import annotations

import base64
import gzip
import json
import logging
import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from plugin.config import Settings
from plugin.shop import Shop
from plugin.storage import control
from plugin.storage.house import House
from plugin.tasks.group import GroupWriter
from plugin.web.app import create_app

HERE = Path(__file__).parent
NOON = 1_790_046_000_000
KEYS = {
    "granted": control.Keys("pk_moon0000000000000000", "sk_moon00000000000000000000"),
    "required": control.Keys("pk_sun00000000000000000", "sk_sun000000000000000000000"),
}
CATALOGUE = [
    {"item_id": "hat", "name": "Hat", "url": "https://moon.example/catalogue/hat", "price": 20000},
    {
        "item_id": "cap",
        "name": "Cap",
        "url": "https://moon.example/detail.html?product_no=7",
        "price": 9000,
    },
]
# Words of the contract: a reason may say them, whoever else says them too.
_OUR_WORDS = (
    "visitor_id event_id timestamp transaction_id page_location item_id currency quantity discount "
    "shipping consent granted events params sent_at popup windows application/json page_view "
    "view_item view_item_list select_item add_to_cart remove_from_cart add_to_wishlist view_cart "
    "begin_checkout purchase refund"
)
OUR_WORDS = frozenset(_OUR_WORDS.split())
VISITOR = re.compile(rb'"visitor_id": ?"([A-Za-z0-9_-]{16,64})"')
WORTH_LOOKING_FOR = 6  # letters: shorter ones stand in any answer


@dataclass(frozen=True)
class Line:
    """One line of the corpus, and where it stands."""

    where: str
    said: dict[str, Any]

    @property
    def visitor(self) -> str:
        """The visitor of the body, also of one that cannot be read."""
        found = VISITOR.search(self.sent(of_server=False))
        assert found is not None, self.where
        return found[1].decode()

    def expected(self, *, of_server: bool) -> dict[str, Any]:
        """What is expected of either endpoint."""
        otherwise = self.said.get("server", {}) if of_server else {}
        return {**self.said["expect"], **otherwise}

    def sent(self, *, of_server: bool) -> bytes:
        """The body, byte for byte; the server API needs no key."""
        if "body" in self.said:
            body = self.said["body"]
            if of_server:
                body = {name: value for name, value in body.items() if name != "key"}
            return json.dumps(body).encode()
        if "raw" in self.said:
            return str(self.said["raw"]).encode()
        return made(self.said.get("made", [{"base64": self.said.get("base64")}]))


def made(parts: list[Any]) -> bytes:
    """The bytes of a recipe."""
    done = [b"" if isinstance(part, dict) and "fill" in part else made_of(part) for part in parts]
    for place, part in enumerate(parts):
        if isinstance(part, dict) and "fill" in part:
            done[place] = part["fill"].encode() * (part["to"] - sum(map(len, done)))
    return b"".join(done)


def made_of(part: Any) -> bytes:
    """The bytes of one part of a recipe."""
    if isinstance(part, str):
        return part.encode()
    if "base64" in part:
        return base64.b64decode(part["base64"])
    if "packed" in part:
        pack = gzip.compress if part["packed"] == "gzip" else zlib.compress
        return pack(made(part["parts"]))
    text, times = part["repeat"], part["times"]
    if "{n}" not in text and "between" not in part:
        return bytes(text.encode() * times)
    numbered = (text.replace("{n}", str(number)) for number in range(1, times + 1))
    return str(part.get("between", "")).join(numbered).encode()


def read_lines() -> list[Line]:
    """Every line of every file, in order."""
    return [
        Line(f"{path.stem}-{number:03d}", json.loads(text))
        for path in sorted(HERE.glob("*.jsonl"))
        for number, text in enumerate(path.read_text("ascii").splitlines(), 1)
    ]


LINES = read_lines()


def having(*words: str) -> list[tuple[Line, bool]]:
    """The lines with one of these expectations, for each endpoint that they are sent to."""
    return [
        (line, of_server)
        for line in LINES
        for of_server in (False, True)
        if not (of_server and line.said.get("server") is False)
        and any(line.expected(of_server=of_server).get(word) for word in words)
    ]


def named(value: Any) -> str:
    """A readable id of a case."""
    if isinstance(value, Line):
        return f"{value.where}: {value.said['why']}"
    return "events" if value else "visit"


@dataclass(frozen=True)
class Answer:
    """What came back for a line."""

    status: int
    data: bytes
    headers: dict[str, str]
    cpu_s: float
    healthy: bool

    @property
    def json(self) -> Any:
        """The answer, read."""
        return json.loads(self.data)

    @property
    def texts(self) -> str:
        """Every text in it, keys and header values too."""
        return "\n".join([*strings(self.json), *self.headers.values()])


class Installation:
    """A fresh data folder with both shops, and what it answered to every line."""

    def __init__(self, folder: Path, *, of_server: bool) -> None:
        self.folder, self.of_server = folder, of_server
        self.house = House(Settings(folder, None, secret_key="test", rate_limit=False))
        self.client: FlaskClient = create_app(
            self.house, GroupWriter(self.house).start(), lambda: NOON
        ).test_client()
        for name, consent in (("moon", "granted"), ("sun", "required")):
            keys = KEYS[consent]
            shop = Shop(name, keys.public, "KRW", "Asia/Seoul", consent, created_at=NOON)
            with self.house.control.write() as tx:
                control.add_shop(tx, shop, keys)
            bearer = {"Authorization": f"Bearer {keys.secret}"}
            self.client.put("/v1/items", json={"items": CATALOGUE}, headers=bearer)
        self.answers = {line.where: self.ask(line) for line in LINES if self.takes(line)}
        self.left = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def takes(self, line: Line) -> bool:
        """Whether the line is sent here."""
        return not (self.of_server and line.said.get("server") is False)

    def ask(self, line: Line) -> Answer:
        """Send one line."""
        headers = dict(line.said.get("headers", {}))
        if self.of_server:
            headers["Authorization"] = f"Bearer {self.keys(line).secret}"
        path = "/v1/events" if self.of_server else "/v1/visit"
        data = line.sent(of_server=self.of_server)
        began = time.process_time()
        answer = self.client.post(path, data=data, headers=headers)
        cpu_s = time.process_time() - began
        healthy = self.client.get("/health").status_code == 200
        return Answer(answer.status_code, answer.data, dict(answer.headers), cpu_s, healthy)

    def keys(self, line: Line) -> control.Keys:
        """The keys of the line's shop."""
        return KEYS[line.said.get("shop", "granted")]

    def look(self, line: Line, visitor_id: str) -> dict[str, Any] | None:
        """What the line's shop knows of a visitor; None: nothing."""
        bearer = {"Authorization": f"Bearer {self.keys(line).secret}"}
        found = self.client.get(f"/v1/visitors/{visitor_id}", headers=bearer)
        return None if found.status_code == 404 else found.get_json()


@pytest.fixture(scope="module")
def installations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[bool, Installation]]:
    """Both endpoints after every line was sent, each with a data folder of its own."""
    both: dict[bool, Installation] = {}
    for of_server in (False, True):
        folder = tmp_path_factory.mktemp("events" if of_server else "visit")
        log = logging.FileHandler(folder / "everything.log", encoding="utf-8", errors="replace")
        log.setLevel(logging.DEBUG)
        logging.getLogger().addHandler(log)
        try:
            both[of_server] = Installation(folder, of_server=of_server)
        finally:
            logging.getLogger().removeHandler(log)
            log.close()
    yield both
    for one in both.values():
        one.house.close()


def strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


EVERYWHERE = having("status")


def canaries(line: Line, of_server: bool) -> set[str]:
    """What may stand in no answer to the line: all that it says itself, but for our own words."""
    expect = line.expected(of_server=of_server)
    sent = [*strings(line.said.get("body")), *line.said.get("headers", {}).values()]
    found = {text for text in sent if len(text) >= WORTH_LOOKING_FOR} - OUR_WORDS
    return found | {*expect.get("absent", []), *expect.get("unsaid", [])}


@pytest.mark.parametrize(("line", "of_server"), EVERYWHERE, ids=named)
def test_a_line_is_answered_as_the_contract_says(
    installations: dict[bool, Installation], line: Line, of_server: bool
) -> None:
    answer, expect = (
        installations[of_server].answers[line.where],
        line.expected(of_server=of_server),
    )
    status = expect["status"]
    assert answer.status < 500, answer.data
    if status == "not 5xx":
        return
    said = f"{answer.status // 100}xx" if isinstance(status, str) else answer.status
    assert said == status, answer.data
    if status != "2xx":
        assert set(answer.json["error"]) == {"code", "message"}
        return
    counts = {name: answer.json[name] for name in ("accepted", "duplicates")}
    refused = [one["index"] for one in answer.json["refused"]]
    assert {**counts, "refused": refused} == {name: expect[name] for name in (*counts, "refused")}
    assert all(one["reason"] for one in answer.json["refused"])


@pytest.mark.parametrize("of_server", [False, True], ids=named)
@pytest.mark.parametrize("kind", sorted({line.where.rpartition("-")[0] for line in LINES}))
def test_nothing_that_was_sent_is_said_again(
    installations: dict[bool, Installation], kind: str, of_server: bool
) -> None:
    answers = installations[of_server].answers
    said_again = {
        line.where: [text for text in canaries(line, of_server) if text in texts]
        for line, of in EVERYWHERE
        if of is of_server and line.where.rpartition("-")[0] == kind
        for texts in [answers[line.where].texts]
    }
    assert {where: texts for where, texts in said_again.items() if texts} == {}


@pytest.mark.parametrize("of_server", [False, True], ids=named)
def test_every_answer_comes_within_a_second_and_leaves_all_in_health(
    installations: dict[bool, Installation], of_server: bool
) -> None:
    answers = installations[of_server].answers
    slow = {where: one.cpu_s for where, one in answers.items() if one.cpu_s >= 1}
    assert slow == {}
    assert all(one.healthy for one in answers.values())


@pytest.mark.parametrize("of_server", [False, True], ids=named)
def test_every_answer_is_json_that_nobody_keeps(
    installations: dict[bool, Installation], of_server: bool
) -> None:
    for where, one in installations[of_server].answers.items():
        assert one.headers["Content-Type"] == "application/json", where
        assert one.headers["Cache-Control"] == "no-store", where
        assert one.headers["X-Content-Type-Options"] == "nosniff", where
        assert "Set-Cookie" not in one.headers, where
        assert ("Access-Control-Allow-Origin" in one.headers) is not of_server, where


def test_every_bad_key_has_one_answer_to_the_byte(
    installations: dict[bool, Installation],
) -> None:
    answers = installations[False].answers.values()
    assert len({one.data for one in answers if one.status == 401}) == 1


@pytest.mark.parametrize("of_server", [False, True], ids=named)
def test_no_line_makes_the_application_log_a_failure(
    installations: dict[bool, Installation], of_server: bool
) -> None:
    assert installations[of_server].left["everything.log"] == b""


@pytest.mark.parametrize(("line", "of_server"), having("absent"), ids=named)
def test_what_must_not_be_kept_is_in_no_file(
    installations: dict[bool, Installation], line: Line, of_server: bool
) -> None:
    left = installations[of_server].left
    for text in line.expected(of_server=of_server)["absent"]:
        needles = {text.encode(), json.dumps(text)[1:-1].encode()}
        assert not [name for name, data in left.items() if any(one in data for one in needles)]


@pytest.mark.parametrize(
    ("line", "of_server"), having("visitor", "events_of", "not_stored"), ids=named
)
def test_a_visitor_is_known_only_where_the_contract_says_so(
    installations: dict[bool, Installation], line: Line, of_server: bool
) -> None:
    here, expect = installations[of_server], line.expected(of_server=of_server)
    if "visitor" in expect:
        known = here.look(line, line.visitor) is not None
        assert known is (expect["visitor"] == "known")
    for visitor_id, count in expect.get("events_of", {}).items():
        found = here.look(line, visitor_id)
        assert len(found["events"] if found else []) == count
    for visitor_id, ids in expect.get("not_stored", {}).items():
        found = here.look(line, visitor_id)
        assert not {one["event_id"] for one in (found or {}).get("events", [])} & set(ids)


@pytest.mark.parametrize(("line", "of_server"), having("stored"), ids=named)
def test_an_event_is_stored_as_the_contract_says(
    installations: dict[bool, Installation], line: Line, of_server: bool
) -> None:
    found = installations[of_server].look(line, line.visitor)
    events = {one["event_id"]: one for one in (found or {}).get("events", [])}
    for event_id, wanted in line.expected(of_server=of_server)["stored"].items():
        stored = events[event_id]
        assert stored["timestamp"] == wanted.get("timestamp", stored["timestamp"])
        params = wanted.get("params", {})
        assert {name: stored["params"].get(name) for name in params} == params
        assert not set(wanted.get("without", [])) & set(stored["params"])
        for word, name in (("item_ids", "item_id"), ("item_names", "item_name")):
            if word in wanted:
                assert [item[name] for item in stored["params"]["items"]] == wanted[word]


@pytest.mark.parametrize(("line", "of_server"), having("traits", "traits_not", "like"), ids=named)
def test_a_profile_holds_what_was_counted_and_nothing_that_was_claimed(
    installations: dict[bool, Installation], line: Line, of_server: bool
) -> None:
    here, expect = installations[of_server], line.expected(of_server=of_server)
    found = here.look(line, line.visitor)
    assert found is not None
    for name, value in expect.get("traits", {}).items():
        assert found["traits"].get(name, 0) == value, name
    for name, value in expect.get("traits_not", {}).items():
        assert found["traits"].get(name) != value, name
    if "like" in expect:
        plain = here.look(line, expect["like"])
        assert plain is not None
        assert (found["traits"], found["segments"]) == (plain["traits"], plain["segments"])


def test_the_corpus_is_as_large_as_was_promised_and_says_why() -> None:
    assert len(LINES) >= 400
    assert all(line.said["why"] for line in LINES)
    assert len({line.said["why"] for line in LINES}) == len(LINES)
