"""Does the house keep its form? Held by reading the source only, nothing is imported.

Import order, pure stages, SQL in one room, sizes, docstrings: docs/architecture.md says why.
Each check is a function of one module's source, so that the last tests can show it what is wrong.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "plugin"

# From the edges to the core: a module may import from its own room and from those below it.
ROOMS: tuple[tuple[str, ...], ...] = (
    ("cli", "__main__"),
    ("web",),
    ("tasks",),
    ("journey",),
    ("storage",),
    ("serve",),
    ("segment",),
    ("profile",),
    ("collect",),
    ("config", "errors", "faults", "shop", "__init__"),
)
DEPTH = {name: depth for depth, names in enumerate(ROOMS) for name in names}
STAGES = ("collect", "profile", "segment", "serve")

# What reaches disk, network, clock, dice or the process around us.
THE_WORLD = """
aiohttp apscheduler asyncio concurrent flask ftplib glob granian http httpx importlib logging
multiprocessing os pathlib platform psycopg pysqlite3 random requests secrets select selectors
shutil signal smtplib socket socketserver sqlite3 sqlite_utils ssl subprocess sys tempfile
threading time urllib3 werkzeug
"""
WORLD = frozenset(THE_WORLD.split())
DATABASES = frozenset({"sqlite3", "pysqlite3", "sqlite_utils", "psycopg", "apsw", "sqlalchemy"})
# hash() of a text differs from process to process.
CALLS = "open input print eval exec hash __import__ breakpoint"
METHODS = """
now utcnow today uuid1 uuid4 urandom default_rng urlopen import_module
read_text write_text read_bytes write_bytes
"""
BARE_CALLS = frozenset(CALLS.split() + METHODS.split())
CLOCKS_AND_DICE = frozenset(METHODS.split())
DICE = ("random.", "np.random.", "numpy.random.")

SQL = re.compile(
    r"""^\s*(
        (select|SELECT)\b.+\b(from|FROM)\s+[\w"{(]
      | insert\s+(or\s+\w+\s+)?into\s
      | replace\s+into\s
      | update\s+\S+\s+set\s+\S+\s*=
      | delete\s+from\s
      | (create|drop|alter)\s+(unique\s+|virtual\s+|temp\s+|temporary\s+)?
        (table|index|view|trigger|schema|database)\s
      | pragma\s+\w+ | begin\s+(immediate|exclusive|deferred)
      | rollback\s+to\s | savepoint\s+\w+\s*;?\s*$
      | with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s*\(
      | vacuum(\s+into\s.*)?;?\s*$
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
# Prose begins "Select a segment from ..."; a statement is lower or upper case throughout.
PROSE = re.compile(r"^\s*Select\b")

LINES_OF_A_MODULE = 400
LINES_OF_A_FUNCTION = 50
NAMES_THAT_SAY_NOTHING = frozenset(
    {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    """Every Python file of the program."""
    return sorted(HOUSE.rglob("*.py"))


def name_of(path: Path) -> str:
    """``plugin/web/app.py`` is called ``plugin.web.app``; an ``__init__`` keeps its own name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def room_of(module: str) -> str:
    """The room a dotted name lies in: its second part; the package itself is ``__init__``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports(tree: ast.AST, module: str) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported anywhere in the module, functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                above = module.split(".")[: -node.level]
                source = ".".join([*above, source] if source else above)
            if source == "plugin":
                yield from ((node.lineno, f"plugin.{alias.name}") for alias in node.names)
            else:
                yield (node.lineno, source)


def wrong_way(source: str, module: str) -> list[str]:
    """Imports that lead from the core to the edges, or to a room nobody knows."""
    here = room_of(module)
    if here not in DEPTH:
        return [f"1: room {here!r} is not in the order of docs/architecture.md"]
    found = []
    for line, name in imports(ast.parse(source), module):
        if name.split(".")[0] != "plugin":
            continue
        there = room_of(name)
        # `from plugin import __version__` names a thing of the package itself, not a room.
        depth = DEPTH["__init__"] if there.startswith("__") else DEPTH.get(there)
        if depth is None or depth < DEPTH[here]:
            found.append(f"{line}: {here} imports {name}")
    return found


def only_for_types(tree: ast.AST) -> set[int]:
    """Lines under ``if TYPE_CHECKING``: they name types and never run."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for inside in node.body:
                lines.update(range(inside.lineno, (inside.end_lineno or inside.lineno) + 1))
    return lines


def touches_the_world(source: str, module: str) -> list[str]:
    """What in a stage would read a clock, roll dice, or reach disk or network."""
    tree = ast.parse(source)
    for_types = only_for_types(tree)
    found = [
        f"{line}: imports {name}"
        for line, name in imports(tree, module)
        if line not in for_types
        and (name.split(".")[0] in WORLD or name.startswith(("urllib.request", "numpy.random")))
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (what := impure_call(node)):
            found.append(f"{node.lineno}: calls {what}")
    return found


def impure_call(call: ast.Call) -> str | None:
    """How the call is written, when its answer depends on more than its arguments."""
    target = call.func
    if isinstance(target, ast.Name):
        return target.id if target.id in BARE_CALLS else None
    if not isinstance(target, ast.Attribute):
        return None
    here_and_now = target.attr in CLOCKS_AND_DICE or ast.unparse(target).startswith(DICE)
    # Without a zone these two read the machine's own.
    zoneless = (target.attr == "fromtimestamp" and len(call.args) + len(call.keywords) < 2) or (
        target.attr == "astimezone" and not call.args and not call.keywords
    )
    return ast.unparse(target) if here_and_now or zoneless else None


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of every string that is not a docstring; an f-string's holes are ``{}``."""
    docs, parts = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docs.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            parts.update(id(part) for part in node.values)
            pieces = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
            yield node.lineno, "".join(str(piece) for piece in pieces)
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in docs | parts:
            yield node.lineno, text


def statements(source: str, module: str) -> list[str]:
    """SQL, and the libraries that take it."""
    tree = ast.parse(source)
    spoken = [
        f"{line}: {' '.join(text.split())[:60]!r}"
        for line, text in texts(tree)
        if SQL.match(text) and not PROSE.match(text)
    ]
    return spoken + [
        f"{line}: imports {name}"
        for line, name in imports(tree, module)
        # sqlite_utils.utils also reads CSV and JSON lines, which is no database.
        if name.split(".")[0] in DATABASES and name != "sqlite_utils.utils"
    ]


def too_long(source: str) -> list[str]:
    """The module, and its functions, that no longer fit a sitting or a screen."""
    found = []
    count = len(source.splitlines())
    if count > LINES_OF_A_MODULE:
        found.append(f"1: {count} lines, more than {LINES_OF_A_MODULE}: cut it by what it answers")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LINES_OF_A_FUNCTION:
                found.append(f"{node.lineno}: {node.name} has {length} lines")
    return found


def undocumented(source: str) -> list[str]:
    """The module, and its public functions and methods, without a docstring."""
    tree = ast.parse(source)
    found = [] if ast.get_docstring(tree) else ["1: the module says not which question it answers"]
    owners: list[ast.Module | ast.ClassDef] = [tree]
    owners += [c for c in tree.body if isinstance(c, ast.ClassDef) and not c.name.startswith("_")]
    for owner in owners:
        for node in owner.body:
            if isinstance(node, Function) and not excused(node) and not ast.get_docstring(node):
                found.append(f"{node.lineno}: {node.name} has no docstring")
    return found


def excused(function: Function) -> bool:
    """Private, or one more form of a function that is documented already."""
    marks = {ast.unparse(mark).split(".")[-1] for mark in function.decorator_list}
    return function.name.startswith("_") or bool(marks & {"overload", "setter", "deleter"})


each_module = pytest.mark.parametrize("path", modules(), ids=name_of)
each_stage_module = pytest.mark.parametrize(
    "path", [p for p in modules() if room_of(name_of(p)) in STAGES], ids=name_of
)
outside_storage = pytest.mark.parametrize(
    "path", [p for p in modules() if room_of(name_of(p)) != "storage"], ids=name_of
)


@each_module
def test_imports_run_from_the_edges_to_the_core(path: Path) -> None:
    assert wrong_way(path.read_text("utf-8"), name_of(path)) == []


@each_stage_module
def test_a_stage_touches_no_clock_dice_disk_or_network(path: Path) -> None:
    assert touches_the_world(path.read_text("utf-8"), name_of(path)) == []


@outside_storage
def test_only_storage_speaks_sql(path: Path) -> None:
    assert statements(path.read_text("utf-8"), name_of(path)) == []


@each_module
def test_modules_and_functions_keep_to_their_size(path: Path) -> None:
    assert too_long(path.read_text("utf-8")) == []


@each_module
def test_every_module_and_public_function_says_what_it_answers(path: Path) -> None:
    assert undocumented(path.read_text("utf-8")) == []


@each_module
def test_a_name_says_what_is_inside(path: Path) -> None:
    assert not NAMES_THAT_SAY_NOTHING & set(path.relative_to(HOUSE).with_suffix("").parts)


def test_the_house_has_all_its_rooms() -> None:
    built = {room_of(name_of(path)) for path in modules()}
    assert built == set(DEPTH)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("plugin.collect.checks", "from plugin.profile.fold import folded"),
        ("plugin.serve.window", "import plugin.storage.items"),
        ("plugin.storage.events", "from plugin import journey"),
        ("plugin.segment.rule", "from ..serve import window"),
        ("plugin.tasks.clock", "def run():\n    from plugin.web.app import create_app"),
        ("plugin.shop", "from plugin.toolbox import thing"),
    ],
)
def test_an_import_against_the_order_is_noticed(module: str, source: str) -> None:
    assert wrong_way(source, module)


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from random import random",
        "from urllib.request import urlopen",
        "at = datetime.now(timezone.utc)",
        "day = date.today()",
        "when = datetime.fromtimestamp(at / 1000)",
        "with open('x') as file: pass",
        "key = uuid.uuid4().hex",
        "bucket = hash(visitor_id) % 100",
        "share = numpy.random.random()",
        "text = path.read_text()",
    ],
)
def test_a_stage_that_touches_the_world_is_noticed(source: str) -> None:
    assert touches_the_world(source, "plugin.serve.window")


def test_a_stage_may_name_the_dice_it_is_given() -> None:
    source = "if TYPE_CHECKING:\n    from random import Random\ndef draw(rng: Random): rng.random()"
    assert touches_the_world(source, "plugin.serve.window") == []


@pytest.mark.parametrize(
    "text",
    [
        "select * from events",
        "SELECT 1 FROM x",
        "\n  insert or ignore into events values (1)",
        "update profiles set orders = 1",
        "delete from items where 1",
        "create unique index a on b (c)",
        "with recent as (select 1)",
        "pragma journal_mode=wal",
    ],
)
def test_sql_is_noticed_plain_and_formatted(text: str) -> None:
    assert statements(f"X = {text!r}", "plugin.web.admin.pages")
    assert statements(f"X = f{text + ' {y}'!r}", "plugin.web.admin.pages")


@pytest.mark.parametrize(
    "text",
    [
        "Select a segment from the list",
        "update the settings of this shop",
        "with love",
        "the events were deleted from the store",
        "create a segment",
    ],
)
def test_prose_is_not_taken_for_sql(text: str) -> None:
    assert statements(f"X = {text!r}", "plugin.web.admin.pages") == []


def test_what_is_too_long_is_noticed() -> None:
    body = "\n".join("    x = 1" for _ in range(LINES_OF_A_FUNCTION))
    assert too_long(f"def long():\n{body}")
    assert too_long("\n" * (LINES_OF_A_MODULE + 1))


def test_what_is_undocumented_is_noticed() -> None:
    source = (
        '"""Doc."""\nclass Shop:\n    def day(self): ...\n    def _own(self): ...\ndef add(): ...'
    )
    assert [line.split(":")[0] for line in undocumented(source)] == ["5", "3"]
