"""Every message reaches its receiver at least once or lies among the dead letters with a reason."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from plugin.shop import DAY, HOUR, MINUTE, SECOND, Shop
from plugin.storage import hooks, outbox, profiles
from plugin.storage.engine import Store
from plugin.storage.hooks import Hook
from plugin.storage.segments import Change
from plugin.tasks import outbox as couriers
from plugin.tasks.outbox import Post, Told, deliver, hook_secret, ping

KEY = "the installation's own"


@dataclass
class Desk:
    """A shop with hooks, people who come and go, and a clock."""

    store: Store
    shop: Shop
    now: int
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def hook(self, url: str, **more: Any) -> str:
        """A hook at ``url``; its id."""
        name = f"hook_{next(self.numbers)}_{id(self)}"
        with self.store.write() as tx:
            hooks.put(tx, name, name, url, (), self.now, **more)
        return name

    def happens(self, *who: str, entered: bool = True) -> None:
        """These people enter (or leave) the segment vip."""
        with self.store.write() as tx:
            ids = [f"{name}-0123456789abcdef" for name in who]
            known = profiles.ensure(tx, ids)
            moves = [
                Change("vip", known[one], entered, self.now, self.now, "event", 1) for one in ids
            ]
            outbox.enqueue(tx, moves, self.now)

    def run(self, after: int = 0, **more: Any) -> Told:
        """The clock's turn, ``after`` ms later."""
        self.now += after
        post = Post(self.store, self.shop, KEY, private=True, roll=lambda: 0.5)
        return deliver(post, self.now, **{"patience_s": 10.0, **more})

    def states(self) -> dict[str, int]:
        """How many messages there are in each state."""
        with self.store.read() as tx:
            found: dict[str, int] = {}
            for row in outbox.latest(tx, 1_000):
                found[row["state"]] = found.get(row["state"], 0) + 1
            return found

    def dead(self) -> list[dict[str, Any]]:
        with self.store.read() as tx:
            return outbox.latest(tx, 100, "dead")

    def known(self, hook: str) -> Hook:
        with self.store.read() as tx:
            found = hooks.get(tx, hook)
        assert found is not None
        return found


@pytest.fixture
def desk(store: Store, shop: Shop, now: int) -> Desk:
    return Desk(store, shop, now)


def signed(secret: str, header: str, body: bytes) -> bool:
    """What a receiver checks, written from the documents and not from our code."""
    parts = [part.split("=", 1) for part in header.split(",")]
    at = next(value for name, value in parts if name == "t")
    right = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return right in [value for name, value in parts if name == "v1"]


def test_a_message_arrives_signed_and_with_its_id(desk: Desk, receiver: Any) -> None:
    hook = desk.hook(receiver.url + "/in")
    desk.happens("mina")
    assert str(desk.run()) == "1 sent, 0 to try again, 0 given up"
    (heard,) = receiver.heard
    told = orjson.loads(heard.body)
    assert (heard.method, heard.path) == ("POST", "/in")
    assert (told["type"], told["shop"]) == ("segment.entered", "moon")
    assert heard.headers["regulars-id"] == told["id"]
    assert heard.headers["content-type"] == "application/json"
    mark = heard.headers["regulars-signature"]
    assert signed(hook_secret(KEY, "moon", hook, 1), mark, heard.body)
    assert not signed(hook_secret(KEY, "sun", hook, 1), mark, heard.body)
    assert mark.startswith(f"t={desk.now // SECOND},v1=")


def test_while_a_secret_is_changed_both_sign(desk: Desk, receiver: Any) -> None:
    hook = desk.hook(receiver.url)
    with desk.store.write() as tx:
        hooks.rotate(tx, hook, desk.now)
    for after in (0, DAY):
        desk.happens("mina")
        desk.run(after)
    for turn, expected in ((2, [True, True]), (1, [True, False])):
        secret = hook_secret(KEY, "moon", hook, turn)
        assert expected == [
            signed(secret, one.headers["regulars-signature"], one.body) for one in receiver.heard
        ]


def test_nothing_due_is_no_work(desk: Desk, receiver: Any) -> None:
    desk.hook(receiver.url)
    assert desk.run() == Told()
    assert receiver.heard == []


