"""The parameter block as JSON Schema: it says of each value what the block's own checks say."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bridge.doors.http.hosted_block import hosted_parameter
from bridge.doors.http.schema import EXAMPLE_BLOCK, MODELS, SCHEMAS, block_schema, is_model_path
from bridge.request.block import SPEC, check_block
from bridge.request.block.parameter import MAX_REGION_S, MAX_STEM_NAME, MAX_STEMS
from engine.errors import StemBridgeError
from engine.music import Meter

PROPERTIES: dict[str, dict[str, Any]] = block_schema()["properties"]  # type: ignore[assignment]


def test_the_schema_knows_every_kind_of_parameter() -> None:
    assert set(PROPERTIES) >= set(SPEC)
    assert set(PROPERTIES) - set(SPEC) == {"start_beat", "start_seconds", "project"}


def test_the_example_is_a_block() -> None:
    assert check_block(dict(EXAMPLE_BLOCK)) == {**EXAMPLE_BLOCK, "output_seconds": 20.0}
    assert block_schema()["examples"] == [EXAMPLE_BLOCK]


@pytest.mark.parametrize(
    "name", [name for name, parameter in SPEC.items() if parameter.kind in ("number", "integer")]
)
def test_a_numbers_bounds_are_those_of_the_block(name: str) -> None:
    schema, parameter = PROPERTIES[name], hosted_parameter(name)
    low = schema["exclusiveMinimum" if parameter.above else "minimum"]
    assert (schema["type"], low, schema["maximum"]) == (parameter.kind, parameter.low, parameter.high)
    assert check_block({name: schema["maximum"]}) == {name: schema["maximum"]}
    with pytest.raises(StemBridgeError, match=name):
        check_block({name: schema["maximum"] + 1})


@pytest.mark.parametrize("name", [name for name, parameter in SPEC.items() if parameter.kind == "choice"])
def test_a_choice_has_the_blocks_choices(name: str) -> None:
    assert PROPERTIES[name]["enum"] == list(SPEC[name].choices)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("4/4", True),
        ("7/8", True),
        ("32/32", True),
        ("0/4", False),
        ("33/4", False),
        ("4/3", False),
        ("4 / 4", False),
    ],
)
def test_a_time_signature_fits_the_pattern_where_it_is_a_meter(text: str, fits: bool) -> None:
    assert bool(re.search(PROPERTIES["time_signature"]["pattern"], text)) is fits
    if fits:
        assert str(Meter.parse(text)) == text


def test_composite_values_have_their_limits() -> None:
    names = PROPERTIES["stems"]["oneOf"][1]
    assert (names["maxItems"], names["items"]["maxLength"]) == (MAX_STEMS, MAX_STEM_NAME)
    assert PROPERTIES["stems"]["oneOf"][0] == {"const": "auto"}
    region = PROPERTIES["region"]
    assert (region["minItems"], region["maxItems"], region["items"]["maximum"]) == (2, 2, MAX_REGION_S)
    assert PROPERTIES["tempo_map"]["items"]["required"] == ["beat", "bpm"]
    assert PROPERTIES["stem_seeds"]["additionalProperties"]["maximum"] == 2**32 - 1
    assert set(PROPERTIES["midi_part"]["properties"]) == {"stem", "file"}


@pytest.mark.parametrize("name", ["source_audio", "reference_audio"])
def test_audio_over_http_is_never_a_path(name: str) -> None:
    assert PROPERTIES[name]["type"] == "string"
    assert PROPERTIES[name]["description"].endswith("never a path.")


def test_defaults_are_the_hosted_services_and_the_blocks_own() -> None:
    assert (PROPERTIES["steps"]["minimum"], PROPERTIES["steps"]["default"]) == (10, 50)
    for name in SPEC:
        if name not in ("source_audio", "reference_audio"):
            assert PROPERTIES[name].get("default") == hosted_parameter(name).default, name


def test_every_reference_between_schemas_is_there() -> None:
    assert set(SCHEMAS) == {"Block", "Error", "Status", "Result", "Upload", "Object"}
    for name in ("Status", "Result"):
        assert SCHEMAS[name]["required"] == ["request_id", "status"]


@pytest.mark.parametrize(
    ("path", "is_model"),
    [
        (f"/v1/{MODELS[0]}", True),
        ("/v2/anything", True),
        ("/v3/x", False),
        ("/v1/", False),
        ("/v1", False),
        ("/v1/jobs/1", False),
        ("v1/x", True),
        ("", False),
    ],
)
def test_a_models_path_has_a_version_and_one_name(path: str, is_model: bool) -> None:
    assert is_model_path(path) is is_model
