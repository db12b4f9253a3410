"""Do the documents name everything there is, and nothing that is not there?"""

from __future__ import annotations

import ast
import doctest
import importlib
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import click
import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "plugin"
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = [README, *sorted(DOCS.rglob("*.md"))]

SETTING = re.compile(r"\bREGULARS_[A-Z_]+\b")
LINK = re.compile(r"(?:\]\(|src=\")([^)\s\"#]+)")
# A path of this checkout in code style: `plugin/segment/rule.py`, `static/src/`.
PATH = re.compile(r"`((?:plugin|static|tests|docs|\.ci)/[\w./-]*)`")
PARAMETER = re.compile(r"<[^<>]+>|\b[A-Z]{2,}\b")
ONE_OF = re.compile(r"<any\(([^)]*)\):\w+>")


def text_of(*pages: Path) -> str:
    """The pages, one after the other."""
    return "\n".join(page.read_text("utf-8") for page in pages)


def named(module: str, name: str) -> Any:
    """What ``module`` calls ``name``."""
    return getattr(importlib.import_module(module), name)


def modules() -> list[str]:
    """Every module by its dotted name; ``__main__`` would start the program."""
    paths = (p.relative_to(ROOT).with_suffix("") for p in sorted(HOUSE.rglob("*.py")))
    names = (".".join(path.parts).removesuffix(".__init__") for path in paths)
    return [name for name in names if not name.endswith("__main__")]


def settings_read() -> set[str]:
    """Every setting that the program reads: texts of its source, docstrings left out."""
    found: set[str] = set()
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update([node.value] if SETTING.fullmatch(node.value) else [])
    return found


def paths_of(rule: str) -> Iterator[str]:
    """A route's path with ``*`` for each parameter; one for each of a closed list of words."""
    choices = [words.replace(" ", "").split(",") for words in ONE_OF.findall(rule)]
    for words in product(*choices):
        chosen = iter(words)
        yield PARAMETER.sub("*", ONE_OF.sub(lambda _, words=chosen: next(words), rule))


def documented_paths() -> set[str]:
    """Every path the pages name, with ``*`` for each word in capitals."""
    found = re.findall(r"(?<![\w.])/[\w./*<>-]*", PARAMETER.sub("*", text_of(*PAGES)))
    return {path.rstrip(".") for path in found}


def commands(group: click.Group, before: str = "regulars") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


def all_commands() -> dict[str, click.Command]:
    """The command line's own list: ``regulars shop add`` -> the command."""
    return dict(commands(named("plugin.cli", "cli")))


def test_every_folder_has_its_place_in_the_architecture() -> None:
    text = text_of(DOCS / "architecture.md")
    folders = {path.parent for path in HOUSE.rglob("*.py")} - {HOUSE}
    assert sorted(f.name for f in folders if f"{f.name}/" not in text) == []


def test_the_architecture_is_read_in_three_screens() -> None:
    assert len((DOCS / "architecture.md").read_text("utf-8").splitlines()) <= 150


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    documented = set(SETTING.findall(text_of(DOCS / "settings.md")))
    elsewhere = [*(ROOT / "tests").rglob("*.py"), *(ROOT / ".ci").iterdir()]
    for_tests = set(SETTING.findall(text_of(*(p for p in elsewhere if p != Path(__file__)))))
    assert set(SETTING.findall((HOUSE / "config.py").read_text("utf-8"))) <= documented
    assert sorted(documented - settings_read() - for_tests) == []


def test_every_route_is_documented() -> None:
    known = documented_paths()
    routes = {
        path for route in named("plugin.web.routes", "ROUTES") for path in paths_of(route.path)
    }
    assert routes
    assert sorted(routes - known) == []


def test_every_job_on_the_clock_is_documented() -> None:
    jobs = [job.name for job in named("plugin.tasks.jobs", "JOBS")]
    assert jobs
    assert [name for name in jobs if f"`{name}`" not in text_of(*PAGES)] == []


def test_every_command_and_option_is_documented() -> None:
    text = text_of(DOCS / "commands.md")
    missing = [name for name in all_commands() if f"`{name}" not in text]
    for name, command in all_commands().items():
        options = (p for p in command.params if isinstance(p, click.Option))
        longest = (max(option.opts, key=len) for option in options)
        missing += [f"{name} {option}" for option in longest if option not in text]
    assert missing == []


def test_no_command_is_documented_that_does_not_exist() -> None:
    said = set(re.findall(r"`(regulars(?: [a-z][a-z-]*)+)", text_of(*PAGES)))
    known = set(all_commands())
    groups = {name.rpartition(" ")[0] for name in known}
    # `regulars import orders` is the command `regulars import` with its first argument.
    unknown = {
        n
        for n in said
        if not any(f"{n} ".startswith(f"{k} ") for k in known | groups - {"regulars"})
    }
    assert sorted(unknown) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_path_leads_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    links = [link for link in LINK.findall(text) if "//" not in link and not link.startswith("/")]
    dead = [link for link in links if not (page.parent / link).exists()]
    dead += [path for path in PATH.findall(text) if not (ROOT / path).exists()]
    assert dead == []


def test_the_first_screen_has_a_sentence_a_picture_a_command_and_the_tag() -> None:
    lines = README.read_text("utf-8").splitlines()
    tag = next(n for n, line in enumerate(lines) if "<script async" in line and "data-key" in line)
    picture = next(n for n, line in enumerate(lines) if "<img" in line or line.startswith("!["))
    command = next(n for n, line in enumerate(lines) if line.strip() == "make demo")
    second = next(n for n, line in enumerate(lines) if line.startswith("## "))
    assert lines[0] == "# Regulars"
    assert lines[2].endswith(".")
    assert max(tag, picture, command) < second <= 30


def test_the_second_screen_puts_https_in_front() -> None:
    lines = README.read_text("utf-8").splitlines()
    first = next(line for line in lines if line.startswith("## "))
    assert "HTTPS" in first


@pytest.mark.parametrize("page", sorted((DOCS / "decisions").glob("*.md")), ids=lambda p: p.stem)
def test_a_decision_says_what_was_known_chosen_and_when_to_look_again(page: Path) -> None:
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+", page.stem)
    headings = re.findall(r"^## (.+)$", page.read_text("utf-8"), re.MULTILINE)
    assert headings == ["Context", "Options", "Choice", "When to look again"]


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(page.name[:4]) for page in (DOCS / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_changelog_has_unreleased_on_top() -> None:
    lines = (DOCS / "changelog.md").read_text("utf-8").splitlines()
    assert next(line for line in lines if line.startswith("## ")) == "## Unreleased"
    sections = {line for line in lines if line.startswith("### ")}
    assert sections <= {"### Breaking", "### New", "### Faster", "### Fixed"}


@pytest.mark.parametrize("module", modules())
def test_every_example_in_a_docstring_is_true(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_every_trait_is_documented() -> None:
    from plugin.segment.traits import PREDICTIONS, TRAITS

    text = (DOCS / "traits.md").read_text("utf-8")
    assert [name for name in (*TRAITS, *PREDICTIONS) if f"`{name}`" not in text] == []
