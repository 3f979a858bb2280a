"""Addresses of other companions, as people type them."""

import pytest

from engine.errors import InvalidValue
from engine.remote.address import RemoteAddress


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("http://studio.local:9125", "http://studio.local:9125"),
        (" https://studio.local/ ", "https://studio.local"),
        ("http://[::1]:9125/", "http://[::1]:9125"),
    ],
)
def test_an_address_is_trimmed(typed: str, url: str) -> None:
    assert RemoteAddress.parse(typed, " sb_1 ") == RemoteAddress(url, "sb_1")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "studio.local:9125",
        "ftp://studio.local",
        "http://",
        "http://a:b",
        "http://a:0",
        "http://a:99999",
        "http://[::1",
        "http://a b",
        "http://a/\nb",
        "http://ä.de\0",
        "http://a?x=1",
        "http://a#x",
    ],
)
def test_an_invalid_address_is_refused_by_name(typed: str) -> None:
    with pytest.raises(InvalidValue, match="remote_url must be an address"):
        RemoteAddress.parse(typed, name="remote_url")


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidValue) as error:
        RemoteAddress.parse("http://me:secret@studio.local:9125")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("key", ["a\nb", "schlüssel"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(InvalidValue) as error:
        RemoteAddress.parse("http://a", key)
    assert key not in str(error.value)
    assert "sb_1" not in repr(RemoteAddress("http://a", "sb_1"))


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.1:9125", True),
        ("http://localhost:9125", True),
        ("http://[::1]:9125", True),
        ("http://127.0.0.1:9126", False),
        ("http://studio.local:9125", False),
        ("http://127.0.0.1", False),
    ],
)
def test_a_companion_knows_its_own_address(url: str, own: bool) -> None:
    assert RemoteAddress.parse(url).is_own(9125) is own
