"""How fast is a body read and checked, beside msgspec's typed decode of the same body?"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from types import ModuleType

import checkout  # noqa: F401  (before plugin)
import msgspec
from bodies import KEY, NewTexts, ShopTexts, Texts, bodies
from figures import Figure, middle, note, per_cpu_second, tell

from plugin import collect
from plugin.collect import quick, scrub
from plugin.collect.agents import Agent
from plugin.shop import Shop
from plugin.tasks.process import settle

BODIES = int(os.environ.get("BENCH_BODIES", "2000"))  # different ones, a round and side
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
TOGETHER = 20  # bodies that are read before they are checked: few, so that they stay in the cache
SHOP = Shop("moon", KEY)
AGENT = Agent("mobile", "chrome", "android")


class Item(msgspec.Struct):
    """A product line by its types alone."""

    item_id: str | int
    item_name: str | None = None
    item_brand: str | None = None
    item_category: str | None = None
    item_variant: str | None = None
    price: float | None = None
    quantity: float = 1
    url: str | None = None
    image: str | None = None
    index: int | None = None


class Params(msgspec.Struct):
    """Every param that the bodies have, by its type alone."""

    page_location: str | None = None
    page_title: str | None = None
    page_referrer: str | None = None
    page_type: str | None = None
    language: str | None = None
    search_term: str | None = None
    item_list_id: str | None = None
    item_list_name: str | None = None
    popup_id: str | None = None
    transaction_id: str | None = None
    currency: str | None = None
    value: float | None = None
    tax: float | None = None
    shipping: float | None = None
    name: str | None = None
    plan: str | None = None
    visits: int | None = None
    results: int | None = None
    engagement_ms: int | None = None
    engaged: bool | None = None
    items: list[Item] = []


class Event(msgspec.Struct):
    """An event by its types alone."""

    name: str
    event_id: str
    timestamp: int | None = None
    params: Params = msgspec.field(default_factory=Params)


class Page(msgspec.Struct):
    """The page by its types alone."""

    url: str | None = None
    title: str | None = None
    referrer: str | None = None
    language: str | None = None
    width: int | None = None


class Body(msgspec.Struct):
    """A visit by its types alone: no patterns, no lengths, no ranges."""

    key: str
    visitor_id: str
    events: list[Event]
    sent_at: int | None = None
    consent: str | None = None
    page: Page | None = None


@dataclass
class Rates:
    """Bodies a CPU second of each round, by what was done with them."""

    typed: list[float] = field(default_factory=list)
    checks: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    """The modules of ``package`` that are loaded."""
    return (one for one in vars(package).values() if isinstance(one, ModuleType))


@contextmanager
def without_scrubbing() -> Iterator[None]:
    """Texts pass as they are while this is open: what ``scrub`` does is left out."""
    kept = []
    for module in modules_of(collect):
        for name, value in list(vars(module).items()):
            if module is not scrub and getattr(value, "__module__", "") == scrub.__name__:
                kept.append((module, name, value))
                setattr(module, name, _as_it_is)
    forget_all()
    try:
        yield
    finally:
        for module, name, value in kept:
            setattr(module, name, value)
        forget_all()


def _as_it_is(text: str, *_: object, **__: object) -> str:
    return text


def forget_all() -> None:
    """Empty what the modules of ``collect`` keep for the next time: it was read another way."""
    for module in modules_of(collect):
        for value in vars(module).values():
            with suppress(AttributeError):
                value.cache_clear()


def check(visit: quick.Visit, now: int) -> int:
    """Check a body as a web worker does; how many events were good."""
    found = quick.check_quickly(visit, SHOP, now, agent=AGENT)
    assert found is not None  # the sample is what the snippet sends, and is taken quickly
    return len(found.events)


def read(body: bytes) -> quick.Visit:
    """Read a body as a web worker does."""
    visit = quick.read_visit(body)
    assert visit is not None
    return visit


def typed_rate(sent: Sequence[bytes]) -> float:
    """(a): msgspec's typed decode."""
    decode = msgspec.json.Decoder(Body).decode

    def work() -> int:
        for one in sent:
            decode(one)
        return len(sent)

    return per_cpu_second(work)


def checks_rate(before: Sequence[bytes], sent: Sequence[bytes], now: int) -> float:
    """(b): the checks alone, of bodies that are read already, without scrubbing."""
    with without_scrubbing():
        meet(before, now)
        spent = 0.0
        for few in batched(sent, TOGETHER):
            ready = [read(one) for one in few]
            began = time.process_time()
            for one in ready:
                check(one, now)
            spent += time.process_time() - began
    return len(sent) / spent


def batched(sent: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    """``sent`` in pieces of ``size``."""
    return (sent[start : start + size] for start in range(0, len(sent), size))


def whole_rate(before: Sequence[bytes], sent: Sequence[bytes], now: int) -> float:
    """(c): reading, checks and scrubbing."""
    meet(before, now)

    def work() -> int:
        for one in sent:
            check(read(one), now)
        return len(sent)

    return per_cpu_second(work)


def meet(before: Sequence[bytes], now: int) -> None:
    """Read what came before: a web worker lives for days, and is seldom new."""
    for one in before:
        check(read(one), now)


def measure(texts: Texts, rng: Random) -> Rates:
    """Every round on bodies of its own, the three in turn."""
    rates = Rates()
    for number in range(ROUNDS + 1):
        now = int(time.time() * 1000)
        before = list(bodies(BODIES, now, texts, rng))
        sent = list(bodies(BODIES, now, texts, rng))
        whole, alone = whole_rate(before, sent, now), checks_rate(before, sent, now)
        typed = typed_rate(sent)
        if number:  # the first is to warm up
            rates.whole.append(whole)
            rates.checks.append(alone)
            rates.typed.append(typed)
    return rates


def figures(kind: str, rates: Rates) -> Iterator[Figure]:
    """Checks alone and the whole, beside the typed decode."""
    typed = ("msgspec", middle(rates.typed))
    yield Figure(f"bodies/cpu s, checks alone, {kind}", ("ours", middle(rates.checks)), typed, 0.4)
    yield Figure(
        f"bodies/cpu s, read+check+scrub, {kind}", ("ours", middle(rates.whole)), typed, 0.2
    )


def sample_is_good() -> int:
    """The size of a body; raises AssertionError when one of its events is refused or dropped."""
    rng = Random(7)
    now = int(time.time() * 1000)
    sizes = []
    for texts in (ShopTexts(rng), NewTexts(rng)):
        for one in bodies(100, now, texts, rng):
            visit = read(one)
            assert check(visit, now) == len(visit.events)
            msgspec.json.decode(one, type=Body)
            sizes.append(len(one))
    return sum(sizes) // len(sizes)


def main() -> bool:
    """Measure and tell; whether the marks are reached."""
    settle()  # as a web worker does
    size = sample_is_good()
    note(f"{BODIES:,} different bodies of 10 events ({size:,} bytes) a round, {ROUNDS} rounds")
    note("checks alone: every function of plugin.collect.scrub let texts pass as they are")
    rng = Random(1)
    kinds: dict[str, Texts] = {"a shop's texts": ShopTexts(rng), "new texts": NewTexts(rng)}
    return tell(one for kind, texts in kinds.items() for one in figures(kind, measure(texts, rng)))


if __name__ == "__main__":
    main()
