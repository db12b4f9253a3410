"""What can be asked of Regulars at the command line?

Every command exits 0 on success, 2 on wrong usage, and 1 with one line that says what to do.
"""

from __future__ import annotations

import sys

import click

from plugin import __version__
from plugin.cli.care import backup, doctor, privacy, restore
from plugin.cli.data import import_, reassign, rebuild, train
from plugin.cli.demo import demo
from plugin.cli.people import owner, shop
from plugin.cli.run import serve, web, work
from plugin.errors import PluginError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="regulars")
def cli() -> None:
    """Regulars: know, group, serve and keep the visitors of your own shop."""


for command in (
    demo,
    serve,
    web,
    work,
    shop,
    owner,
    import_,
    reassign,
    rebuild,
    train,
    backup,
    restore,
    doctor,
    privacy,
):
    cli.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    try:
        code = cli.main(arguments, prog_name="regulars", standalone_mode=False)
    except click.UsageError as trouble:
        trouble.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as trouble:
        trouble.show()
        sys.exit(1)
    except PluginError as trouble:
        click.echo(f"regulars: {trouble.message}", err=True)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
