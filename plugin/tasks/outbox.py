"""How do the owner's addresses come to know who entered and left, even if they are away for a day?

Each hook has a courier of its own, a thread that carries at most 100 messages and keeps what came
of them, so one that is slow holds up no other. A message is sent until it is taken: eight tries in
about 28 hours, the state in its row. Killed between sending and keeping, we send again: the id
stays the same.
"""

from __future__ import annotations

import hmac
import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from plugin.shop import DAY, HOUR, MINUTE, SECOND, Shop
from plugin.storage import hooks, outbox
from plugin.storage.engine import Store
from plugin.storage.hooks import Hook
from plugin.storage.outbox import Message, Tried
from plugin.tasks.fetch import Fetched, FetchFailed, FetchRefused, Limits, fetch

log = logging.getLogger("regulars.outbox")

# Waits after the first try, the second, and so on; after the eighth it is a dead letter.
WAITS = (5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR)
TRIES = len(WAITS) + 1
JITTER = (
    0.1  # of a wait, more or less, so that a receiver that comes back is not met by all at once
)
LONGEST_WAIT = 12 * HOUR  # that a receiver may ask for
GIVE_UP_AFTER = 5 * DAY  # of nothing but failures, a hook is turned off
OLD_SECRET_FOR = DAY  # after a new one was made, both sign
BATCH = 100
BUDGET_S = 20.0  # a courier begins nothing new after this
KEEP_EVERY_S = 1.0
LIMITS = Limits(seconds=10.0, size=2_000, redirects=0, cut=True)
MOST_COURIERS = 32
GONE = 410

Call = Callable[..., Fetched]


@dataclass
class Told:
    """What a run of the couriers came to; ``under_way``: hooks that are still being told."""

    sent: int = 0
    again: int = 0
    dead: int = 0
    under_way: int = 0

    def __str__(self) -> str:
        said = f"{self.sent} sent, {self.again} to try again, {self.dead} given up"
        return said + (f", {self.under_way} hooks still under way" if self.under_way else "")


@dataclass(frozen=True)
class Post:
    """What a courier needs to know of its installation and shop.

    ``private``: the owner's own network may be called; ``secret_key``: the installation's.
    """

    store: Store
    shop: Shop
    secret_key: str
    private: bool = False
    call: Call = fetch
    roll: Callable[[], float] = random.random


_couriers: dict[str, threading.Thread] = {}
_lock = threading.Lock()


def deliver(post: Post, now: int, patience_s: float = 2.0) -> Told:
    """Send what is due at ``now`` (Unix ms); waits ``patience_s`` at most for who is slow.

    A hook that is still being told from the run before is left to its courier.
    """
    with post.store.read() as tx:
        due, old = outbox.wanted(tx, now), outbox.has_old(tx, now)
    if old:
        with post.store.write() as tx:
            outbox.drop_old(tx, now)
    told = Told()
    sent = [one for hook in due if (one := _send_out(post, hook, now, told)) is not None]
    until = time.monotonic() + patience_s
    for courier in sent:
        courier.join(max(0.0, until - time.monotonic()))
    told.under_way = sum(courier.is_alive() for courier in sent)
    return told


def _send_out(post: Post, hook: str, now: int, told: Told) -> threading.Thread | None:
    """A courier on its way to ``hook``; None when one is under way, or too many are."""
    with _lock:
        for name in [name for name, one in _couriers.items() if not one.is_alive()]:
            del _couriers[name]
        if hook in _couriers or len(_couriers) >= MOST_COURIERS:
            return None
        courier = threading.Thread(
            target=_carry, args=(post, hook, now, told), name=f"hook-{hook}", daemon=True
        )
        _couriers[hook] = courier
        courier.start()
        return courier


def _carry(post: Post, hook: str, now: int, told: Told) -> None:
    try:
        _Courier(post, now, told).carry(hook)
    except Exception:  # the rows say what is still to do; the next run goes on
        log.exception("telling hook %s of shop %s broke off", hook, post.shop.name)


