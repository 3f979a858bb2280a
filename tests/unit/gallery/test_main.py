"""The gallery's command: one page that needs nothing else."""

import re
from pathlib import Path

import pytest

from tests.gallery.__main__ import main


def test_the_page_holds_everything_it_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path / "new"), "--styles", "house, trap", "--bars", "1"]) == 0
    target = tmp_path / "new" / "index.html"
    assert capsys.readouterr().out.strip() == str(target)
    text = target.read_text("utf-8")
    assert text.count("<article") == text.count("<audio") == text.count("<img") == 2
    assert text.count("<svg") == 6
    assert not re.search(r'(src|href)="(?!data:|#)', text)
    assert "kit_electronic" in text
    assert "LUFS" in text


def test_an_unknown_style_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path), "--styles", "polka"]) == 1
    assert "polka" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_a_file_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "taken"
    taken.write_text("x")
    assert main(["--out", str(taken), "--styles", "house", "--bars", "1"]) == 1
    assert "taken" in capsys.readouterr().err
