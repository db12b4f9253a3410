"""Korean and Japanese owners find every word of their pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from plugin.web.language import FOLDER, LANGUAGES

ROOT = Path(__file__).resolve().parent.parent.parent
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None}
FIELD = re.compile(r"%\(\w+\)[a-z]|%%|\{\w+\}")

Words = str | tuple[str, ...]


def catalogue(language: str, kind: str = "po") -> Catalog:
    """The translations into ``language``: the text ("po") or what was compiled from it ("mo")."""
    content = io.BytesIO((FOLDER / language / "LC_MESSAGES" / f"messages.{kind}").read_bytes())
    return read_mo(content) if kind == "mo" else read_po(content, locale=language)


def messages(catalog: Catalog) -> list[Message]:
    """What a catalogue translates, without its header."""
    return [message for message in catalog if message.id]


def asked_for() -> set[Words]:
    """Every word that code and templates ask to be translated; (one, many) where it counts."""
    # Only the room that the program's mapping names: the rest of the checkout need not be walked.
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        mapping, options = parse_mapping_cfg(file)
    web = [(pattern.removeprefix("plugin/web/"), method) for pattern, method in mapping]
    assert all(pattern.startswith("plugin/web/") for pattern, _ in mapping)
    found = extract_from_dir(ROOT / "plugin/web", web, options, keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def forms(words: Any) -> Iterator[str]:
    """Each form of a word: one, or singular and plural."""
    yield from (words,) if isinstance(words, str) else words


def said(catalog: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The forms of each word -> the forms of its translation."""
    return {tuple(forms(one.id)): tuple(forms(one.string)) for one in messages(catalog)}


def fields(words: str) -> list[str]:
    """What is filled into a message: ``%(days)s``, ``{product}``, a doubled percent sign."""
    return sorted(FIELD.findall(words))


@pytest.fixture(params=[code for code in LANGUAGES if code != "en"])
def language(request: pytest.FixtureRequest) -> str:
    """Each language but English, which stands in the code."""
    return str(request.param)


def test_every_word_that_is_asked_for_stands_in_the_text(language: str) -> None:
    asked = asked_for()
    assert asked
    assert {message.id for message in messages(catalogue(language))} == asked


def test_no_translation_is_empty_or_a_guess(language: str) -> None:
    for message in messages(catalogue(language)):
        assert all(form.strip() for form in forms(message.string)), message.id
        assert not message.fuzzy, message.id


def test_no_translation_of_a_word_that_is_gone_is_kept(language: str) -> None:
    assert dict(catalogue(language).obsolete) == {}


def test_a_translation_keeps_the_fields_that_are_filled_in(language: str) -> None:
    for message in messages(catalogue(language)):
        wanted = {tuple(fields(form)) for form in forms(message.id)}
        assert {tuple(fields(form)) for form in forms(message.string)} <= wanted, message.id


def test_the_compiled_file_says_what_the_text_says(language: str) -> None:
    # Not byte by byte: another Babel writes another header.
    assert said(catalogue(language, "mo")) == said(catalogue(language))


@pytest.mark.parametrize(
    ("lang", "title", "email"), [("ko", "로그인", "이메일"), ("ja", "ログイン", "メールアドレス")]
)
def test_an_owner_who_chose_a_language_signs_in_in_it(
    moon: Any, lang: str, title: str, email: str
) -> None:
    page = moon.client.get("/admin/login", query_string={"lang": lang}).text
    assert f'<html lang="{lang}"' in page
    assert title in page
    assert email in page
