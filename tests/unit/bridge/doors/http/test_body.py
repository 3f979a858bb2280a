"""Request bodies: read up to a limit, and as JSON only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from bridge.doors.http.body import read_body, read_json
from bridge.doors.http.errors import HttpError
from bridge.request.block import InvalidBlock


class Upload:
    """A request whose body comes in parts; `read` counts those that were taken."""

    def __init__(self, parts: Sequence[bytes], **headers: str) -> None:
        self._parts = list(parts)
        self.read = 0
        names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.request = Request({"type": "http", "method": "POST", "headers": names}, self._receive)

    async def _receive(self) -> dict[str, object]:
        part = self._parts[self.read]
        self.read += 1
        return {"type": "http.request", "body": part, "more_body": self.read < len(self._parts)}


@given(parts=st.lists(st.binary(max_size=20), min_size=1, max_size=10))
def test_a_body_is_the_sum_of_its_parts(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    assert asyncio.run(read_body(Upload(parts).request, len(whole))) == whole


def test_a_body_that_is_announced_as_too_long_is_not_read() -> None:
    upload = Upload([b"x" * 11], content_length="11")
    with pytest.raises(HttpError, match="at most 10 bytes are taken here") as raised:
        asyncio.run(read_body(upload.request, 10))
    assert (raised.value.status, raised.value.headers) == (413, {"Connection": "close"})
    assert upload.read == 0


@pytest.mark.parametrize("length", [None, "5", "junk", "-1", "²", "1e9"])
def test_a_body_that_gets_too_long_is_not_read_to_its_end(length: str | None) -> None:
    headers = {} if length is None else {"content_length": length}
    upload = Upload([b"x" * 6] * 5, **headers)
    with pytest.raises(HttpError) as raised:
        asyncio.run(read_body(upload.request, 10))
    assert raised.value.status == 413
    assert upload.read == 2


def test_thousands_of_digits_of_length_are_too_long_and_no_fault() -> None:
    with pytest.raises(HttpError) as raised:
        asyncio.run(read_body(Upload([b""], content_length="9" * 5000).request, 10))
    assert raised.value.status == 413


@pytest.mark.parametrize(
    "kind", [None, "application/json", "application/json; charset=utf-8", "Application/JSON", "application/ld+json"]
)
def test_json_is_read_under_each_of_its_names(kind: str | None) -> None:
    upload = Upload([b'{"bars"', b": 4}"], **({} if kind is None else {"content_type": kind}))
    assert asyncio.run(read_json(upload.request, 100)) == {"bars": 4}


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused(kind: str) -> None:
    with pytest.raises(HttpError, match="Content-Type must be application/json") as raised:
        asyncio.run(read_json(Upload([b"{}"], content_type=kind).request, 100))
    assert raised.value.status == 400


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"null", b'"x"', b"\xff"])
def test_what_is_no_json_object_is_a_sentence(data: bytes) -> None:
    with pytest.raises(InvalidBlock):
        asyncio.run(read_json(Upload([data]).request, 100))
