"""What can a popup be built of?

To add a kind of block: its reader in ``BLOCKS`` here, and its drawing in ``static/src/popup.js``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from plugin.errors import DocumentRefused
from plugin.serve.document import Document
from plugin.serve.language import fill_fields, in_language
from plugin.serve.link import safe_link
from plugin.serve.retain.schedule import read_moment

Block = Mapping[str, Any]  # as read: {"type": …} and the keys of that type, defaults written out

STYLES = ("heading", "body", "small")
INPUTS = ("email", "text", "tel", "date", "select")
CHOICES = ("single", "multi", "scale", "text")
MOST_BLOCKS = 30
SUCCESS = "success"  # what follows it stands there once the visitor has answered
_ASKING = frozenset({"form", "question"})
_TEXTS = ("text", "alt", "button", "label", "consent_text")  # what a shopper reads
_LONGEST_COUNTDOWN = 60 * 24 * 31


def read_blocks(raw: Sequence[object], where: str) -> tuple[Block, ...]:
    """The blocks that ``raw`` describes. Raises DocumentRefused naming the block and the key."""
    blocks = tuple(_read_block(block, f"{where}[{index}]") for index, block in enumerate(raw))
    _check_success(blocks, where)
    return blocks


def _check_success(blocks: Sequence[Block], where: str) -> None:
    """What stands after an answer needs something asked before it, and asks nothing more."""
    kinds = [block["type"] for block in blocks]
    if SUCCESS not in kinds:
        return
    at = kinds.index(SUCCESS)
    if not set(kinds[:at]) & _ASKING:
        raise DocumentRefused(f"{where}[{at}] needs a form or a question before it")
    if set(kinds[at + 1 :]) & {*_ASKING, SUCCESS}:
        raise DocumentRefused(f"{where}[{at}] must have no form, question or success behind it")


def _read_block(raw: object, where: str) -> Block:
    kind = raw.get("type") if isinstance(raw, Mapping) else None
    if isinstance(raw, Mapping) and not (isinstance(kind, str) and kind in BLOCKS):
        named = "is missing" if kind is None else f"is {str(kind)[:40]!r}"
        raise DocumentRefused(f"{where}.type {named}; known: {', '.join(BLOCKS)}")
    keys, read = BLOCKS[str(kind)] if kind is not None else ((), _text)
    return {"type": kind, **read(Document(raw, where, ("type", *keys)))}


def localised(block: Block, language: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """The block with every text a plain one in ``language``, merge fields filled."""

    def words(text: Any) -> str:
        return fill_fields(in_language(text, language), fields)

    answer: dict[str, Any] = {}
    for key, value in block.items():
        if key in _TEXTS:
            answer[key] = words(value)
        elif key == "options":
            answer[key] = [words(option) for option in value]
        elif key == "fields":
            answer[key] = [localised(field, language, fields) for field in value]
        else:
            answer[key] = value
    return answer


def _text(one: Document) -> dict[str, Any]:
    return {"text": one.texts("text"), "style": one.choice("style", STYLES, "body")}


def _image(one: Document) -> dict[str, Any]:
    return {"src": _link(one, "src"), "alt": one.texts("alt", "")}


def _button(one: Document) -> dict[str, Any]:
    return {"text": one.texts("text"), "url": _link(one, "url", mail=True)}


def _coupon(one: Document) -> dict[str, Any]:
    counts = {"countdown": True} if one.flag("countdown", False) else {}
    return {"text": one.texts("text"), **counts}


def _countdown(one: Document) -> dict[str, Any]:
    if (one.raw("until") is None) == (one.raw("minutes") is None):
        raise DocumentRefused(f"{one.where} must hold either until or minutes")
    if one.raw("minutes") is not None:
        return {"minutes": one.number("minutes", 1, _LONGEST_COUNTDOWN)}
    until = read_moment(one, "until")
    if until is None or until.tzinfo is None:
        raise one.refused("until", "must be a time with its zone, such as 2026-11-27T09:00+09:00")
    return {"until": until.isoformat()}


def _form(one: Document) -> dict[str, Any]:
    fields = [
        _field(raw, f"{one.where}.fields[{index}]")
        for index, raw in enumerate(one.list("fields", least=1, most=20))
    ]
    if len({field["name"] for field in fields}) < len(fields):
        raise one.refused("fields", "has two fields of one name")
    return {"fields": fields, "button": one.texts("button", _SEND)}


def _field(raw: object, where: str) -> dict[str, Any]:
    one = Document(raw, where, ("name", "label", "input", "required", "options", "consent_text"))
    field: dict[str, Any] = {
        "name": _name(one),
        "label": one.texts("label", one.text("name")),
        "input": one.choice("input", INPUTS, "text"),
        "required": one.flag("required", False),
    }
    if field["input"] == "select":
        field["options"] = _options(one)
    elif one.list("options"):
        raise one.refused("options", "are only for a select")
    if one.raw("consent_text") is not None:
        field["consent_text"] = one.texts("consent_text")
    return field


def _question(one: Document) -> dict[str, Any]:
    choice = one.choice("choice", CHOICES, "single")
    question: dict[str, Any] = {"name": _name(one), "text": one.texts("text"), "choice": choice}
    if choice in ("single", "multi"):
        question["options"] = _options(one)
    elif one.list("options"):
        raise one.refused("options", "are only for a single or multi choice")
    return question


def _success(one: Document) -> dict[str, Any]:
    return {"text": one.texts("text", _THANKS)}


def _window(one: Document) -> dict[str, Any]:
    return {"window": one.text("window")}


BLOCKS: dict[str, tuple[tuple[str, ...], Callable[[Document], dict[str, Any]]]] = {
    "text": (("text", "style"), _text),
    "image": (("src", "alt"), _image),
    "button": (("text", "url"), _button),
    "coupon": (("text", "countdown"), _coupon),
    "countdown": (("until", "minutes"), _countdown),
    "form": (("fields", "button"), _form),
    "question": (("name", "text", "choice", "options"), _question),
    SUCCESS: (("text",), _success),
    "window": (("window",), _window),
}
_THANKS = {"en": "Thank you!", "ko": "감사합니다!", "ja": "ありがとうございます"}
_SEND = {"en": "Send", "ko": "보내기", "ja": "送信"}


def _link(one: Document, key: str, *, mail: bool = False) -> str:
    link = safe_link(one.text(key), mail=mail)
    if link is None:
        raise one.refused(key, f"must be a link: https://…, /path{' or mailto:…' if mail else ''}")
    return link


def _name(one: Document) -> str:
    name = one.text("name")
    if len(name) > 40 or not name.isidentifier() or not name.isascii():
        raise one.refused("name", "must be letters, digits and _ such as first_name, at most 40")
    return name


def _options(one: Document) -> list[Any]:
    return [one.read_texts("options", option) for option in one.list("options", least=1, most=50)]
