"""The page of addresses that are told who enters and leaves."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from plugin.storage import hooks, outbox, profiles, segments
from plugin.tasks.outbox import hook_secret
from tests.web.conftest import token

HOOK = "hook_0123456789abcdef"
CHO = "cho-0123456789abcdef"


@dataclass
class Owner:
    """The owner, signed in."""

    moon: Any
    house: Any

    def see(self, **query: str) -> str:
        """The page."""
        answer = self.moon.client.get(
            "/admin/outgoing", query_string={"shop": self.moon.shop.name, **query}
        )
        assert answer.status_code == 200, answer.text[:300]
        return str(answer.text)

    def send(self, path: str, **form: Any) -> Any:
        """Send one of the page's forms."""
        return self.moon.client.post(
            f"/admin/outgoing/{path}",
            query_string={"shop": self.moon.shop.name},
            data={"csrf_token": token(self.see()), **form},
        )

    def save(self, **form: Any) -> Any:
        """Send the form of a hook; the address is in the owner's own network."""
        sent = {"hook": HOOK, "name": "CRM", "url": "https://127.0.0.1/in", "enabled": "1", **form}
        return self.send("save", **sent)

    def hook(self) -> hooks.Hook | None:
        with self.house.store(self.moon.shop.name).read() as tx:
            return hooks.get(tx, HOOK)


@pytest.fixture
def owner(moon: Any, house: Any) -> Owner:
    house.settings = replace(house.settings, fetch_private=True)
    moon.sign_in()
    with house.store(moon.shop.name).write() as tx:
        segments.put(tx, "vip", "Our best", "rule", {"everyone": True}, True, moon.clock.at)
    return Owner(moon, house)


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


def dead_letter(owner: Owner) -> str:
    """One message that nobody took; its id."""
    now = owner.moon.clock.at
    with owner.house.store(owner.moon.shop.name).write() as tx:
        profile = profiles.ensure(tx, [CHO])[CHO]
        outbox.enqueue(tx, [segments.Change("vip", profile, True, now, now, "event", 1)], now)
        outbox.bury(tx, HOOK, "no good answer: <i>broke off</i>", now)
        return str(outbox.latest(tx, 1)[0]["id"])


def test_the_secret_of_a_new_address_is_shown_once(owner: Owner) -> None:
    secret = hook_secret("test", owner.moon.shop.name, HOOK, 1)
    assert secret in owner.save().text
    assert secret not in owner.see()
    assert "CRM" in owner.see()


def test_a_new_secret_is_another_and_shown_once(owner: Owner) -> None:
    owner.save()
    secret = hook_secret("test", owner.moon.shop.name, HOOK, 2)
    assert secret in owner.send(f"{HOOK}/rotate").text
    assert secret not in owner.see()


def test_what_the_owner_chose_is_kept_and_can_be_changed(owner: Owner) -> None:
    owner.save(segments="vip", email="1", edits="1")
    kept = owner.hook()
    assert kept is not None
    assert (kept.segments, kept.email, kept.edits, kept.enabled) == (("vip",), True, True, True)
    form = owner.see(edit=HOOK)
    assert re.search(r'value="vip" checked', form)
    answer = owner.send("save", hook=HOOK, name="Mailer", url="https://127.0.0.1/in")
    assert answer.status_code == 303
    kept = owner.hook()
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
def test_an_address_that_may_not_be_called_is_not_kept(owner: Owner, url: str) -> None:
    answer = owner.save(url=url)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'value="CRM"' in answer.text  # what was typed stands there still
    assert owner.hook() is None


def test_without_the_setting_an_inner_address_is_not_kept_nor_tested(owner: Owner) -> None:
    owner.save()
    owner.house.settings = replace(owner.house.settings, fetch_private=False)
    assert owner.save(name="Again").status_code == 400
    assert "private network" in owner.send(f"{HOOK}/test").text


def test_without_https_the_owner_has_to_mean_it(owner: Owner) -> None:
    answer = owner.save(url="http://127.0.0.1/in")
    assert (answer.status_code, owner.hook()) == (400, None)
    assert owner.save(url="http://127.0.0.1/in", plain="1").status_code == 200
    assert owner.hook() is not None


def test_a_test_shows_what_the_address_answers(owner: Owner, receiver: str) -> None:
    owner.save(url=receiver, plain="1")
    text = owner.send(f"{HOOK}/test").text
    assert "CRM took the ping:" in text
    assert "200 &lt;b&gt;hey&lt;/b&gt;" in text


def test_a_test_that_fails_says_why(owner: Owner) -> None:
    owner.save(url="http://127.0.0.1:9/", plain="1")
    assert "takes no connection" in owner.send(f"{HOOK}/test").text


def test_a_dead_letter_is_shown_with_its_reason_and_sent_again(owner: Owner) -> None:
    owner.save()
    message = dead_letter(owner)
    text = owner.see()
    assert "no good answer: &lt;i&gt;broke off&lt;/i&gt;" in text
    assert message in text
    assert owner.send(f"{HOOK}/replay", message=message).status_code == 303
    with owner.house.store(owner.moon.shop.name).read() as tx:
        assert outbox.counts(tx) == {HOOK: {"waiting": 1}}


def test_why_we_turned_one_off_is_said(owner: Owner) -> None:
    owner.save()
    with owner.house.store(owner.moon.shop.name).write() as tx:
        hooks.turn_off(tx, HOOK, "it answered 410, which says that it is gone for good")
    assert "We turned it off:" in owner.see()


def test_a_removed_address_is_gone(owner: Owner) -> None:
    owner.save()
    dead_letter(owner)
    assert owner.send(f"{HOOK}/remove").status_code == 303
    assert owner.hook() is None


@pytest.mark.parametrize("what", ["test", "rotate", "replay"])
def test_there_is_nothing_to_do_for_an_unknown_address(owner: Owner, what: str) -> None:
    assert owner.send(f"hook_ffffffffffffffff/{what}").status_code == 404


def test_only_the_owners_own_forms_change_anything(owner: Owner) -> None:
    owner.save()
    for path in ("save", f"{HOOK}/rotate", f"{HOOK}/remove", f"{HOOK}/test", f"{HOOK}/replay"):
        query = {"shop": owner.moon.shop.name}
        answer = owner.moon.client.post(f"/admin/outgoing/{path}", query_string=query, data={})
        assert answer.status_code == 400
    assert owner.hook() is not None


@pytest.mark.parametrize(("lang", "title"), [("ko", "내보내기 알림"), ("ja", "外部への通知")])
def test_the_page_is_there_in_korean_and_japanese(owner: Owner, lang: str, title: str) -> None:
    assert f"<h1>{title}</h1>" in owner.see(lang=lang)
