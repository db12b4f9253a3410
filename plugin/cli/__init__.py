"""What can be asked of Regulars at the command line?

Every command exits 0 on success, 2 on wrong usage, and 1 with one line that says what to do.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from plugin import __version__
from plugin.errors import PluginError

# Where each command is. A command's module is read when it is called, so that a writer that has to
# come back within a second does not wait for the web pages.
COMMANDS = {
    "demo": "demo",
    "serve": "run",
    "web": "run",
    "work": "work",
    "shop": "people",
    "owner": "people",
    "segments": "segments",
    "import": "data",
    "reassign": "data",
    "rebuild": "data",
    "train": "data",
    "replay": "replay",
    "backup": "care",
    "restore": "care",
    "doctor": "care",
    "privacy": "care",
}


class Commands(click.Group):
    """The commands of ``COMMANDS``, in this order."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command called ``name``; None: there is none."""
        if name not in COMMANDS:
            return None
        module = import_module(f"plugin.cli.{COMMANDS[name]}")
        found: click.Command = getattr(module, "import_" if name == "import" else name)
        return found


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="regulars")
def cli() -> None:
    """Regulars: know, group, serve and keep the visitors of your own shop."""


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
