"""Can everybody use what we put on a page? axe-core finds nothing on any of it.

Each is looked at with the shop's page around it, in a wide and a narrow window, in Korean and in
Arabic from right to left; every time on a light and on a dark page.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import STANDARDS

Offer = dict[str, Any]

LANGUAGE = "<script>Object.assign(document.documentElement, {{ lang: '{}', dir: '{}' }})</script>"
DARK = (
    "<style>@media (prefers-color-scheme: dark) {"
    " body { color: #eae6e0; background: #171513; } a { color: #a9c7ff; } }</style>"
)
WORDS = {
    "ko": {
        "dir": "ltr",
        "heading": "가시기 전에",
        "body": "다음 주문에 10% 할인을 드립니다.",
        "small": "한 번만 쓸 수 있습니다.",
        "look": "보러 가기",
        "email": "이메일",
        "consent": "네, 소식을 보내 주세요.",
        "send": "쿠폰 받기",
        "question": "무엇을 좋아하세요?",
        "options": ["신발", "모자", "목도리"],
        "close": "닫기",
        "title": "당신을 위한 추천",
    },
    "ar": {
        "dir": "rtl",
        "heading": "قبل أن تذهب",
        "body": "خصم عشرة بالمئة على طلبك القادم.",
        "small": "يُستعمل مرة واحدة.",
        "look": "انظر",
        "email": "البريد الإلكتروني",
        "consent": "نعم، اكتبوا إليّ.",
        "send": "أرسل",
        "question": "ماذا تحب؟",
        "options": ["أحذية", "قبعات", "أوشحة"],
        "close": "إغلاق",
        "title": "مختارات لك",
    },
}


def text(words: str, style: str) -> Offer:
    """A block of text."""
    return {"type": "text", "text": words, "style": style}


def products() -> list[Offer]:
    """A row longer than the window, with a sale, a reason and a product without a picture."""
    made: list[Offer] = [
        {
            "item_id": f"hat-{number}",
            "name": f"Wool hat {number}",
            "url": "/product.html",
            "image": "/tan.svg",
            "price": 30,
            "currency": "EUR",
        }
        for number in range(8)
    ]
    made[0] |= {"sale_price": 19.5, "reason": "Seen with boots"}
    del made[1]["image"]
    return made


def blocks(kind: str, words: dict[str, Any]) -> list[Offer]:
    """What the popup called ``kind`` is built of."""
    start = [text(words["heading"], "heading"), text(words["body"], "body")]
    button = {"type": "button", "text": words["look"], "url": "/product.html"}
    field = {"name": "email", "label": words["email"], "input": "email", "required": True}
    choice = {"name": "size", "label": words["title"], "input": "select"}
    question = {"type": "question", "name": "taste", "text": words["question"]}
    picture = {"type": "image", "src": "/tan.svg", "alt": words["title"]}
    return {
        "modal": [
            picture,
            *start,
            {"type": "countdown", "minutes": 30},
            button,
            {"type": "coupon", "text": "MOON10"},
            text(words["small"], "small"),
        ],
        "form": [
            *start,
            {
                "type": "form",
                "fields": [
                    field | {"consent_text": words["consent"]},
                    choice | {"options": words["options"]},
                ],
                "button": words["send"],
            },
        ],
        "question": [
            start[0],
            *(
                {**question, "name": name, "choice": name, "options": words["options"]}
                for name in ("single", "multi", "scale", "text")
            ),
        ],
        "products": [start[0], {"type": "window", "items": products()}],
    }.get(kind, [*start, button])


KINDS = {"form": "modal", "question": "modal", "products": "modal", "form in a bar": "bar"}


def popup(kind: str, words: dict[str, Any]) -> Offer:
    """An answer with that popup, which opens when the visitor turns to leave."""
    return {
        "popup": {
            "id": "stay",
            "variant": 1,
            "arm": "show",
            "kind": KINDS.get(kind, kind),
            "trigger": {"on": "exit", "seconds": 0},
            "blocks": blocks(kind.partition(" ")[0], words),
            "close": words["close"],
        }
    }


def window(words: dict[str, Any]) -> Offer:
    """An answer with a row of products for the slot of home.html."""
    row = {"title": words["title"], "items": products(), "arm": "show"}
    return {"windows": {"home-1": row}}


def open_shop(page: Page, listener: Any, language: str) -> None:
    """Open the shop in that language; returns when what it may show has arrived."""
    listener.inline = LANGUAGE.format(language, WORDS[language]["dir"]) + DARK
    page.emulate_media(reduced_motion="reduce")  # contrast is not measured in the middle of a fade
    page.goto(f"{listener.shop}/home.html")
    # What draws popups is fetched once their moment is waited for.
    drawer = listener.dialog_path() if "popup" in listener.offer else listener.ui_path()
    listener.wait(lambda: drawer in listener.fetched)


def open_popup(page: Page, role: str) -> None:
    """Leave through the upper edge, and wait for what appears."""
    for y in (300, 5, -10):
        page.mouse.move(200, y)
    expect(page.get_by_role(role).last).to_be_visible()  # type: ignore[arg-type]


def violations(page: Page) -> list[str]:
    """What axe-core finds on a light and on a dark page: rule, mode and where; none is wanted."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        for rule in axe.run(page, options=options).response["violations"]:
            found += [f"{scheme}: {rule['id']}: {node['target']}" for node in rule["nodes"]]
    return found


