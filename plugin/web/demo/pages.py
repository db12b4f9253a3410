"""Which pages does the demo shop have?

It is an ordinary shop: pages, a script tag, a ``dataLayer``. The cart lives in the browser, so
no page here keeps anything about anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request

from plugin.config import static_dir
from plugin.web.demo import catalogue
from plugin.web.demo.catalogue import CATEGORIES, CURRENCY, PRODUCTS, SHOP_NAME, DemoProduct
from plugin.web.demo.pictures import picture

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

# What the front page shows without knowing anybody.
_HERO = ("clo-04", "kit-01", "lit-06")
_NEW = ("bag-04", "lit-02", "pla-06", "kit-06", "clo-10", "dsk-02", "bag-07", "kit-10")
_FACES = ("bag-07", "kit-05", "lit-01", "clo-01", "pla-01", "dsk-01")


def demo_blueprint() -> Blueprint:
    """The shop under ``/demo/``.

    Reads ``app.config["REGULARS_DEMO"]``: ``public_key`` (text) and, while the history is being
    played, ``filling`` (0 to 100, per cent done; None or absent: done).
    """
    shop = Blueprint(
        "demo",
        __name__,
        url_prefix="/demo",
        template_folder=str(TEMPLATES),
        static_folder=str(static_dir() / "demo"),
        static_url_path="/assets",
    )
    shop.context_processor(_on_every_page)
    shop.add_app_template_filter(_money, "demo_money")
    views: tuple[tuple[str, Callable[..., Any]], ...] = (
        ("/", home),
        ("/category/<slug>", category),
        ("/product/<ref>", product),
        ("/search", search),
        ("/cart", cart),
        ("/checkout", checkout),
        ("/thank-you", thank_you),
        ("/picture/<item_id>.svg", drawn),
        ("/<path:rest>", nothing),
    )
    for path, view in views:
        shop.add_url_rule(path, view.__name__, view)
    shop.register_error_handler(404, _not_here)
    return shop


def home() -> str:
    """The front page, with the windows home-1 and home-2."""
    faces = [_known(item_id) for item_id in _FACES]
    return render_template(
        "demo/home.html",
        hero=[_known(item_id) for item_id in _HERO],
        tiles=list(zip(CATEGORIES, faces, strict=True)),
        new=[_known(item_id) for item_id in _NEW],
    )


def category(slug: str) -> str:
    """One category's products; 404 for a category that the shop does not have."""
    found = next((row for row in CATEGORIES if row[0] == slug), None)
    if found is None:
        abort(404)
    _, name, says = found
    return render_template(
        "demo/category.html", slug=slug, name=name, says=says, products=catalogue.in_section(name)
    )


def product(ref: str) -> str:
    """One product with its JSON-LD and the window product-1; 404 when there is none."""
    found = catalogue.by_ref(ref)
    if found is None:
        abort(404)
    others = [other for other in catalogue.in_section(found.section) if other != found]
    same = [other for other in others if other.shelf == found.shelf]
    rest = [other for other in others if other.shelf != found.shelf]
    return render_template(
        "demo/product.html",
        product=found,
        more=(same + rest)[:4],
        json_ld=_json_ld(found),
        slug=_section_slug(found),
    )


def search() -> str:
    """What is found for ``?q=``; the empty search shows a few suggestions."""
    words = request.args.get("q", "")[:100].strip()
    return render_template(
        "demo/search.html",
        words=words,
        products=catalogue.search(words),
        suggestions=("mug", "linen", "gift", "travel", "winter", "notebook"),
    )


def cart() -> str:
    """The cart's page, filled by the browser, with the window cart-1."""
    return render_template("demo/cart.html")


def checkout() -> str:
    """The checkout, on which no popup ever shows."""
    return render_template("demo/checkout.html")


def thank_you() -> str:
    """The page after an order, where the browser tells of the purchase."""
    return render_template("demo/thank_you.html")


def drawn(item_id: str) -> Response:
    """The picture of one product as SVG; 404 when there is none."""
    found = catalogue.by_id(item_id)
    if found is None:
        abort(404)
    answer = Response(picture(found), mimetype="image/svg+xml")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def nothing(rest: str) -> None:
    """Any other address under the shop: the shop's own "not found" page."""
    abort(404, description=rest)


def _not_here(_trouble: Exception) -> tuple[str, int]:
    return render_template("demo/not_here.html"), 404


def _on_every_page() -> dict[str, Any]:
    state = current_app.config.get("REGULARS_DEMO") or {}
    return {
        "shop_name": SHOP_NAME,
        "currency": CURRENCY,
        "categories": CATEGORIES,
        "public_key": state.get("public_key"),
        "filling": state.get("filling"),
        "assets_version": _assets_version(),
    }


def _assets_version() -> str:
    """Changes when the style sheet or the script does, so that no browser keeps an old one."""
    folder = static_dir() / "demo"
    return f"{sum(int(file.stat().st_mtime) for file in folder.glob('shop.*')) % 10**8:x}"


def _money(cents: int) -> str:
    return f"${cents / 100:,.2f}"


def _known(item_id: str) -> DemoProduct:
    return next(product for product in PRODUCTS if product.item_id == item_id)


def _section_slug(found: DemoProduct) -> str:
    return next(slug for slug, name, _ in CATEGORIES if name == found.section)


def _json_ld(found: DemoProduct) -> dict[str, Any]:
    """The product as schema.org describes it; addresses are absolute."""
    root = request.url_root.rstrip("/")
    state = "InStock" if found.in_stock else "OutOfStock"
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": found.item_id,
        "name": found.name,
        "description": found.description,
        "image": [root + found.image],
        "url": root + found.url,
        "category": found.category,
        "brand": {"@type": "Brand", "name": found.brand},
        "offers": {
            "@type": "Offer",
            "url": root + found.url,
            "price": f"{found.pays / 100:.2f}",
            "priceCurrency": CURRENCY,
            "availability": f"https://schema.org/{state}",
        },
    }
