"""Templates at the command line: listed, adopted, adopted again."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugin.cli import main


def test_templates_are_listed_and_adopted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REGULARS_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("REGULARS_DATABASE_URL", raising=False)

    def regulars(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    assert regulars("shop", "add", "moon")[0] == 0
    code, said = regulars("segments", "templates", "--language", "ko")
    assert (code, len(said.splitlines())) == (0, 56)
    assert "첫 방문자" in said
    assert regulars("segments", "adopt", "first-visit") == (0, "adopted: first-visit\n")
    assert regulars("segments", "adopt", "first-visit") == (0, "first-visit was there already\n")
    code, said = regulars("segments", "adopt", "ladder", "--shop", "moon")
    assert (code, said.count("ladder-")) == (0, 10)
    code, said = regulars("segments", "adopt", "nobody")
    assert (code, "there is no template called nobody" in said) == (1, True)