@pytest.fixture(params=[1280, 390])
def page(request: pytest.FixtureRequest, page_of_a_person: Any) -> Page:
    """A page in a wide and in a narrow window."""
    return page_of_a_person(viewport={"width": request.param, "height": 800})  # type: ignore[no-any-return]


languages = pytest.mark.parametrize("language", list(WORDS))


@languages
@pytest.mark.parametrize("kind", ["modal", "form", "question", "products"])
def test_an_open_dialog_is_for_everybody(
    page: Page, listener: Any, language: str, kind: str
) -> None:
    listener.offer = popup(kind, WORDS[language])
    open_shop(page, listener, language)
    open_popup(page, "dialog")
    assert violations(page) == []


@languages
@pytest.mark.parametrize("kind", ["bar", "slide", "form in a bar"])
def test_what_stands_beside_the_page_is_for_everybody(
    page: Page, listener: Any, language: str, kind: str
) -> None:
    listener.offer = popup(kind, WORDS[language])
    open_shop(page, listener, language)
    open_popup(page, "region")
    assert violations(page) == []


@languages
def test_a_teaser_is_for_everybody_and_so_is_what_it_opens(
    page: Page, listener: Any, language: str
) -> None:
    listener.offer = popup("teaser", WORDS[language])
    open_shop(page, listener, language)
    open_popup(page, "button")
    assert violations(page) == []
    page.get_by_role("button", name=WORDS[language]["heading"]).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []


@languages
def test_the_thanks_after_a_form_are_for_everybody(
    page: Page, listener: Any, language: str
) -> None:
    words = WORDS[language]
    listener.offer = popup("form", words)
    listener.submitted = {"ok": True, "coupon": {"code": "MOON10"}}
    open_shop(page, listener, language)
    open_popup(page, "dialog")
    page.get_by_label(words["email"]).fill("mina@shop.example")
    page.get_by_label(words["consent"]).check()
    page.get_by_role("button", name=words["send"]).click()
    expect(page.get_by_text("MOON10")).to_be_visible()
    assert violations(page) == []


@languages
def test_a_row_of_products_is_for_everybody(page: Page, listener: Any, language: str) -> None:
    listener.offer = window(WORDS[language])
    open_shop(page, listener, language)
    expect(page.get_by_role("heading", name=WORDS[language]["title"])).to_be_visible()
    assert violations(page) == []
