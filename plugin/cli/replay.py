"""How does an owner see how well his shop recommends, before anybody is shown anything?"""

from __future__ import annotations

import sys

import click

from plugin.cli.data import SHOP
from plugin.cli.room import room
from plugin.journey import replay as replays
from plugin.serve.recommend.tuning import DEFAULT

WEIGHTS = ("by_neighbours", "by_table", "by_follow", "by_trend", "by_repeat", "repeat_start")


@click.command()
@SHOP
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 365))
def replay(name: str | None, days: int) -> None:
    """Ask each ranker for the views of the last days; prints how many it would have guessed."""
    with room() as here:
        store = here.house.store(here.shop(name).name)
        found = replays.replay(store, days, told=_tell_progress)
    click.echo(
        f"{found.learnt:,} visits learnt, {found.asked:,} visits of the last {days} days replayed:"
        f" {found.lines[0].found.queries:,} views asked for, 20 products each"
    )
    click.echo(f"{'':<22}HRnew@20  MRR@20   HR@20  products  p50 ms  p99 ms")
    for line in found.lines:
        one = line.found
        click.echo(
            f"{line.ranker:<22}{one.new:8.4f}{one.places:8.4f}{one.hits:8.4f}{one.covered:10,}"
            f"{line.middle_ms:8.2f}{line.late_ms:8.2f}"
        )
    click.echo(_say_weights(found))


def _say_weights(found: replays.Replay) -> str:
    chosen = ", ".join(f"{name} {getattr(found.weights, name):.3g}" for name in WEIGHTS)
    if found.weights == DEFAULT:
        return f"the weights stay as shipped: {chosen}"
    return f"the weights that did best in the days before: {chosen}"


def _tell_progress(what: str, done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{what}: {done:,} ", nl=False, err=True)
