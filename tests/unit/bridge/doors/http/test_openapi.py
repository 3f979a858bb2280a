"""The OpenAPI document against the routes that there are, and its own rules."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from bridge import __version__
from bridge.doors.http.openapi import OPERATIONS, document
from bridge.doors.http.schema import SCHEMAS
from tests.helpers.http_site import HttpSite

PATHS: dict[str, dict[str, dict[str, Any]]] = document()["paths"]  # type: ignore[assignment]


def test_the_document_says_what_it_is() -> None:
    whole = document()
    assert (whole["openapi"], whole["info"]["version"]) == ("3.1.0", __version__)  # type: ignore[index]
    assert json.loads(json.dumps(whole)) == whole, "JSON values only"


def test_every_operation_is_a_route_and_every_route_an_operation(site: HttpSite) -> None:
    app = site.app
    assert isinstance(app, Starlette)
    routes = {
        (method.lower(), re.sub(r":\w+", "", route.path))
        for route in app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
        if method != "HEAD"
    }
    described = {(operation.method, operation.path) for operation in OPERATIONS}
    assert routes - described == {("get", "/"), ("get", "/docs"), ("get", "/openapi.json")}
    assert described <= routes
    assert len(described) == len(OPERATIONS), "each is described once"


def test_every_reference_leads_to_a_schema() -> None:
    text = json.dumps(document())
    references = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert references <= set(SCHEMAS)
    assert {"Block", "Error", "Status", "Result", "Upload", "Object"} <= references


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.method} {operation.path}")
def test_an_operation_has_its_parameters_answers_and_body(operation: Any) -> None:  # noqa: ANN401
    described = PATHS[operation.path][operation.method]
    assert described["summary"] == operation.summary
    in_path = [one["name"] for one in described.get("parameters", ()) if one["in"] == "path"]
    assert in_path == re.findall(r"{(\w+)}", operation.path)
    assert all(one["required"] is (one["in"] == "path") for one in described.get("parameters", ()))
    assert set(described["responses"]) == {*operation.answers, "default"}
    assert ("requestBody" in described) is bool(operation.takes)


def test_v1_answers_with_audio_or_json() -> None:
    content = PATHS["/v1/ace-step-music"]["post"]["responses"]["200"]["content"]
    assert set(content) == {"application/json", "audio/wav", "audio/flac", "audio/mpeg"}
    body = PATHS["/v1/ace-step-music"]["post"]["requestBody"]
    assert body["required"] is True
    assert body["content"]["application/json"]["example"]["genres"]


def test_query_parameters_have_their_bounds() -> None:
    (limit,) = PATHS["/v1/jobs"]["get"]["parameters"]
    assert limit == {
        "name": "limit",
        "in": "query",
        "required": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": 1000},
        "description": "how many",
    }
    take = PATHS["/v2/requests/{id}/takes/{take}/{name}"]["get"]["parameters"]
    assert [one["schema"]["type"] for one in take] == ["string", "integer", "string"]


def test_a_key_is_optional() -> None:
    assert document()["security"] == [{}, {"key": []}]
