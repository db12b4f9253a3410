"""What has the owner defined, read and ready to use?

Reading a rule, a popup or a window costs more than a request may spend, so what was read is kept
until the store's generation rises; one look at that number makes an edit count in the next answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar
from weakref import WeakKeyDictionary

from plugin.errors import PluginError
from plugin.segment.evaluate import order_by_dependency
from plugin.segment.rule import Needs, Rule, needs_of, read_rule
from plugin.serve.recommend.window import Window, read_window
from plugin.serve.retain.manners import AVERSE, rule_of
from plugin.serve.retain.popup import Popup, read_popup
from plugin.storage import campaigns, segments
from plugin.storage.engine import Row, Store, Tx

log = logging.getLogger("regulars.documents")
C = TypeVar("C")


@dataclass(frozen=True)
class Documents:
    """The owner's definitions as of ``generation``.

    ``rules``: enabled segments by slug, each after those it names. ``broken``: why a segment rests.
    ``needs``: what must be loaded of a visitor so that all of them can be asked.
    """

    generation: int
    rules: Mapping[str, Rule]
    versions: Mapping[str, int]
    labels: Mapping[str, str]
    broken: Mapping[str, str]
    popups: tuple[Popup, ...]
    windows: Mapping[str, Window]
    needs: Needs

    @cached_property
    def popup_kinds(self) -> Mapping[str, str]:
        """The kinds of the popups that run, by slug."""
        return {one.slug: one.kind for one in self.popups}


_kept: WeakKeyDictionary[Store, Documents] = WeakKeyDictionary()


def documents(store: Store, tx: Tx, generation: int | None = None) -> Documents:
    """The definitions in force; ``tx`` is a look into ``store``.

    generation: the store's, where it was looked up in ``tx`` already.
    """
    if generation is None:
        generation = campaigns.generation(tx)
    kept = _kept.get(store)
    if kept is None or kept.generation != generation:
        kept = _kept[store] = _read(tx, generation)
    return kept


def _read(tx: Tx, generation: int) -> Documents:
    defined = segments.definitions(tx)
    rules, broken = _rules({s.slug: s.rule for s in defined if s.enabled and s.kind == "rule"})
    popups = list(_readable(campaigns.all(tx, "popup"), read_popup))
    windows = list(_readable(campaigns.all(tx, "window"), read_window))
    audiences = [one.audience for one in popups] + [one.audience for one in windows]
    asked = [*rules.values(), *(rule for rule in audiences if rule is not None)]
    if any(one.is_overlay for one in popups):
        asked.append(rule_of(AVERSE)[0])  # what covers the page is not for everybody
    return Documents(
        generation=generation,
        rules=rules,
        versions={s.slug: s.version for s in defined},
        labels={s.slug: s.name for s in defined},
        broken=broken,
        popups=tuple(popups),
        windows={window.slug: window for window in windows},
        needs=needs_of(asked),
    )


def _readable(rows: Sequence[Row], read: Callable[[str, object], C]) -> Iterator[C]:
    """The enabled campaigns that can be read: one that cannot does not silence the others."""
    for row in rows:
        if row["enabled"]:
            try:
                yield read(row["slug"], row["body"])
            except PluginError as trouble:
                log.warning("%s %s rests: %s", row["kind"], row["slug"], trouble.message)


def _rules(raw: Mapping[str, object]) -> tuple[dict[str, Rule], dict[str, str]]:
    """The rules that can be read, in order of dependency, and what is wrong with the others."""
    good: dict[str, Rule] = {}
    broken: dict[str, str] = {}
    for slug, document in raw.items():
        try:
            good[slug] = read_rule(document)
        except PluginError as trouble:
            broken[slug] = trouble.message
    try:
        return {slug: good[slug] for slug in order_by_dependency(good)}, broken
    except PluginError as trouble:
        return {}, broken | dict.fromkeys(good, trouble.message)
