"""How is the shop set up? As django-oscar comes, with guests allowed to buy.

``SHOP_FOLDER``: where its database and pictures are. ``SHOP_TAG``: what its owner pasted.
"""

import os
from pathlib import Path

from oscar.defaults import *  # noqa: F403

HERE = Path(__file__).resolve().parent
FOLDER = Path(os.environ["SHOP_FOLDER"])

SECRET_KEY = "only for a shop that lives as long as one walk"
DEBUG = True  # so that `runserver` also serves the theme's files
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "oscar_shop.urls"
LANGUAGE_CODE = "en-gb"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "shop.db"},
}
STATIC_URL = "/static/"
MEDIA_URL = "/media/"
MEDIA_ROOT = FOLDER / "media"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
HAYSTACK_CONNECTIONS = {
    "default": {
        "ENGINE": "haystack.backends.whoosh_backend.WhooshEngine",
        "PATH": str(FOLDER / "index"),
    }
}
HAYSTACK_SIGNAL_PROCESSOR = "haystack.signals.BaseSignalProcessor"  # filled once, by stock.py
SITE_ID = 1

OSCAR_SHOP_NAME = "Moon & Sons"
OSCAR_DEFAULT_CURRENCY = "EUR"
OSCAR_ALLOW_ANON_CHECKOUT = True

OSCAR_PARTS = (
    "address analytics basket catalogue catalogue.reviews checkout communication customer dashboard"
    " dashboard.catalogue dashboard.communications dashboard.offers dashboard.orders"
    " dashboard.pages dashboard.partners dashboard.ranges dashboard.reports dashboard.reviews"
    " dashboard.shipping dashboard.users dashboard.vouchers offer order partner payment search"
    " shipping voucher wishlists"
)


def _app(part):
    """The dotted name under which Django knows a part of Oscar."""
    names = [word.capitalize() for word in part.split(".")]
    if names[0] == "Dashboard":
        names.reverse()
    return f"oscar.apps.{part}.apps.{''.join(names)}Config"


INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "django.contrib.staticfiles",
    "oscar.config.Shop",
    *map(_app, OSCAR_PARTS.split()),
    "widget_tweaks",
    "haystack",
    "treebeard",
    "django_tables2",
    "sorl.thumbnail",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
]
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
                "oscar_shop.tag.tag",
            ],
        },
    },
]
