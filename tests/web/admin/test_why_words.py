"""The promise of plugin.web.admin.why_words: every condition can be said, green and red."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from plugin.profile.profile import Profile
from plugin.serve.retain.moment import Moment
from plugin.serve.retain.popup import read_popup
from plugin.serve.retain.trace import CHECKS, RANK, traced
from plugin.web.admin.why_words import FIGURES, PLAIN, condition_words

EVERYTHING = read_popup("all", {
    "trigger": {"on": "segment_entered", "segment": "vip"},
    "variants": [{"blocks": [{"type": "text", "text": "Hi"}]}],
    "audience": {"segment": "vip"}, "pages": ["/shoes"], "devices": ["desktop"],
    "languages": ["ko"], "sources": ["email"], "visitors": "new", "coupon_pool": "autumn",
    "cart": {"value_min": 1, "value_max": 9, "items_min": 1, "empty": False},
    "caps": {"per_visit": 1, "per_day": 1, "per_week": 1, "ever": 1},
    "stop_on": ["answer", "close2", "purchase"],
})  # fmt: skip
NOW = datetime(2026, 11, 3, 12, tzinfo=ZoneInfo("Asia/Seoul"))


def test_there_are_words_for_every_condition() -> None:
    assert {*PLAIN, *FIGURES} >= {*(one.code for one in CHECKS), RANK}


@pytest.mark.parametrize("language", ["en", "ko", "ja"])
def test_every_condition_is_said_with_its_figures_whether_it_holds_or_not(
    app: Flask, language: str
) -> None:
    moment = Moment("mina-000000000001", "/bags", NOW, lambda rule: False)
    on_phone = replace(moment, profile=Profile(moment.visitor_id, device="mobile"))
    with app.test_request_context("/admin/"), force_locale(language):
        for asked in (moment, on_phone):
            [found] = traced([EVERYTHING], asked)
            for one in found.conditions:
                for holds in (True, False):
                    words = condition_words(one._replace(holds=holds), {"vip": "Our best"})
                    assert words
                    assert "%(" not in words
