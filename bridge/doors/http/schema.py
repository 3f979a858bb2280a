"""The parameter block and the answers as JSON Schema (2020-12, which OpenAPI 3.1 uses), from the block's table."""

from __future__ import annotations

from collections.abc import Callable

from bridge.doors.http.hosted_block import hosted_parameter
from bridge.request.block import SPEC, Parameter
from bridge.request.block.parameter import MAX_REGION_S, MAX_STEM_NAME, MAX_STEMS
from engine.music.meter import DENOMINATORS, MAX_NUMERATOR
from engine.music.meter_map import MAX_BAR
from engine.music.tempo import MAX_BPM, MIN_BPM

Schema = dict[str, object]

MODELS = ("ace-step-music",)
"""The models' names in URLs. The block's `engine` and `model` decide which one runs."""

EXAMPLE_BLOCK: Schema = {
    "genres": "funk, slap bass, dry drums, energetic",
    "tempo": 97.6,
    "time_signature": "7/8",
    "key": "E minor",
    "output_seconds": 20,
    "seed": 7,
}


def block_schema() -> Schema:
    """Return the schema of the body of v1 and v2."""
    properties = {name: _property(hosted_parameter(name)) for name in SPEC}
    for name in ("source_audio", "reference_audio"):
        properties[name] = {
            "type": "string",
            "description": f"{SPEC[name].doc} Over HTTP: base64, a data URL, or the URL that an upload was answered "
            "with; never a path.",
        }
    properties |= {
        "start_beat": {"type": "number", "minimum": 0, "description": "Where the take belongs, in quarter notes."},
        "start_seconds": {"type": "number", "minimum": 0, "description": "The same in seconds."},
        "project": {"type": "string", "description": "From this machine only: the project's folder."},
    }
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "examples": [EXAMPLE_BLOCK],
    }


def _property(parameter: Parameter) -> Schema:
    schema: Schema = {
        "description": f"{parameter.doc} Allowed: {parameter.allowed}.",
        **_TYPES[parameter.kind](parameter),
    }
    if parameter.default is not None:
        schema["default"] = parameter.default
    return schema


def _number(parameter: Parameter) -> Schema:
    low = "exclusiveMinimum" if parameter.above else "minimum"
    return {"type": parameter.kind, low: parameter.low, "maximum": parameter.high}


def _text(parameter: Parameter) -> Schema:
    return {"type": "string", "maxLength": parameter.max_chars}


def _time_signature(_: Parameter) -> Schema:
    numerators = "|".join(str(number) for number in range(1, MAX_NUMERATOR + 1))
    return {"type": "string", "pattern": f"^({numerators})/({'|'.join(map(str, DENOMINATORS))})$"}


def _tempo_map(_: Parameter) -> Schema:
    point = {
        "type": "object",
        "properties": {
            "beat": {"type": "number", "minimum": 0},
            "bpm": {"type": "number", "minimum": MIN_BPM, "maximum": MAX_BPM},
            "ramp": {"type": "boolean"},
        },
        "required": ["beat", "bpm"],
    }
    return {"type": "array", "items": point}


def _meter_map(parameter: Parameter) -> Schema:
    point = {
        "type": "object",
        "properties": {
            "bar": {"type": "integer", "minimum": 0, "maximum": MAX_BAR},
            "time_signature": _time_signature(parameter),
        },
        "required": ["bar", "time_signature"],
        "additionalProperties": False,
    }
    return {"type": "array", "items": point}


def _stems(_: Parameter) -> Schema:
    name = {"type": "string", "minLength": 1, "maxLength": MAX_STEM_NAME}
    names = {"type": "array", "items": name, "minItems": 1, "maxItems": MAX_STEMS, "uniqueItems": True}
    return {"oneOf": [{"const": "auto"}, names]}


def _stem_seeds(_: Parameter) -> Schema:
    seed = {"type": "integer", "minimum": 0, "maximum": 2**32 - 1}
    return {"type": "object", "additionalProperties": seed, "maxProperties": MAX_STEMS}


def _midi_part(_: Parameter) -> Schema:
    parts = {"stem": {"type": "string"}, "file": {"type": "string"}}
    return {"type": "object", "properties": parts, "additionalProperties": False}


def _region(_: Parameter) -> Schema:
    moment = {"type": "number", "minimum": 0, "maximum": MAX_REGION_S}
    return {"type": "array", "items": moment, "minItems": 2, "maxItems": 2}


_TYPES: dict[str, Callable[[Parameter], Schema]] = {
    "text": _text,
    "integer": _number,
    "number": _number,
    "boolean": lambda _: {"type": "boolean"},
    "choice": lambda parameter: {"type": "string", "enum": list(parameter.choices)},
    "key": lambda _: {"type": "string"},
    "time_signature": _time_signature,
    "tempo_map": _tempo_map,
    "meter_map": _meter_map,
    "chords": lambda _: {"type": "string"},
    "stem_seeds": _stem_seeds,
    "midi_part": _midi_part,
    "stems": _stems,
    "region": _region,
}

_STATE: Schema = {"enum": ["QUEUED", "PROCESSING", "COMPLETED", "FAILED"]}
_URL: Schema = {"type": "string", "format": "uri"}
_STATUS: dict[str, Schema] = {
    "request_id": {"type": "string"},
    "status": _STATE,
    "status_url": _URL,
    "response_url": _URL,
    "progress": {"type": "number", "minimum": 0, "maximum": 1},
    "phase": {"type": "string"},
    "error": {"type": "string"},
}
_TAKE: Schema = {
    "type": "object",
    "properties": {
        "mix": _URL,
        "files": {"type": "object", "additionalProperties": _URL},
        "stems": {
            "type": "array",
            "items": {"type": "object", "properties": {"name": {"type": "string"}, "url": _URL}},
        },
    },
}
SCHEMAS: dict[str, Schema] = {
    "Block": block_schema(),
    "Error": {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]},
    "Status": {"type": "object", "properties": _STATUS, "required": ["request_id", "status"]},
    "Result": {
        "type": "object",
        "properties": {
            **_STATUS,
            "output": {"type": "string", "description": "URL of the mix, or the mix itself as base64."},
            "content_type": {"type": "string"},
            "metrics": {"type": "object", "properties": {"inference_time": {"type": "number"}}},
            "seed": {"type": "integer"},
            "engine": {"type": "string"},
            "notices": {"type": "array", "items": {"type": "string"}},
            "takes": {"type": "array", "items": _TAKE},
        },
        "required": ["request_id", "status"],
    },
    "Upload": {
        "type": "object",
        "properties": {
            "data_urls": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 16},
        },
        "required": ["data_urls"],
    },
    "Object": {"type": "object"},
}


def is_model_path(path: str) -> bool:
    """Return whether a URL's path has the form of a model's: `/v1/NAME` or `/v2/NAME`."""
    version, _, name = path.removeprefix("/").partition("/")
    return version in ("v1", "v2") and bool(name) and "/" not in name
