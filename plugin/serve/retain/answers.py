"""Are these the answers that a popup's form and questions asked for, and what was agreed to?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from plugin.collect.event import Scalar
from plugin.errors import DocumentRefused
from plugin.serve.language import Texts, fill_fields, in_language
from plugin.serve.retain.popup import Popup

LONGEST = 1_024
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SCALE = ("1", "2", "3", "4", "5")
_TEXTS_ONLY = ("email", "tel", "date", "select")


def read_answers(
    popup: Popup, fields: Mapping[str, Any], variant: int | None = None
) -> dict[str, Scalar]:
    """The answers by the names of the fields; several chosen options are joined by ", ".

    variant: the look that was shown: only what it requires is required; None: all of them. Raises
    DocumentRefused naming the field: not asked for, required, or not of its kind.
    """
    asked = dict(_asked(popup))
    unknown = sorted(str(name) for name in set(fields) - set(asked))
    if unknown:
        raise DocumentRefused(f"not asked for: {', '.join(name[:40] for name in unknown[:5])}")
    shown = set(asked) if variant is None else {name for name, _ in _asked(popup, variant)}
    given = {
        name: _read(name, fields.get(name), what, needed=name in shown)
        for name, what in asked.items()
    }
    found = {name: answer for name, answer in given.items() if answer != ""}
    if not found:
        raise DocumentRefused("no field was filled in")
    return found


def consents_to(
    popup: Popup,
    given: Mapping[str, Scalar],
    language: str,
    merged: Mapping[str, str],
    variant: int | None = None,
) -> list[dict[str, str]]:
    """The consent texts of the fields that were filled in, as they were shown.

    A field with a consent text cannot be sent without its tick, so what is given was agreed to.
    merged: the merge fields that were set. Each is {field, text, language}.
    """
    return [
        {"field": name, **shown_in(field["consent_text"], language, merged)}
        for name, field in _asked(popup, variant)
        if name in given and field.get("consent_text") is not None
    ]


def shown_in(text: Texts, language: str, merged: Mapping[str, str]) -> dict[str, str]:
    """A text as it was shown to a shopper of ``language``, and in which language that was.

    >>> shown_in({"en": "Yes", "ko": "네"}, "ko-KR", {})
    {'text': '네', 'language': 'ko'}
    """
    shown = in_language(text, language)
    texts = {} if isinstance(text, str) else text
    known = [name for name, words in texts.items() if words == shown]
    asked = language.lower().partition("-")[0]
    spoken = next((name for name in known if name.lower().partition("-")[0] == asked), None)
    return {
        "text": fill_fields(shown, merged),
        "language": spoken or next(iter(known), language),
    }


def asks(popup: Popup, variant: int | None = None) -> bool:
    """Whether a popup, or one look of it, has a form or a question."""
    return next(_asked(popup, variant), None) is not None


def private_fields(popup: Popup) -> frozenset[str]:
    """The fields that say how to reach a person."""
    return frozenset(name for name, one in _asked(popup) if one.get("input") in ("email", "tel"))


def _asked(popup: Popup, variant: int | None = None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every field and question of a variant, or of every one, by name."""
    for one in popup.variants if variant is None else popup.variants[variant : variant + 1]:
        for block in one.blocks:
            if block["type"] == "form":
                yield from ((field["name"], field) for field in block["fields"])
            elif block["type"] == "question":
                yield block["name"], block


def _read(name: str, value: Any, what: Mapping[str, Any], *, needed: bool) -> Scalar:
    if isinstance(value, list) and what.get("choice") == "multi":
        return _chosen(name, value, what)
    if value is None or value == "":
        if what.get("required") and needed:
            raise DocumentRefused(f"{name} is required")
        return ""
    plain = isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53)
    if plain and what.get("input") not in _TEXTS_ONLY and "options" not in what:
        scale = what.get("choice") == "scale"
        if not scale:
            return value  # type: ignore[no-any-return]
        value = str(value)
    if not isinstance(value, str) or len(value) > LONGEST:
        raise DocumentRefused(f"{name} must be a text of at most {LONGEST} letters")
    text = _CONTROLS.sub("", value).strip()
    if text == "" and what.get("required") and needed:
        raise DocumentRefused(f"{name} is required")
    if text:
        _check(name, text, what)
    return text


def _check(name: str, text: str, what: Mapping[str, Any]) -> None:
    """Raises DocumentRefused when a text is not of its field's kind."""
    if what.get("input") == "email" and not _EMAIL.fullmatch(text):
        raise DocumentRefused(f"{name} must be an e-mail address")
    if what.get("input") == "date" and not _is_date(text):
        raise DocumentRefused(f"{name} must be a date such as 2026-11-27")
    if what.get("choice") == "scale" and text not in _SCALE:
        raise DocumentRefused(f"{name} must be from 1 to 5")
    if "options" in what and text not in set(_options(what["options"])):
        raise DocumentRefused(f"{name} must be one of its options")


def _chosen(name: str, values: list[Any], what: Mapping[str, Any]) -> str:
    known = set(_options(what["options"]))
    if not all(isinstance(one, str) and one in known for one in values):
        raise DocumentRefused(f"{name} must be one of its options")
    text = ", ".join(dict.fromkeys(values))
    if len(text) > LONGEST:
        raise DocumentRefused(f"{name} must be a text of at most {LONGEST} letters")
    return text


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _options(options: list[Texts]) -> Iterator[str]:
    """Every option in every language: the shopper chose it as it was shown."""
    for option in options:
        if isinstance(option, Mapping):
            yield from option.values()
        else:
            yield option
