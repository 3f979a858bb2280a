"""The pages that describe the API: complete, escaped, and without anything from other servers."""

from __future__ import annotations

import re

from bridge import __version__
from bridge.doors.http.docs_routes import _operation
from bridge.doors.http.openapi import OPERATIONS, Operation, document
from bridge.request.block import SPEC
from tests.helpers.http_site import HttpSite


def test_the_page_lists_every_call_and_every_key_of_the_block(site: HttpSite) -> None:
    answer = site.ask("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    for operation in OPERATIONS:
        assert f"<b>{operation.method}</b>{operation.path}</h3>" in answer.text
    for name in SPEC:
        assert f"<td><code>{name}</code></td>" in answer.text


def test_the_root_leads_a_browser_to_the_page_and_tells_a_program_of_it(site: HttpSite) -> None:
    browser = site.ask("/", accept="text/html,*/*;q=0.8")
    assert (browser.status_code, browser.headers["location"]) == (307, "/docs")
    told = site.ask("/")
    assert told.status_code == 200
    assert told.json() == {"name": "Stem Bridge", "version": __version__, "docs": "/docs", "openapi": "/openapi.json"}


def test_the_page_loads_nothing_and_runs_nothing(site: HttpSite) -> None:
    answer = site.ask("/docs")
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert not re.search(r"<script|<img|<link|<iframe|src=|url\(|@import", answer.text)
    assert set(re.findall(r"href=(\S+?)>", answer.text)) == {"/openapi.json"}


def test_the_document_is_served_as_json(site: HttpSite) -> None:
    answer = site.ask("/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == document()


def test_texts_are_escaped() -> None:
    html = _operation(Operation("get", "/a<b>", "A & B", {"200": ("<i>", "")}))
    assert "/a&lt;b&gt;" in html
    assert "A &amp; B" in html
    assert "<code>200</code> &lt;i&gt;" in html
