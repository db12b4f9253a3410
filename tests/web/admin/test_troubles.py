"""An owner reads what is wrong with a popup, window or segment in the owner's own words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from plugin.errors import PluginError
from plugin.segment.rule import read_rule
from plugin.serve.recommend.window import read_window
from plugin.serve.retain.popup import read_popup
from plugin.web.admin.troubles import SAYS, trouble_line, trouble_words

ROOT = Path(__file__).resolve().parents[3] / "plugin"
# What reads the documents that owners write: popups, windows, segments and their rules.
READERS = (
    *(ROOT / "segment").glob("*.py"),
    *(ROOT / "serve" / "recommend").glob("*.py"),
    *(
        ROOT / "serve" / "retain" / f"{name}.py"
        for name in ("popup", "blocks", "schedule", "target", "theme", "triggers")
    ),
    ROOT / "serve" / "document.py",
    ROOT / "journey" / "edits.py",
    ROOT / "web" / "definitions.py",
)
PLACES = {"where", "one.where", "self.where"}
HELLO: dict[str, Any] = {
    "trigger": {"on": "load"},
    "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
}


@pytest.fixture(autouse=True)
def page() -> Iterator[None]:
    app = Flask("pages")
    Babel(app)
    with app.test_request_context():
        yield


def said(node: ast.expr) -> str | None:
    """The text of a refusal, with "7" for what it names; its place in front is "rule"."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            place = ast.unparse(part.value) in PLACES
            parts.append("rule" if place else "'7'" if part.conversion == ord("r") else "7")
    return "".join(parts)


def refusals() -> Iterator[str]:
    for path in READERS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("efused", "NotYet")):
                text = said(node.args[-1]) if node.args else None
                if text is not None and "says}" not in text and text not in NOT_ALONE:
                    yield text


# Made of other texts, which stand in the list themselves, or never on an owner's page.
NOT_ALONE = {"rule.7 7", "rule: 7", "rule.on 7; known: 7", "rule.type 7; known: 7", "must be 7"}


@pytest.mark.parametrize("text", sorted(set(refusals())))
def test_there_are_words_for_every_refusal_of_a_reader(text: str) -> None:
    rest = trouble_words(text)[1]
    assert any(rest == str(words) % form.fullmatch(says).groupdict()  # type: ignore[union-attr]
               for form, words in SAYS
               for says in (text, text.partition(" ")[2], text.partition(": ")[2])
               if form.fullmatch(says)), text  # fmt: skip


def refused(read: Any, *given: Any) -> str:
    with pytest.raises(PluginError) as trouble:
        read(*given)
    return str(trouble.value.message)


def popup(**change: Any) -> str:
    return refused(read_popup, "hello", {**HELLO, **change})


@pytest.mark.parametrize(
    ("message", "place", "words"),
    [
        (popup(kind="sky"), "kind",
         "“sky” is not one of those known: modal, bar, slide, inline, teaser."),
        (popup(sky=1), "", None),
        (popup(caps={"per_week": 0}), "caps.per_week", "Write a number from 1 to 10000."),
        (popup(trigger={"on": "click", "selector": "{"}), "trigger.selector",
         "Write a CSS selector such as #help."),
        (popup(trigger={"on": "cart_value"}), "trigger.value", "Fill this in."),
        (popup(audience={"rule": {"any": [{"trait": "orders_total", "op": ">", "value": "x"}]}}),
         "audience.rule.any[0].value", None),
        (refused(read_window, "home", {"strategies": ["magic"]}), "strategies", None),
        (refused(read_window, "home", {"strategies": ["trending"], "min": 9, "max": 3}), "min",
         "At least cannot be more than at most."),
        (refused(read_rule, {"all": []}), "rule.all", "Put at least one condition here."),
        (refused(read_rule, {"event": "purchase", "last": "older_than", "value": "x"}),
         "rule.value", "Write a span such as 30m, 6h or 7d."),
    ],
)  # fmt: skip
def test_a_refusal_is_told_with_its_place_and_what_to_do(
    message: str, place: str, words: str | None
) -> None:
    told = trouble_words(message)
    assert told[0] == place
    assert words is None or told[1] == words
    assert told[1] not in message  # it has words of its own


def test_one_line_names_the_place_before_the_words() -> None:
    assert trouble_line("rule.all must be a list with at least one rule") == (
        "rule.all: Put at least one condition here."
    )
    assert trouble_line("there is no segment called vip: define it first") == (
        "There is no segment called vip; make it first."
    )


def test_what_nobody_thought_of_keeps_what_it_says() -> None:
    assert trouble_words("popup x.audience: it is odd") == ("audience", "it is odd")
    assert trouble_words("something else") == ("", "something else")


def test_a_percent_sign_in_what_was_typed_breaks_nothing() -> None:
    assert trouble_words(popup(kind="100 %(s"))[1].startswith("“100 %(s” is not one of")


@pytest.mark.parametrize("language", ["ko", "ja"])
def test_programs_are_told_in_english_whatever_the_owner_reads(language: str) -> None:
    with force_locale(language):
        assert popup(kind="sky").startswith("popup hello.kind is 'sky'; known: ")
