"""Does what setup.cfg ships hold everything that runs, and name everything that is needed?"""

from __future__ import annotations

import ast
import re
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "plugin"
BROWSER_FILES = ROOT / "static"

# A distribution whose import name is not its own in lower case with "_" for "-".
IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "crawler-user-agents": "crawleruseragents",
}
# Data alone: zoneinfo reads it where the system has no time zones of its own.
NEVER_IMPORTED = {"tzdata", "uvloop"}  # granian finds the loop by itself
# Parts of flask that the program may use by name.
COME_WITH_FLASK = {"jinja2", "markupsafe", "werkzeug", "itsdangerous"}


@pytest.fixture(scope="module")
def setup() -> ConfigParser:
    """setup.cfg, read."""
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def lines(setup: ConfigParser, section: str, option: str) -> list[str]:
    """The lines of a list in setup.cfg."""
    return [line.strip() for line in setup[section][option].splitlines() if line.strip()]


def requirements(setup: ConfigParser) -> dict[str, str]:
    """What is installed with us: distribution name -> its whole line (the last, if several)."""
    found = {}
    for line in lines(setup, "options", "install_requires"):
        name = re.match(r"[A-Za-z0-9._-]+", line)
        assert name is not None
        found[name[0].lower()] = line
    return found


def folders_with_python() -> set[str]:
    """Every folder of the program that holds Python files, by its dotted name."""
    return {".".join(path.parent.relative_to(ROOT).parts) for path in HOUSE.rglob("*.py")}


def imported() -> set[str]:
    """The top-level names that the program imports anywhere."""
    found: set[str] = set()
    for path in HOUSE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found


def import_name(distribution: str) -> str:
    """``flask-login`` is imported as ``flask_login``."""
    return IMPORTED_AS.get(distribution, distribution.replace("-", "_"))


def test_every_folder_with_python_is_packaged_and_no_other(setup: ConfigParser) -> None:
    listed = lines(setup, "options", "packages")
    assert len(listed) == len(set(listed))
    assert set(listed) == folders_with_python() | {"plugin.static"}


def test_every_package_says_what_it_is() -> None:
    bare = [
        name
        for name in folders_with_python()
        if not (ROOT / name.replace(".", "/") / "__init__.py").is_file()
    ]
    assert bare == []


def test_the_browser_files_are_packaged_inside_the_program(setup: ConfigParser) -> None:
    assert "plugin.static = static" in lines(setup, "options", "package_dir")


def test_every_other_file_the_program_reads_is_packaged(setup: ConfigParser) -> None:
    shipped: set[Path] = set()
    for package, patterns in setup["options.package_data"].items():
        folder = BROWSER_FILES if package == "plugin.static" else ROOT / package.replace(".", "/")
        for pattern in re.split(r"[,\s]+", patterns.strip()):
            shipped.update(path for path in folder.glob(pattern) if path.is_file())
            # pathlib's ** stops at folders before Python 3.13; setuptools' does not.
            shipped.update(path for path in folder.glob(f"{pattern}/*") if path.is_file())
    read = {
        path
        for folder in (HOUSE, BROWSER_FILES)
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix not in {".py", ".pyc"}
        and "node_modules" not in path.parts
    }
    assert sorted(read - shipped) == []


def test_every_requirement_has_a_floor_and_a_ceiling(setup: ConfigParser) -> None:
    ranges = {n: line.split(";")[0] for n, line in requirements(setup).items()}
    open_ended = {n for n, text in ranges.items() if ">=" not in text or ",<" not in text}
    # Time zone data has no interface to break, and old data is wrong data.
    assert open_ended == {"tzdata"}


def test_what_is_imported_is_required(setup: ConfigParser) -> None:
    known = {import_name(name) for name in requirements(setup)} | COME_WITH_FLASK | {"plugin"}
    assert sorted(imported() - known - set(sys.stdlib_module_names)) == []


def test_what_is_required_is_in_use(setup: ConfigParser) -> None:
    needed = set(requirements(setup)) - NEVER_IMPORTED
    # sqlite-utils takes pysqlite3 by itself where it is installed.
    used = imported() | {"pysqlite3"}
    assert sorted(name for name in needed if import_name(name) not in used) == []


def test_the_command_is_called_regulars(setup: ConfigParser) -> None:
    assert lines(setup, "options.entry_points", "console_scripts") == ["regulars = plugin.cli:main"]


def test_no_warning_passes_the_tests_unseen(setup: ConfigParser) -> None:
    assert lines(setup, "tool:pytest", "filterwarnings")[0] == "error"
