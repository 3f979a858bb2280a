"""The OpenAPI 3.1 document, made from one table of operations and the schemas."""

from __future__ import annotations

from dataclasses import dataclass

from bridge import __version__
from bridge.doors.http.audio import MEDIA_TYPES
from bridge.doors.http.schema import EXAMPLE_BLOCK, MODELS, SCHEMAS, Schema


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Attributes:
        answers: status → (its meaning, the schema's name; empty = not JSON).
        takes: name of the body's schema.
        query: query parameters as (name, description, schema).
    """

    method: str
    path: str
    summary: str
    answers: dict[str, tuple[str, str]]
    takes: str = ""
    query: tuple[tuple[str, str, Schema], ...] = ()


_PAGE: tuple[tuple[str, str, Schema], ...] = (
    ("page", "which page, from 1", {"type": "integer", "minimum": 1, "maximum": 1_000_000}),
    ("per_page", "rows a page", {"type": "integer", "minimum": 1, "maximum": 100}),
)
_MODEL = MODELS[0]
_OBJECT = {"200": ("Done.", "Object")}
_REQUEST = "/v2/requests/{id}"

OPERATIONS = (
    Operation(
        "post",
        f"/v1/{_MODEL}",
        "Make music and answer with it: audio in the format of `Accept`, or JSON where `base64` is true.",
        {"200": ("The music.", "Result")},
        takes="Block",
    ),
    Operation(
        "post", f"/v2/{_MODEL}", "Queue music and say where to ask about it.", {"200": ("Queued.", "Status")}, "Block"
    ),
    Operation(
        "get",
        f"{_REQUEST}/status",
        "Say where a request stands.",
        {"200": ("Not failed.", "Status"), "422": ("Failed or cancelled.", "Status")},
    ),
    Operation(
        "get",
        _REQUEST,
        "Return a request's result; kept for an hour.",
        {"200": ("The result, or where it stands.", "Result"), "422": ("Failed or cancelled.", "Status")},
    ),
    Operation("delete", _REQUEST, "Cancel a request.", {"200": ("Where it stands now.", "Status")}),
    Operation(
        "get",
        f"{_REQUEST}/takes/{{take}}/{{name}}",
        "Return a file of a take; audio also as .flac or .mp3. Signed links need no key.",
        {"200": ("The file.", "")},
    ),
    Operation("post", "/upload-asset", "Keep audio for `source_audio` for a day.", _OBJECT, "Upload"),
    Operation("get", "/v1/health", "Say that the companion is there.", _OBJECT),
    Operation("get", "/v1/engines", "List the engines, and what each makes of every key of the block.", _OBJECT),
    Operation("get", "/v1/presets", "List the presets.", _OBJECT),
    Operation(
        "get",
        "/v1/jobs",
        "List the newest jobs of every trigger.",
        _OBJECT,
        query=(("limit", "how many", {"type": "integer", "minimum": 1, "maximum": 1000}),),
    ),
    Operation(
        "get",
        "/v1/jobs/{id}/events",
        "Follow a job by server-sent events.",
        {"200": ("Its changes as they come.", "")},
    ),
    Operation("post", "/v1/jobs/{id}/regenerate", "Make a job's request once more with another seed.", _OBJECT),
    Operation("post", "/v1/jobs/{id}/again", "Make exactly the same job once more, seed included.", _OBJECT),
    Operation("get", "/api/auth/authenticate", "Say whose key it is and what is left on it.", _OBJECT),
    Operation("get", "/inference-model-information/list", "List the models.", _OBJECT),
    Operation("get", "/inference-request/generations", "List what was made.", _OBJECT, query=_PAGE),
    Operation("get", "/inference-request/recent-generations", "List what was made last.", _OBJECT),
    Operation(
        "get", "/inference-request/request-history", "List requests whatever came of them.", _OBJECT, query=_PAGE
    ),
    Operation("get", "/inference-request/request-history/{id}", "Return one request.", _OBJECT),
)


def document() -> Schema:
    """Return the whole document."""
    paths: dict[str, dict[str, Schema]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Stem Bridge",
            "version": __version__,
            "description": "The hosted ACE-Step service's API, served by the companion on this machine.",
        },
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
        },
        "security": [{}, {"key": []}],
    }


def _operation(operation: Operation) -> Schema:
    responses = {status: _response(operation, *answer) for status, answer in operation.answers.items()}
    responses["default"] = {"description": "What was wrong.", "content": _json("Error")}
    described: Schema = {"summary": operation.summary, "responses": responses}
    parameters = [*_path_parameters(operation.path), *(_query(*entry) for entry in operation.query)]
    if parameters:
        described["parameters"] = parameters
    if operation.takes:
        body = _json(operation.takes)
        if operation.takes == "Block":
            body["application/json"]["example"] = EXAMPLE_BLOCK
        described["requestBody"] = {"required": True, "content": body}
    return described


def _response(operation: Operation, meaning: str, schema: str) -> Schema:
    content: dict[str, Schema] = _json(schema) if schema else {"*/*": {}}
    if operation.path.startswith("/v1/") and schema == "Result":
        content |= {media: {} for media in MEDIA_TYPES.values()}
    return {"description": meaning, "content": content}


def _json(schema: str) -> dict[str, Schema]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _path_parameters(path: str) -> list[Schema]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    return [_parameter(name, "path", {"type": "integer" if name == "take" else "string"}) for name in names]


def _query(name: str, doc: str, schema: Schema) -> Schema:
    return {**_parameter(name, "query", schema), "description": doc}


def _parameter(name: str, place: str, schema: Schema) -> Schema:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}
