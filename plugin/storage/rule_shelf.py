"""How is what the catalogue said of a product, when it was viewed, asked in SQL?

``segment.shelf`` says the same of one visitor.
"""

from __future__ import annotations

from plugin.segment.shape import Window
from plugin.segment.shelf import MONTH, SOLD_OUT, VIEW
from plugin.shop import DAY
from plugin.storage import item_states
from plugin.storage.rule_events import EventLeaves
from plugin.storage.rule_parts import Parts

TAGS = "select distinct tags from item_states"
# The word that counts for a view: the last before it, else the first if it was there when we were
# told of the view.
SAID = """
exists (
  select 1 from item_states w join items i on i.item_id = w.item_id
  where w.item_id = e.item_id and {fits} and w.at = coalesce(
    (select max(s.at) from item_states s where s.item_id = e.item_id and s.at <= e.at),
    (select min(s.at) from item_states s where s.item_id = e.item_id and s.at <= (
      select v.received_at from events v where v.event_id = e.event_id))
  )
)
"""
# Most products never fit; asked of a few visitors, who do not pay for a look at all that was said.
EVER = "e.item_id in (select w.item_id from item_states w where {fits}) and "
NEW = f"""
exists (
  select 1 from items i where i.item_id = e.item_id
    and e.at - i.created_at between {-DAY} and {MONTH}
)
"""
ON_SALE = "w.sale_price < w.price"


def tagged(tag: str, parts: Parts, events: EventLeaves) -> str:
    """How many views of 30 days show a product that had the tag (folded) then."""
    known = [told for (told,) in parts.tx.tuples(TAGS)]
    good = sorted(told for told in known if tag in item_states.tags(told))
    return _said(f"w.tags in texts({parts.bind(good)})", parts, events) if good else "0"


def on_sale(parts: Parts, events: EventLeaves) -> str:
    """How many of them show one that was on sale then."""
    return _said(ON_SALE, parts, events)


def sold_out(parts: Parts, events: EventLeaves) -> str:
    """How many of them show one that was sold out then."""
    return _said(f"w.availability = {parts.bind(SOLD_OUT)}", parts, events)


def new(parts: Parts, events: EventLeaves) -> str:
    """How many of them show one that was new then."""
    return _shown(NEW.strip(), events)


def _said(fits: str, parts: Parts, events: EventLeaves) -> str:
    ever = EVER if parts.among is None else ""
    return _shown((ever + SAID.strip()).replace("{fits}", fits), events)


def _shown(fits: str, events: EventLeaves) -> str:
    """How many views have a line of which this is true."""
    lines = events.lines.all(VIEW, events.times(Window(within=MONTH)))
    return f"(select count(distinct e.event_id) {lines} and {fits})"
