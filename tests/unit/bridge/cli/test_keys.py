"""`stembridge keys`: a key from its making to its end, over the real store."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from bridge.cli.keys import _balance
from bridge.cli.main import main
from bridge.home.folders import Folders
from engine.errors import InvalidValue


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["keys", *arguments]) == 0
    return capsys.readouterr().out


def printed_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(printed(capsys, *arguments, "--json"))
    return document


@pytest.mark.usefixtures("folders")
def test_a_new_key_is_shown_once_and_never_listed(capsys: pytest.CaptureFixture[str]) -> None:
    secret, sentence = printed(capsys, "create", "Anna's laptop").splitlines()
    assert secret.startswith("sb_")
    found = re.fullmatch(r"This is the key (\w+) \(Anna's laptop\)\. It is shown this once: keep it\.", sentence)
    assert found is not None
    (line,) = printed(capsys, "list").splitlines()
    name, today = "Anna's laptop", datetime.now().astimezone().strftime("%Y-%m-%d")
    assert line == f"{found[1]}  {name:24} no limit       120/min  since {today}"
    assert secret not in line


@pytest.mark.usefixtures("folders")
def test_credits_are_set_and_lifted(capsys: pytest.CaptureFixture[str]) -> None:
    made = printed_json(capsys, "create", "Ben", "--credits", "3", "--rate", "10")
    assert (made["name"], made["credits"], made["rate"]) == ("Ben", 3, 10)
    assert str(made["key"]).startswith("sb_")
    key_id = str(made["id"])
    assert "3 credits      10/min" in printed(capsys, "list")
    assert "12 credits" in printed(capsys, "credits", key_id, "12")
    (unlimited,) = printed_json(capsys, "credits", key_id, "unlimited")["keys"]  # type: ignore[misc, attr-defined]
    assert unlimited["credits"] is None
    assert "key" not in unlimited


@pytest.mark.usefixtures("folders")
def test_a_revoked_key_stays_in_the_list_with_its_day(capsys: pytest.CaptureFixture[str]) -> None:
    key_id = str(printed_json(capsys, "create", "Ben")["id"])
    assert "  revoked " in printed(capsys, "revoke", key_id)
    (listed,) = printed_json(capsys, "list")["keys"]  # type: ignore[misc, attr-defined]
    assert (listed["id"], listed["revoked"] > 0) == (key_id, True)


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize("arguments", [["revoke", "nope"], ["credits", "nope", "3"], ["create", ""]])
def test_what_is_no_key_is_refused_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", *arguments]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)


def test_no_key_is_made_by_listing(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "list") == ""
    assert printed_json(capsys, "list") == {"keys": []}


@pytest.mark.parametrize(("text", "balance"), [("unlimited", None), ("0", 0), ("007", 7), ("1000000", 1_000_000)])
def test_a_balance_is_a_whole_number_or_unlimited(text: str, balance: int | None) -> None:
    assert _balance(text) == balance


@pytest.mark.parametrize("text", ["", "-1", "1.5", "²", "٣", "all", "Unlimited", " 1"])
def test_any_other_balance_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="a whole number of takes, or unlimited"):
        _balance(text)
