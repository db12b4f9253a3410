"""The page of addresses that are told who enters and leaves."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from plugin.storage import hooks, outbox, profiles, segments
from plugin.tasks.outbox import hook_secret
from tests.web.conftest import Moon

HOOK = "hook_0123456789abcdef"
CHO = "cho-0123456789abcdef"


@pytest.fixture
def owner(owner: Moon) -> Moon:
    """Mina, who has a segment, and whose own network may be called."""
    owner.house.settings = replace(owner.house.settings, fetch_private=True)
    with owner.store.write() as tx:
        segments.put(tx, "vip", "Our best", "rule", {"everyone": True}, True, owner.clock.at)
    return owner


def save(owner: Moon, **form: Any) -> Any:
    """Send the form of a hook; the address is in the owner's own network."""
    sent = {"hook": HOOK, "name": "CRM", "url": "https://127.0.0.1/in", "enabled": "1", **form}
    return owner.sends("outgoing/save", **sent)


def hook(owner: Moon) -> hooks.Hook | None:
    with owner.store.read() as tx:
        return hooks.get(tx, HOOK)


@pytest.fixture
def receiver() -> Iterator[str]:
    """The address of somebody who answers 200 and a word."""

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "10")
            self.end_headers()
            self.wfile.write(b"<b>hey</b>")

        def log_message(self, *words: object) -> None:
            """Nothing is printed."""

    server = HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def dead_letter(owner: Moon) -> str:
    """One message that nobody took; its id."""
    now = owner.clock.at
    with owner.store.write() as tx:
        profile = profiles.ensure(tx, [CHO])[CHO]
        outbox.enqueue(tx, [segments.Change("vip", profile, True, now, now, "event", 1)], now)
        outbox.bury(tx, HOOK, "no good answer: <i>broke off</i>", now)
        return str(outbox.latest(tx, 1)[0]["id"])


def test_the_secret_of_a_new_address_is_shown_once(owner: Moon) -> None:
    secret = hook_secret("test", owner.shop.name, HOOK, 1)
    assert secret in save(owner).text
    assert secret not in owner.opens("outgoing")
    assert "CRM" in owner.opens("outgoing")


def test_a_new_secret_is_another_and_shown_once(owner: Moon) -> None:
    save(owner)
    secret = hook_secret("test", owner.shop.name, HOOK, 2)
    assert secret in owner.sends(f"outgoing/{HOOK}/rotate").text
    assert secret not in owner.opens("outgoing")


def test_what_the_owner_chose_is_kept_and_can_be_changed(owner: Moon) -> None:
    save(owner, segments="vip", email="1", edits="1")
    kept = hook(owner)
    assert kept is not None
    assert (kept.segments, kept.email, kept.edits, kept.enabled) == (("vip",), True, True, True)
    form = owner.opens("outgoing", edit=HOOK)
    assert re.search(r'value="vip" checked', form)
    answer = owner.sends("outgoing/save", hook=HOOK, name="Mailer", url="https://127.0.0.1/in")
    assert answer.status_code == 303
    kept = hook(owner)
    assert kept is not None
    assert (kept.name, kept.segments, kept.email, kept.enabled) == ("Mailer", (), False, False)


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/",
        "https://[::ffff:127.0.0.1]/",
        "https://mina:secret@127.0.0.1/",
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
        "https://no-such-host.invalid/",
        "",
    ],
)
def test_an_address_that_may_not_be_called_is_not_kept(owner: Moon, url: str) -> None:
    answer = save(owner, url=url)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'value="CRM"' in answer.text  # what was typed stands there still
    assert hook(owner) is None


def test_without_the_setting_an_inner_address_is_not_kept_nor_tested(owner: Moon) -> None:
    save(owner)
    owner.house.settings = replace(owner.house.settings, fetch_private=False)
    assert save(owner, name="Again").status_code == 400
    assert "private network" in owner.sends(f"outgoing/{HOOK}/test").text


def test_without_https_the_owner_has_to_mean_it(owner: Moon) -> None:
    answer = save(owner, url="http://127.0.0.1/in")
    assert (answer.status_code, hook(owner)) == (400, None)
    assert save(owner, url="http://127.0.0.1/in", plain="1").status_code == 200
    assert hook(owner) is not None


def test_a_test_shows_what_the_address_answers(owner: Moon, receiver: str) -> None:
    save(owner, url=receiver, plain="1")
    text = owner.sends(f"outgoing/{HOOK}/test").text
    assert "CRM took the ping:" in text
    assert "200 &lt;b&gt;hey&lt;/b&gt;" in text


def test_a_test_that_fails_says_why(owner: Moon) -> None:
    save(owner, url="http://127.0.0.1:9/", plain="1")
    assert "takes no connection" in owner.sends(f"outgoing/{HOOK}/test").text


def test_a_dead_letter_is_shown_with_its_reason_and_sent_again(owner: Moon) -> None:
    save(owner)
    message = dead_letter(owner)
    text = owner.opens("outgoing")
    assert "no good answer: &lt;i&gt;broke off&lt;/i&gt;" in text
    assert message in text
    assert owner.sends(f"outgoing/{HOOK}/replay", message=message).status_code == 303
    with owner.store.read() as tx:
        assert outbox.counts(tx) == {HOOK: {"waiting": 1}}


def test_why_we_turned_one_off_is_said(owner: Moon) -> None:
    save(owner)
    with owner.store.write() as tx:
        hooks.turn_off(tx, HOOK, "it answered 410, which says that it is gone for good")
    assert "We turned it off:" in owner.opens("outgoing")


def test_a_removed_address_is_gone(owner: Moon) -> None:
    save(owner)
    dead_letter(owner)
    assert owner.sends(f"outgoing/{HOOK}/remove").status_code == 303
    assert hook(owner) is None


@pytest.mark.parametrize("what", ["test", "rotate", "replay"])
def test_there_is_nothing_to_do_for_an_unknown_address(owner: Moon, what: str) -> None:
    assert owner.sends(f"outgoing/hook_ffffffffffffffff/{what}").status_code == 404


def test_only_the_owners_own_forms_change_anything(owner: Moon) -> None:
    save(owner)
    for path in ("save", f"{HOOK}/rotate", f"{HOOK}/remove", f"{HOOK}/test", f"{HOOK}/replay"):
        assert owner.posts(f"outgoing/{path}").status_code == 400
    assert hook(owner) is not None


@pytest.mark.parametrize(("lang", "title"), [("ko", "내보내기 알림"), ("ja", "外部への通知")])
def test_the_page_is_there_in_korean_and_japanese(owner: Moon, lang: str, title: str) -> None:
    assert f"<h1>{title}</h1>" in owner.opens("outgoing", lang=lang)