def test_eight_tries_in_27_hours_and_then_a_dead_letter(
    desk: Desk, receiver: Any, answering: Any
) -> None:
    receiver.otherwise = answering(503, b"closed for the night")
    desk.hook(receiver.url)
    desk.happens("mina")
    began = desk.now
    desk.run()
    for wait in couriers.WAITS:
        assert str(desk.run(wait - SECOND)) == str(Told())  # not a second too early
        desk.run(SECOND * 2)
    assert len(receiver.heard) == 8
    assert 27 * HOUR < desk.now - began < 29 * HOUR
    assert len({one.headers["regulars-id"] for one in receiver.heard}) == 1
    assert len(set(receiver.bodies())) == 1
    assert desk.states() == {"dead": 1}
    assert desk.dead()[0]["said"] == "503 closed for the night"


def test_a_dead_letter_that_is_replayed_arrives(desk: Desk, receiver: Any, answering: Any) -> None:
    hook = desk.hook(receiver.url)
    desk.happens("mina")
    with desk.store.write() as tx:
        outbox.bury(tx, hook, "away", desk.now)
        outbox.replay(tx, hook, desk.now)
    assert desk.run().sent == 1
    assert desk.states() == {"sent": 1}


def test_a_receiver_that_is_gone_for_good_is_turned_off_and_nothing_is_lost(
    desk: Desk, receiver: Any, answering: Any
) -> None:
    receiver.otherwise = answering(410)
    hook = desk.hook(receiver.url)
    desk.happens("mina", "cho", "ana")
    desk.run()
    found = desk.known(hook)
    assert not found.enabled
    assert found.off_because == "it answered 410, which says that it is gone for good"
    assert desk.states() == {"dead": 3}
    assert len(receiver.heard) == 1
    desk.happens("tomo")  # nobody listens any more
    assert desk.states() == {"dead": 3}


def test_who_takes_nothing_for_five_days_is_turned_off(
    desk: Desk, receiver: Any, answering: Any
) -> None:
    receiver.otherwise = answering(500)
    hook = desk.hook(receiver.url)
    for _ in range(7):
        desk.happens("mina")
        desk.run(DAY)
    found = desk.known(hook)
    assert (found.enabled, found.off_because) == (False, "it took nothing for five days")
    assert set(desk.states()) == {"dead"}


def test_one_that_is_taken_ends_the_count_of_bad_days(
    desk: Desk, receiver: Any, answering: Any
) -> None:
    hook = desk.hook(receiver.url)
    receiver.otherwise = answering(500)
    desk.happens("mina")
    desk.run()
    assert desk.known(hook).failing_since is not None
    receiver.otherwise = answering(204)
    desk.run(MINUTE)
    assert desk.known(hook).failing_since is None


def test_entering_and_leaving_within_a_minute_are_both_told_in_order(
    desk: Desk, receiver: Any, answering: Any
) -> None:
    desk.hook(receiver.url)
    desk.happens("mina")
    desk.happens("mina", entered=False)
    receiver.otherwise = answering(500)
    desk.run()
    receiver.otherwise = answering(200)
    desk.run(MINUTE)
    types = [orjson.loads(body)["type"] for body in receiver.bodies()]
    assert types == ["segment.entered", "segment.entered", "segment.left"]


def test_a_refused_message_does_not_hold_up_other_visitors(
    desk: Desk, receiver: Any, answering: Any
) -> None:
    def picky(asked: Any) -> None:
        about_mina = b"mina-" in receiver.heard[-1].body
        answering(400 if about_mina else 200)(asked)

    receiver.otherwise = picky
    desk.hook(receiver.url)
    desk.happens("mina", "cho", "ana")
    told = desk.run()
    assert (told.sent, told.again) == (2, 1)


def test_a_receiver_that_is_down_is_asked_once_a_run(
    desk: Desk, receiver: Any, answering: Any
) -> None:
    receiver.otherwise = answering(502)
    desk.hook(receiver.url)
    desk.happens("mina", "cho", "ana")
    desk.run()
    assert len(receiver.heard) == 1


def test_what_a_receiver_asks_for_is_waited(desk: Desk, receiver: Any, answering: Any) -> None:
    receiver.otherwise = answering(429, Retry_After="600")
    desk.hook(receiver.url)
    desk.happens("mina")
    desk.run()
    desk.run(9 * MINUTE)
    assert len(receiver.heard) == 1
    desk.run(MINUTE + SECOND)
    assert len(receiver.heard) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_receiver_that_leads_elsewhere_is_not_followed(
    desk: Desk, receiver: Any, answering: Any, status: int
) -> None:
    receiver.otherwise = answering(status, Location="/other")
    desk.hook(receiver.url)
    desk.happens("mina")
    assert desk.run().again == 1
    assert [one.path for one in receiver.heard] == ["/"]