class _Courier:
    """One walk to one hook."""

    def __init__(self, post: Post, now: int, told: Told) -> None:
        self.post = post
        self.told = told
        self.began = self.kept = time.monotonic()
        self.started = now
        self.tried: list[Tried] = []

    def now(self) -> int:
        """The moment, Unix ms: the run's, and what has passed since."""
        return self.started + round((time.monotonic() - self.began) * 1000)

    def carry(self, hook_id: str) -> None:
        """Send what is due, in order, until something says that the receiver is not well."""
        with self.post.store.read() as tx:
            hook = hooks.get(tx, hook_id)
            batch = outbox.turn(tx, hook_id, self.started, BATCH)
        if hook is None or not hook.enabled:
            return
        held: set[str] = set()
        for message in batch:
            if message.visitor_id in held:
                continue
            one, well = self._try(hook, message)
            if one.state == "waiting":
                held.add(message.visitor_id)
            self.tried.append(one)
            over = time.monotonic()
            if not well or over - self.began > BUDGET_S:
                break
            if over - self.kept > KEEP_EVERY_S:
                self._keep(hook)
        self._keep(hook)

    def _try(self, hook: Hook, message: Message) -> tuple[Tried, bool]:
        """Send one; what came of it, and whether to go on with the next."""
        body = orjson.dumps({**orjson.loads(message.body), "shop": self.post.shop.name})
        try:
            answer = self.post.call(
                hook.url,
                method="POST",
                body=body,
                headers=headers(self._secrets(hook), message.id, body, self.now()),
                limits=LIMITS,
                private=self.post.private,
            )
        except (FetchFailed, FetchRefused) as trouble:
            return self._again(message, None, trouble.message, 0), False
        said = f"{answer.status} {shown(answer.body)}".strip()
        if 200 <= answer.status < 300:
            return self._ended(message, "sent", answer.status, said), True
        if answer.status == GONE:
            return self._ended(message, "dead", GONE, said), False
        asked = retry_after(answer.headers.get("retry-after"))
        # 4xx is about this one message; the rest says that the receiver is not well.
        about_it = 400 <= answer.status < 500 and answer.status not in (408, 429)
        return self._again(message, answer.status, said, asked), about_it

    def _secrets(self, hook: Hook) -> list[str]:
        turns = [hook.secret_turn]
        if hook.rotated_at is not None and self.now() < hook.rotated_at + OLD_SECRET_FOR:
            turns.append(hook.secret_turn - 1)
        return [
            hook_secret(self.post.secret_key, self.post.shop.name, hook.id, turn) for turn in turns
        ]

    def _ended(self, message: Message, state: str, status: int | None, said: str) -> Tried:
        at = self.now()
        return Tried(message.seq, state, at, at, status, said[:300])

    def _again(self, message: Message, status: int | None, said: str, asked: int) -> Tried:
        if message.tries + 1 >= TRIES:
            return self._ended(message, "dead", status, said)
        at = self.now()
        wait = max(wait_after(message.tries + 1, self.post.roll()), min(asked, LONGEST_WAIT))
        return Tried(message.seq, "waiting", at, at + wait, status, said[:300])

    def _keep(self, hook: Hook) -> None:
        """Write down what came of the tries so far, and what it says about the hook."""
        tried, self.tried, self.kept = self.tried, [], time.monotonic()
        if not tried:
            return
        now, last = self.now(), tried[-1]
        with self.post.store.write() as tx:
            outbox.record(tx, tried)
            why = _why_off(hook, tried, now)
            if any(one.state == "sent" for one in tried):
                hooks.well(tx, hook.id)
            if last.state != "sent":
                hooks.failing(tx, hook.id, now)
            if why is not None:
                hooks.turn_off(tx, hook.id, why)
                outbox.bury(tx, hook.id, f"the hook was turned off: {why}", now)
        with _lock:
            self.told.sent += sum(one.state == "sent" for one in tried)
            self.told.again += sum(one.state == "waiting" for one in tried)
            self.told.dead += sum(one.state == "dead" for one in tried)


def _why_off(hook: Hook, tried: Sequence[Tried], now: int) -> str | None:
    """Why the hook is told nothing more, or None."""
    if any(one.status == GONE for one in tried):
        return "it answered 410, which says that it is gone for good"
    took_none = all(one.state != "sent" for one in tried)
    since = hook.failing_since
    if took_none and since is not None and now - since >= GIVE_UP_AFTER:
        return "it took nothing for five days"
    return None


def wait_after(tries: int, rolled: float) -> int:
    """How long to wait after so many tries (1 to 7), in ms; rolled: 0 to 1, chance.

    >>> wait_after(1, 0.5), wait_after(7, 1.0) / HOUR
    (5000, 11.0)
    """
    return round(WAITS[tries - 1] * (1 + JITTER * (2 * rolled - 1)))


def retry_after(said: str | None) -> int:
    """What a ``Retry-After`` in seconds asks for, in ms; 0 when it asks for nothing we read.

    >>> retry_after("120"), retry_after("Wed, 21 Oct 2026 07:28:00 GMT"), retry_after(None)
    (120000, 0, 0)
    """
    digits = (said or "").strip()
    return int(digits) * SECOND if digits.isascii() and digits.isdigit() and len(digits) < 7 else 0


def hook_secret(secret_key: str, shop: str, hook: str, turn: int) -> str:
    """The secret that signs what a hook is told: "whsec_" and 64 hex digits. It is kept nowhere.

    secret_key: the installation's own; turn: rises with each new secret of the hook.

    >>> hook_secret("key", "moon", "hook_1", 1) == hook_secret("key", "moon", "hook_1", 2)
    False
    """
    word = f"hook:{shop}:{hook}:{turn}"
    return "whsec_" + hmac.new(secret_key.encode(), word.encode(), "sha256").hexdigest()


def signature(secrets: Sequence[str], at_s: int, body: bytes) -> str:
    """``t=…,v1=…``: seconds, and HMAC-SHA256 of ``t.body`` in hex, once for each secret.

    >>> signature(["whsec_x"], 1, b"{}")[:12]
    't=1,v1=36ee2'
    """
    signed = f"{at_s}.".encode() + body
    marks = (hmac.new(one.encode(), signed, "sha256").hexdigest() for one in secrets)
    return ",".join([f"t={at_s}", *(f"v1={mark}" for mark in marks)])


def headers(secrets: Sequence[str], message: str, body: bytes, now: int) -> dict[str, str]:
    """What goes along with a message: its id, the same on every try, and the signature of now."""
    return {
        "Content-Type": "application/json",
        "Regulars-Id": message,
        "Regulars-Signature": signature(secrets, now // SECOND, body),
    }


def ping(post: Post, hook: Hook, now: int) -> Fetched:
    """What the hook's address answers to a message of type ``ping``, signed like any other.

    Raises FetchRefused or FetchFailed.
    """
    message = outbox.new_id()
    told = {"id": message, "type": "ping", "shop": post.shop.name, "sent_at": now}
    body = orjson.dumps(told)
    secret = hook_secret(post.secret_key, post.shop.name, hook.id, hook.secret_turn)
    return post.call(
        hook.url,
        method="POST",
        body=body,
        headers=headers([secret], message, body, now),
        limits=Limits(seconds=5.0, size=2_000, redirects=0, cut=True),
        private=post.private,
    )


def shown(body: bytes, most: int = 200) -> str:
    """The beginning of an answer as one line of text that can be shown."""
    text = body.decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:most]
