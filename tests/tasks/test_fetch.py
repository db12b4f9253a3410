"""Nothing of ours calls where it must not, waits for ever, or reads without end."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from plugin.tasks.addresses import refusal
from plugin.tasks.fetch import FetchFailed, FetchRefused, Limits, check_place, check_url, fetch

PUBLIC = "93.184.215.14"
# Addresses of somebody's own network, of a machine's keys, of everybody at once, and disguises.
THE_INNER = """
127.0.0.1 127.8.9.10 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1
192.168.255.255 169.254.169.254 169.254.0.1 100.64.0.1 100.127.255.255 100.100.100.200
168.63.129.16 192.0.0.8 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1
203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 ::1 :: ::ffff:127.0.0.1
::ffff:169.254.169.254 ::ffff:8.8.8.8 ::ffff:7f00:1 ::127.0.0.1 64:ff9b::7f00:1
64:ff9b:1::a00:1 2002:7f00:1:: 2002:a9fe:a9fe:: 2001::1 2001:db8::1 2001:10::1 fe80::1
fe80::1%eth0 fec0::1 fc00::1 fd00:ec2::254 fd12:3456::1 ff02::1 ff0e::1 100::1 3fff::1 4000::1
"""
# What stands in an address bar and leads inside, in every form that a resolver understands.
THE_FORMS = """
http://127.0.0.1/ https://127.0.0.1:443/ http://127.1/ http://127.0.1/ http://0/ http://0x7f000001/
http://0x7f.0.0.1/ http://2130706433/ http://017700000001/ http://0177.0.0.1/ http://localhost/
http://LOCALHOST/ http://localhost./ http://[::1]/ http://[::]/ http://[0:0:0:0:0:0:0:1]/
http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://169.254.169.254/latest/meta-data/
http://169.254.43518/ http://0xa9fea9fe/ http://2852039166/ http://[::ffff:169.254.169.254]/
http://[fd00:ec2::254]/ http://10.0.0.1/ http://192.168.1.1/ http://172.16.0.1/ http://100.64.0.1/
http://①②⑦.0.0.1/ http://127。0。0。1/
"""
# What is no address of a web server at all.
THE_ODD = """
ftp://moon.example/ file:///etc/passwd gopher://moon.example/ javascript:alert(1) data:text/plain,hi
//moon.example/ moon.example /etc/passwd http:// http:/// https://?x http://mina@moon.example/
http://mina:secret@moon.example/ http://moon.example@127.0.0.1/ http://moon.example\\@127.0.0.1/
http://moon.example:22/ http://moon.example:25/ http://moon.example:3306/ http://moon.example:6379/
http://moon.example:0/ http://moon.example:99999/ http://moon.example:http/ http://[::1
http://127.0.0.1\\t/
"""
INNER, FORMS = THE_INNER.split(), THE_FORMS.split()
ODD = [
    *THE_ODD.split(),
    "",
    " http://moon.example/",
    "http://moon.example/ x",
    "http://moon.example/\r\nHost: x",
]
ODD += ["http://moon.example/\x00", "http://moon.example/" + "a" * 3_000]


@pytest.mark.parametrize("address", INNER)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert refusal(address) is not None


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "2a00:1450::1"])
def test_a_public_address_may_be_called(address: str) -> None:
    assert refusal(address) is None


def test_an_owner_may_allow_the_own_network_but_never_where_keys_are_told() -> None:
    assert refusal("127.0.0.1", private=True) is None
    assert refusal("192.168.1.5", private=True) is None
    assert refusal("169.254.169.254", private=True) is not None
    assert refusal("fd00:ec2::254", private=True) is not None
    assert refusal("::ffff:127.0.0.1", private=True) is not None


@pytest.mark.parametrize("url", FORMS)
def test_every_way_to_write_an_inner_address_is_refused_when_saved_and_when_called(
    url: str,
) -> None:
    for call in (check_place, fetch):
        with pytest.raises((FetchRefused, FetchFailed)):  # some systems know no such form
            call(url)


@pytest.mark.parametrize("url", ODD)
def test_what_is_no_address_of_a_web_server_is_refused_before_anything_is_asked(url: str) -> None:
    def nobody(host: str, port: int) -> list[str]:
        pytest.fail("it was looked up")

    for call in (check_place, fetch):
        with pytest.raises(FetchRefused):
            call(url, resolve=nobody)


@pytest.mark.parametrize("url", ["https://moon.example/hook?a=1", "http://xn--o39a.example:8080/"])
def test_a_plain_address_may_stand_there(url: str) -> None:
    check_url(url)


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(FetchRefused, match="private network"):
        fetch("http://moon.example/", resolve=lambda host, port: [PUBLIC, "10.0.0.7"])


def test_a_name_that_answers_differently_the_second_time_gains_nothing(receiver: Any) -> None:
    port, asked = receiver.url.rpartition(":")[2], []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    answer = fetch(f"http://moon.example:{port}/", private=True, resolve=rebinding)
    assert answer.body == b"thanks"
    assert asked == ["moon.example"]  # looked up once, and connected to what was checked
    assert receiver.heard[0].headers["host"] == f"moon.example:{port}"


def test_where_it_is_led_on_is_checked_again(receiver: Any, answering: Any) -> None:
    for number, target in enumerate(
        ("http://169.254.169.254/latest/", "file:///etc/passwd", "http://mina@127.0.0.1/")
    ):
        receiver.answers[f"/{number}"] = answering(302, Location=target)
        with pytest.raises(FetchRefused):
            fetch(f"{receiver.url}/{number}", private=True)


def test_it_follows_where_it_may_and_drops_what_was_sent(receiver: Any, answering: Any) -> None:
    receiver.answers["/old"] = answering(302, Location="/new", Set_Cookie="a=1")
    answer = fetch(f"{receiver.url}/old", method="POST", body=b"x", private=True)
    assert (answer.status, answer.url) == (200, f"{receiver.url}/new")
    second = receiver.heard[1]
    assert (second.method, second.body) == ("GET", b"")
    assert "cookie" not in second.headers


def test_who_leads_in_a_circle_is_left(receiver: Any, answering: Any) -> None:
    receiver.otherwise = answering(302, Location="/again")
    with pytest.raises(FetchFailed, match="led on"):
        fetch(receiver.url, private=True)
    assert len(receiver.heard) == 6


def test_an_answer_without_end_is_left_or_cut(receiver: Any, answering: Any) -> None:
    receiver.otherwise = answering(200, b"x" * 5_000)
    with pytest.raises(FetchFailed, match="longer"):
        fetch(receiver.url, private=True, limits=Limits(size=1_000))
    answer = fetch(receiver.url, private=True, limits=Limits(size=1_000, cut=True))
    assert answer.body == b"x" * 1_000


def test_a_packed_answer_is_not_unpacked(receiver: Any, answering: Any) -> None:
    receiver.otherwise = answering(200, b"x", Content_Encoding="gzip")
    with pytest.raises(FetchFailed, match="packed"):
        fetch(receiver.url, private=True)


@pytest.mark.parametrize("where", ["before a word", "in the headers", "in the body"])
def test_who_is_slow_is_left_when_the_time_is_over(receiver: Any, where: str) -> None:
    over = threading.Event()

    def drip(asked: BaseHTTPRequestHandler) -> None:
        told = {
            "before a word": b"",
            "in the headers": b"HTTP/1.1 200 OK\r\nX-A: ",
            "in the body": b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n",
        }[where]
        asked.wfile.write(told)
        while not over.wait(0.05):
            if told:
                asked.wfile.write(b"a")

    receiver.otherwise = drip
    began = time.monotonic()
    with pytest.raises(FetchFailed, match="too long"):
        fetch(receiver.url, private=True, limits=Limits(seconds=0.4))
    over.set()
    assert time.monotonic() - began < 2


def test_a_resolver_that_hangs_is_left_too() -> None:
    over = threading.Event()

    def hangs(host: str, port: int) -> list[str]:
        over.wait(5)
        return [PUBLIC]

    with pytest.raises(FetchFailed, match="no host"):
        fetch("http://moon.example/", resolve=hangs, limits=Limits(seconds=0.2))
    over.set()


def test_proxies_and_passwords_of_the_environment_are_not_used(
    receiver: Any, new_receiver: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    proxy = new_receiver()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, proxy.url)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login mina password secret")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    fetch(receiver.url, private=True)
    assert proxy.heard == []
    assert "authorization" not in receiver.heard[0].headers


def test_nobody_there_is_said_plainly() -> None:
    with pytest.raises(FetchFailed, match="takes no connection"):
        fetch("http://127.0.0.1:9/", private=True)


def test_tls_is_checked(receiver: Any) -> None:
    with pytest.raises(FetchFailed):
        fetch(receiver.url.replace("http:", "https:"), private=True)
