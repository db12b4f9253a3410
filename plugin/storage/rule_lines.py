"""How is a leaf over what product lines say asked of the lines alone?

The lines of a visitor lie side by side, and what a line says of its product stands once in
``wordings``, however many say it: the events need not be read.
"""

from __future__ import annotations

from collections.abc import Sequence

from plugin.segment.compare import minor_amounts
from plugin.segment.leaf import ITEM_FIELDS, ITEM_TEXTS
from plugin.segment.shape import MeasureLeaf, RecencyLeaf, Where
from plugin.storage.events import DEEDS
from plugin.storage.rule_parts import Parts

FIELDS = frozenset(ITEM_FIELDS) - {"quantity"}  # how many there were is no word about the product
LINES = "from item_events e where e.profile = p.id and e.name = {name}"
SAID = "(select {value} from wordings w where w.id = e.wording)"
AMONG_ALL = "{line}.wording in (select w.id from wordings w where {tested})"
# Asked of a few visitors, who do not pay for a look at all that was ever said.
OF_ITS_OWN = "exists (select 1 from wordings w where w.id = {line}.wording and {tested})"
ALSO = """
({own} or exists (
  select 1 from item_events i
  where i.profile = e.profile and i.name = e.name and i.at = e.at and i.event_id = e.event_id
    and {other}
))
"""
OURS = "(case when coalesce(w.currency, {ours}) = {ours} then w.price end)"
NO_NUMBER = "cast(null as {real})"
EACH_EVENT = "distinct e.event_id"


def suffice(leaf: MeasureLeaf | RecencyLeaf) -> bool:
    """Whether the lines say all that the leaf asks of its events."""
    of = leaf.of if isinstance(leaf, MeasureLeaf) else None
    if isinstance(leaf, MeasureLeaf) and leaf.measure == "days":
        return False
    asked = {one.param for one in leaf.where} | ({of} if of else set())
    return leaf.event in DEEDS and bool(asked) and asked <= FIELDS


class Lines:
    """Where the lines ``e`` of the visitors ``p`` come from, and what they say."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def satisfying(self, name: str, times: str, where: Sequence[Where]) -> str:
        """From where: lines of which the first condition holds, of events of which all hold.

        An event comes once for each such line.
        """
        first = f" and {self._test(where[0], 'e')}"
        return self.all(name, times, where[1:]) + first

    def all(self, name: str, times: str, where: Sequence[Where] = ()) -> str:
        """From where: every line of the events of which all conditions hold."""
        also = [
            ALSO.strip()
            .replace("{own}", self._test(one, "e"))
            .replace("{other}", self._test(one, "i"))
            for one in where
        ]
        lines = LINES.replace("{name}", self.parts.bind(name))
        return f"{lines}{times}" + "".join(f" and {one}" for one in also)

    def said(self, field: str) -> str:
        """A field of the line ``e`` as it is told from others."""
        value = self._price() if field == "price" else f"w.{ITEM_FIELDS[field]}"
        return SAID.replace("{value}", value)

    def amount(self, field: str) -> str:
        """A field of the line ``e`` as a number; money in minor units."""
        return SAID.replace("{value}", self._price()) if field == "price" else NO_NUMBER

    def _test(self, where: Where, line: str) -> str:
        tested = self._tested(where)
        form = AMONG_ALL if self.parts.among is None else OF_ITS_OWN
        return form.replace("{line}", line).replace("{tested}", tested)

    def _tested(self, where: Where) -> str:
        """Whether the wording ``w`` satisfies a condition."""
        if where.param not in ITEM_TEXTS:
            to = minor_amounts(where.values, self.parts.shop.currency)
            return self.parts.tested(where, self._price(), to)
        column = f"w.{ITEM_FIELDS[where.param]}"
        tested = self.parts.tested(where, self.parts.words.column(column), where.values)
        return self.parts.perhaps(where, column, tested)

    def _price(self) -> str:
        return OURS.replace("{ours}", self.parts.bind(self.parts.shop.currency))
