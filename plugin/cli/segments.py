"""Which segments come ready, and how does an owner adopt one at the command line?"""

from __future__ import annotations

import click

from plugin.cli.room import room
from plugin.segment.templates import TEMPLATES, template_called
from plugin.segment.templates.ladder import KEY as LADDER
from plugin.segment.templates.ladder import NAME, RUNGS, ladder_state
from plugin.segment.templates.pattern import LANGUAGES

LANGUAGE = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of names."
)


@click.group()
def segments() -> None:
    """Segments that come ready: list and adopt them."""


@segments.command("templates")
@LANGUAGE
def list_templates(language: str) -> None:
    """List the templates: key, model, name, and whether it can be asked yet."""
    click.echo(f"{LADDER:22} {'':14} {NAME.of(language)} ({ladder_state()})")
    for one in TEMPLATES.values():
        click.echo(f"{one.key:22} {one.model:14} {one.name.of(language)} ({one.state})")


@segments.command("adopt")
@click.argument("key")
@click.option("--shop", "name", help="Which shop; may be left out when there is one.")
@LANGUAGE
def adopt(key: str, name: str | None, language: str) -> None:
    """Make a segment of the template KEY, or all ten of the ladder; what is there stays."""
    with room() as here:
        shop, now = here.shop(name).name, here.now()
        if key == LADDER:
            names = {rung.key: rung.name.of(language) for rung in RUNGS}
            told = {"names": names, "thresholds": None, "restore": False}
            made = here.writer.do(shop, "adopt_ladder", now=now, **told)
        else:
            one = {"key": key, "name": template_called(key).name.of(language)}
            made = here.writer.do(shop, "adopt", now=now, wanted=[one])
        here.writer.do(shop, "reassign", now=here.now())
    click.echo(f"adopted: {', '.join(made)}" if made else f"{key} was there already")