def test_at_most_a_hundred_go_in_one_run(desk: Desk, receiver: Any) -> None:
    desk.hook(receiver.url)
    desk.happens(*(f"guest{number:03d}" for number in range(103)))
    assert desk.run().sent == 100
    assert desk.run(SECOND).sent == 3
    assert len(set(receiver.bodies())) == 103


def test_a_slow_receiver_holds_up_no_other(
    desk: Desk, new_receiver: Callable[[], Any], answering: Any
) -> None:
    slow, quick, over = new_receiver(), new_receiver(), threading.Event()

    def waits(asked: Any) -> None:
        over.wait(10)
        answering(200)(asked)

    slow.otherwise = waits
    slow_hook = desk.hook(slow.url)
    desk.hook(quick.url)
    desk.happens("mina")
    assert str(desk.run(patience_s=0.5)) == (
        "1 sent, 0 to try again, 0 given up, 1 hooks still under way"
    )
    desk.happens("cho")
    assert desk.run(SECOND, patience_s=0.5).sent == 1  # the next run does not wait for it either
    assert len(quick.heard) == 2
    assert len(slow.heard) == 1  # and asks it nothing twice meanwhile
    courier = couriers._couriers[slow_hook]
    over.set()
    courier.join(5)
    assert desk.run(SECOND).sent == 1
    assert desk.states() == {"sent": 4}


def test_killed_before_it_was_kept_it_is_sent_again_under_the_same_id(
    desk: Desk, receiver: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def dies(*words: Any) -> None:
        raise MemoryError

    desk.hook(receiver.url)
    desk.happens("mina")
    with monkeypatch.context() as patched:
        patched.setattr(outbox, "record", dies)
        desk.run()
    assert desk.states() == {"waiting": 1}
    assert desk.run(SECOND).sent == 1
    assert len({one.headers["regulars-id"] for one in receiver.heard}) == 1
    assert "broke off" in caplog.text


def test_an_inner_address_is_not_called_and_says_so(desk: Desk, receiver: Any) -> None:
    desk.hook(receiver.url)
    desk.happens("mina")
    told = deliver(Post(desk.store, desk.shop, KEY, private=False), desk.now, 10.0)
    assert told.again == 1
    assert receiver.heard == []
    with desk.store.read() as tx:
        said = outbox.latest(tx, 1)[0]["said"]
    # The port alone refuses it here; the address would as well.
    assert "is not called" in said


def test_an_answer_is_kept_short_and_harmless(desk: Desk, receiver: Any, answering: Any) -> None:
    receiver.otherwise = answering(400, b"<script>\x00\n" + b"x" * 500_000)
    desk.hook(receiver.url)
    desk.happens("mina")
    desk.run()
    with desk.store.read() as tx:
        said = outbox.latest(tx, 1)[0]["said"]
    assert said.startswith("400 <script> x")
    assert len(said) <= 300
    assert said.isprintable()


def test_a_ping_is_signed_and_its_answer_comes_back(desk: Desk, receiver: Any) -> None:
    hook = desk.hook(receiver.url)
    answer = ping(Post(desk.store, desk.shop, KEY, private=True), desk.known(hook), desk.now)
    assert (answer.status, answer.body) == (200, b"thanks")
    (heard,) = receiver.heard
    assert orjson.loads(heard.body)["type"] == "ping"
    secret = hook_secret(KEY, "moon", hook, 1)
    assert signed(secret, heard.headers["regulars-signature"], heard.body)


def test_in_a_long_day_of_faults_every_message_ends_delivered_or_dead(
    desk: Desk, receiver: Any, answering: Any
) -> None:
    script = [503, 200, 500, 429, 200, 404, 302, 200, 500, 200]

    def moody(asked: Any) -> None:
        answering(script[len(receiver.heard) % len(script)])(asked)

    receiver.otherwise = moody
    desk.hook(receiver.url)
    names = [f"guest{number:03d}" for number in range(40)]
    desk.happens(*names)
    for _ in range(60):
        desk.run(30 * MINUTE)
    taken = {orjson.loads(body)["id"] for body in receiver.bodies()}
    states = desk.states()
    assert states.get("waiting", 0) == 0
    assert sum(states.values()) == len(taken) == 40
