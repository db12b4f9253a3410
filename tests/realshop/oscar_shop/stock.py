"""What does the shop sell? ``python -m oscar_shop.stock CATALOGUE.csv`` fills it, and says so."""

import csv
import os
import shutil
import sys
from decimal import Decimal
from pathlib import Path

import django

ORIGIN = os.environ["SHOP_ORIGIN"]
COLUMNS = ("item_id", "name", "url", "price", "currency", "availability", "category")
GOODS = {
    "Boots": {
        "Tan boots": "129.00",
        "Black boots": "149.50",
        "Rain boots": "59.90",
        "Hiking boots": "189.00",
    },
    "Hats": {
        "Wool hat": "24.90",
        "Straw hat": "32.00",
        "Felt hat": "45.00",
        "Rain hat": "27.50",
    },
    "Scarves": {
        "Silk scarf": "54.00",
        "Wool scarf": "38.00",
        "Cotton scarf": "19.90",
        "Long scarf": "41.00",
    },
}


def main(path):
    """Create tables, categories, products and stock; write the catalogue to ``path``."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "oscar_shop.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _allow_shipping()
    _picture_for_what_has_none(Path(settings.MEDIA_ROOT))
    rows = [_product(number, *one) for number, one in enumerate(_goods(), start=1)]
    call_command("update_index", verbosity=0)  # Oscar's category pages are searches
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def _goods():
    return [(kind, *one) for kind, goods in GOODS.items() for one in goods.items()]


def _allow_shipping():
    from oscar.core.loading import get_model

    country = get_model("address", "Country")
    for code, name in (("DE", "Germany"), ("KR", "Korea")):
        country.objects.create(
            iso_3166_1_a2=code, name=name, printable_name=name, is_shipping_country=True
        )


def _picture_for_what_has_none(media):
    """Oscar shows a picture of its own for a product without one, once it is among the media."""
    import oscar

    media.mkdir(parents=True, exist_ok=True)
    name = "image_not_found.jpg"
    shutil.copy(Path(oscar.__file__).parent / "static/oscar/img" / name, media / name)


def _product(number, kind, title, price):
    """Make one product; its row of the catalogue."""
    from oscar.apps.catalogue.categories import create_from_breadcrumbs
    from oscar.core.loading import get_model

    shelf = get_model("catalogue", "ProductClass").objects.get_or_create(name="Clothing")[0]
    product = get_model("catalogue", "Product").objects.create(
        title=title, upc=f"MOON-{number:03}", product_class=shelf, description=f"{title}, by hand."
    )
    product.categories.add(create_from_breadcrumbs(kind))
    partner = get_model("partner", "Partner").objects.get_or_create(name="The workshop")[0]
    get_model("partner", "StockRecord").objects.create(
        product=product,
        partner=partner,
        partner_sku=product.upc,
        price_currency="EUR",
        price=Decimal(price),
        num_in_stock=50,
    )
    values = (
        product.upc,
        title,
        ORIGIN + product.get_absolute_url(),
        price,
        "EUR",
        "in_stock",
        kind,
    )
    return dict(zip(COLUMNS, values, strict=True))


if __name__ == "__main__":
    main(sys.argv[1])
