"""How does an owner see how well his shop recommends, before anybody is shown anything?"""

from __future__ import annotations

import sys

import click

from plugin.cli.data import SHOP
from plugin.cli.room import room
from plugin.journey import replay as replays
from plugin.serve.recommend.tuning import DEFAULT, Tuning


@click.command()
@SHOP
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 365))
@click.option("--keep", is_flag=True, help="Rank with the weights found, if they did better.")
def replay(name: str | None, days: int, keep: bool) -> None:
    """Ask each ranker for the views of the last days; prints how many it would have guessed."""
    with room() as here:
        shop = here.shop(name).name
        found = replays.replay(here.house.store(shop), days, told=_tell_progress)
        if keep:
            weights = {} if found.best == DEFAULT else found.best.weights()
            here.writer.do(shop, "keep_weights", found=weights)
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
    if keep:
        click.echo(_say_kept(found.best))


def _say_weights(found: replays.Replay) -> str:
    chosen = ", ".join(f"{name} {value:.3g}" for name, value in found.weights.weights().items())
    if found.weights == DEFAULT:
        return f"the weights stay as shipped: {chosen}"
    return f"the weights that did best in the days before: {chosen}"


def _say_kept(best: Tuning) -> str:
    if best == DEFAULT:
        return "the shop ranks with the weights as shipped: no others did better in the last days"
    return "kept: the next model ranks with them (regulars train builds one now)"


def _tell_progress(what: str, done: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{what}: {done:,} ", nl=False, err=True)
