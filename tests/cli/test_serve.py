"""The processes as an owner runs them: real ports, real signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

READY_WITHIN_S = 30


@dataclass
class Served:
    """A running installation with one shop."""

    process: subprocess.Popen[bytes]
    base: str
    key: str
    log: Path

    def visit(self) -> requests.Response:
        """One page view of a new visitor."""
        event = {"name": "page_view", "event_id": uuid.uuid4().hex}
        body = {"key": self.key, "visitor_id": uuid.uuid4().hex, "events": [event]}
        return requests.post(f"{self.base}/v1/visit", json=body, timeout=10)

    def said(self) -> str:
        """What its processes have printed."""
        return self.log.read_text("utf-8")

    def wait_until_stored(self) -> None:
        """Return when a visit is stored; fail after a while."""
        wait_for(lambda: self.visit().status_code == 200)

    def writer_pid(self) -> int:
        """The process that writes and runs the clock."""
        found = [pid for pid in children(self.process.pid) if b"work" in words(pid)]
        assert found, "there is no writer"
        return found[0]


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in found.split()]


def words(pid: int) -> list[bytes]:
    """The command of a process; of one that ended, nothing."""
    line = Path(f"/proc/{pid}/cmdline")
    return line.read_bytes().split(b"\0") if line.exists() else []


def wait_for(happens: object) -> None:
    assert callable(happens)
    for _ in range(READY_WITHIN_S * 10):
        try:
            if happens():
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def served(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    environ = os.environ | {"REGULARS_DATA": str(tmp_path / "data")}
    environ.pop("REGULARS_DATABASE_URL", None)
    if engine == "postgresql":
        environ["REGULARS_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    name = f"s{uuid.uuid4().hex[:10]}"
    command = [sys.executable, "-m", "plugin"]
    added = subprocess.run(
        [*command, "shop", "add", name], env=environ, check=True, capture_output=True, text=True
    )
    key = re.search(r"Public key: (\S+)", added.stdout)
    assert key is not None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port)],
            env=environ,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    made = Served(process, f"http://127.0.0.1:{port}", key[1], log)
    try:
        wait_for(lambda: requests.get(f"{made.base}/ready", timeout=5).status_code == 200)
        yield made
    finally:
        process.terminate()
        process.wait(20)


def test_a_visit_is_stored_and_the_end_is_swift_when_asked_for(served: Served) -> None:
    assert served.visit().json()["accepted"] == 1
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(10) is not None


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_when_the_writer_is_killed_another_takes_over(served: Served) -> None:
    served.wait_until_stored()
    os.kill(served.writer_pid(), signal.SIGKILL)
    served.wait_until_stored()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it begins when it is asked")
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_who_decides_about_visitors_is_a_copy_of_the_writer_and_ends_with_it(
    served: Served,
) -> None:
    writer = served.writer_pid()
    (copy,) = children(writer)
    assert words(copy) == words(writer)  # no other program, which would have to be read anew
    assert os.getpriority(os.PRIO_PROCESS, copy) > os.getpriority(os.PRIO_PROCESS, writer)
    os.kill(writer, signal.SIGKILL)
    wait_for(lambda: b"work" not in words(copy))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_ctrl_c_ends_everything_quietly(served: Served) -> None:
    writer = served.writer_pid()
    os.killpg(served.process.pid, signal.SIGINT)  # a terminal tells the whole group
    served.process.wait(10)
    assert served.said() == ""
    wait_for(lambda: not Path(f"/proc/{writer}").exists())


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_when_the_parent_is_killed_its_children_leave_the_port(served: Served) -> None:
    served.process.kill()
    port = int(served.base.rpartition(":")[2])

    def free() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    wait_for(free)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_port_that_is_taken_is_said_in_one_line(served: Served, tmp_path: Path) -> None:
    port = served.base.rpartition(":")[2]
    other = subprocess.run(
        [sys.executable, "-m", "plugin", "serve", "--port", port],
        env=os.environ | {"REGULARS_DATA": str(tmp_path / "other")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert other.returncode == 1
    assert re.fullmatch(rf"regulars: port {port} cannot be used .*\n", other.stderr)
