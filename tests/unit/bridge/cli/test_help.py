"""`stembridge help`."""

from __future__ import annotations

import pytest

from bridge.cli.arguments import build_parser
from bridge.cli.main import main


@pytest.mark.parametrize("words", [[], ["generate"], ["models"], ["models", "download"]])
def test_help_is_the_help_of_the_flag(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", *words]) == 0
    told = capsys.readouterr().out
    with pytest.raises(SystemExit):
        build_parser().parse_args([*words, "--help"])
    assert capsys.readouterr().out == told


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["generat"], "there is no command 'generat'; did you mean generate? (see stembridge --help)"),
        (["models", "verfy"], "there is no command 'verfy'; did you mean verify? (see stembridge models --help)"),
    ],
)
def test_an_unknown_command_is_refused(words: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["help", *words])
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"stembridge: {line}\n"
