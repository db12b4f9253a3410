"""The recipes: twenty popups that come ready, each whole in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugin.segment.rule import segments_of
from plugin.segment.templates import TEMPLATES
from plugin.segment.templates.pattern import LANGUAGES
from plugin.serve.language import MERGE_FIELDS, fill_fields
from plugin.serve.recommend.window import read_window
from plugin.serve.retain.coupon import read_pool
from plugin.serve.retain.popup import read_popup
from plugin.serve.retain.recipes import GROUPS, RECIPES, Recipe
from plugin.shop import Shop

MOON = Shop("moon", "pk", currency="EUR", created_at=0)
DOCS = Path(__file__).parents[3] / "docs"
FIELD = re.compile(r"\{(\w+)(\|[^{}]*)?\}")
every = pytest.mark.parametrize("one", RECIPES.values(), ids=list(RECIPES))


def texts(found: Any) -> Iterator[dict[str, str]]:
    """The texts in a document: what has an English one."""
    if isinstance(found, dict):
        if "en" in found:
            yield found
        for part in found.values():
            yield from texts(part)
    elif isinstance(found, list):
        for part in found:
            yield from texts(part)


def test_there_are_twenty_and_each_is_for_something() -> None:
    assert len(RECIPES) == 20
    assert {one.group for one in RECIPES.values()} == {group.slug for group in GROUPS}


@every
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recipe_is_a_popup_that_can_be_read_and_is_turned_off(one: Recipe, language: str) -> None:
    popup = read_popup(one.key, one.document(language))
    assert popup.name == one.name.of(language)
    assert not popup.enabled
    assert "close2" in popup.stop_on or one.key in ("quiet-ribbon", "not-found")


@every
def test_its_audience_names_the_templates_it_brings_along(one: Recipe) -> None:
    audience = read_popup(one.key, one.document("en")).audience
    assert audience is not None
    assert segments_of(audience) == set(one.segments) <= set(TEMPLATES)
    assert all(TEMPLATES[slug].state == "ready" for slug in one.segments)


@every
def test_its_windows_and_pools_can_be_read_and_are_those_it_names(one: Recipe) -> None:
    popup = read_popup(one.key, one.document("en"))
    blocks = popup.variants[0].blocks
    assert {block["window"] for block in blocks if block["type"] == "window"} == set(one.windows)
    assert {popup.coupon_pool} - {None} == set(one.pools)
    assert any(block["type"] == "coupon" for block in blocks) == bool(one.pools)
    for slug, window in one.windows.items():
        assert read_window(slug, window).control_share == 0
    for slug, pool in one.pools.items():
        assert read_pool(slug, pool, MOON).after_ms


@every
def test_every_text_of_it_is_there_in_three_languages(one: Recipe) -> None:
    found = [*texts(one.document("en")), *texts(dict(one.windows))]
    found += [one.name.all(), one.does.all()]
    assert len(found) >= 4
    for text in found:
        assert set(text) == set(LANGUAGES)
        assert all(words.strip() for words in text.values())
        assert re.search(r"[가-힣]", text["ko"]), text
        assert re.search(r"[ぁ-んァ-ヶ一-龠]", text["ja"]) or text["ja"] == text["en"], text


@every
def test_whom_nothing_is_known_of_reads_whole_sentences(one: Recipe) -> None:
    for text in texts(one.document("en")):
        kept = {language: set(FIELD.findall(words)) for language, words in text.items()}
        names = {language: {name for name, _ in found} for language, found in kept.items()}
        assert names["en"] == names["ko"] == names["ja"] <= set(MERGE_FIELDS)
        assert all(len(words) > 1 for found in kept.values() for _, words in found)
        for words in text.values():
            filled = fill_fields(words, {})
            assert "{" not in filled
            assert filled.strip()


def test_a_discount_is_never_for_those_who_buy_without_one() -> None:
    giving = [one for one in RECIPES.values() if one.pools]
    assert len(giving) == 3
    for one in giving:
        assert {"hot-leads", "full-price"} & set(one.never), one.key


def test_the_page_about_recipes_tells_of_each() -> None:
    page = (DOCS / "recipes.md").read_text("utf-8")
    for key, one in RECIPES.items():
        assert f"| `{key}` | {one.does.en} | `{one.segment}` |" in page
