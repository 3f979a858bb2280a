from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from engine.contract import EngineInfo, Generation
from engine.errors import Cancelled, EngineFailed, EngineUnavailable
from engine.music import Meter, MeterMap, MeterPoint
from engine.remote import takes
from engine.remote.address import RemoteAddress
from engine.remote.remote_engine import NO_ADDRESS, RemoteEngine, body_of
from tests.helpers.ace_requests import quiet_progress, request
from tests.helpers.fake_companion import Answer, FakeCompanion

INFO = EngineInfo(
    name="remote", label="Another companion", stems=(), default_stems=(), tasks=("text2music",), models=()
)
EVENTS, RESULT, SUBMIT = "/v1/jobs/abc/events", "/v2/requests/abc", "/v2/ace-step-music"

BLOCK = {
    "genres": "funk",
    "tempo": 97.6,
    "bars": 8,
    "output_seconds": 60,
    "preset": "Mine",
    "engine": "remote",
    "model": "auto",
    "bit_depth": "16",
    "lora": "",
    "midi_part": {},
    "meter_map": [],
}


@pytest.mark.parametrize(
    ("model", "engine"),
    [
        ("auto", {"engine": "auto"}),
        ("sketch", {"engine": "sketch"}),
        ("ace-step-2b-turbo", {"engine": "ace-step", "model": "ace-step-2b-turbo"}),
    ],
)
def test_the_music_is_sent_and_the_keys_of_this_machine_are_not(model: str, engine: dict[str, str]) -> None:
    music = {"genres": "funk", "tempo": 97.6, "bars": 8, "bit_depth": "float", "lora": "", "midi_part": {}}
    assert body_of(BLOCK, model) == {**music, **engine}


@pytest.mark.parametrize(("ending", "sent"), [("loop", {}), ("auto", {}), ("end", {"ending": "end"})])
def test_only_an_ending_is_sent_for_an_older_companion_knows_no_such_key(ending: str, sent: dict[str, str]) -> None:
    body = body_of({**BLOCK, "ending": ending}, "auto")
    assert {name: value for name, value in body.items() if name == "ending"} == sent


@pytest.mark.parametrize(
    "value", [{"lora": "/home/me/voice.safetensors"}, {"midi_part": {"stem": "bass", "file": "/home/me/bass.mid"}}]
)
def test_files_of_this_machine_that_cannot_be_sent_are_named(value: dict[str, object]) -> None:
    with pytest.raises(EngineFailed, match=next(iter(value))):
        body_of({**BLOCK, **value}, "auto")


def event(state: str, progress: float, phase: str = "generating") -> dict[str, object]:
    return {"state": state, "progress": progress, "phase": phase}


def serve(studio: FakeCompanion, *events: dict[str, object], result: object = None) -> None:
    """Prepare answers for one request that ends with a result."""
    studio.answers("POST", SUBMIT, Answer.json({"request_id": "abc"}))
    studio.answers("GET", EVENTS, Answer.events(*events, event("done", 1.0)))
    studio.answers("GET", RESULT, Answer.json({"takes": [{"files": {"a": "b"}}]} if result is None else result))
    studio.answers("DELETE", RESULT, Answer.json({}))


def loaded(studio: FakeCompanion, model: str = "auto") -> RemoteEngine:
    engine = RemoteEngine(INFO, lambda: studio.address)
    engine.load(quiet_progress, model)
    return engine


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Replaces the transfer of a take; returns the files of the takes that were fetched."""
    files: list[Any] = []

    def fetch(_companion: object, urls: object, _request: object, folder: Any, on_chunk: Any) -> object:  # noqa: ANN401
        assert folder.is_dir()
        on_chunk()
        files.append(urls)
        return f"take {len(files)}"

    monkeypatch.setattr(takes, "fetch_generation", fetch)
    return files


def test_without_an_address_loading_says_which_setting_is_missing() -> None:
    with pytest.raises(EngineUnavailable) as caught:
        RemoteEngine(INFO, lambda: None).load(quiet_progress)
    assert str(caught.value) == NO_ADDRESS


def test_every_load_looks_the_address_up_again() -> None:
    addresses = [RemoteAddress("http://first"), RemoteAddress("http://second")]
    engine = RemoteEngine(INFO, lambda: addresses.pop(0))
    for url in ("http://first", "http://second"):
        engine.load(quiet_progress)
        assert engine._address == RemoteAddress(url)
        engine.unload()


def test_a_request_is_sent_with_the_model_of_the_load_and_every_take_is_fetched(
    studio: FakeCompanion, fetched: list[Any]
) -> None:
    serve(studio, result={"takes": [{"files": {"mix": "1"}}, {"files": {"mix": "2"}}]})
    assert loaded(studio, "sketch").generate(request(), quiet_progress) == ["take 1", "take 2"]
    assert fetched == [{"mix": "1"}, {"mix": "2"}]
    assert studio.requests_for("POST", SUBMIT)[0].body == {**body_of(request().block, "sketch")}
    assert not studio.requests_for("DELETE", RESULT)


def test_progress_goes_through_the_phases_and_never_back(studio: FakeCompanion, fetched: list[Any]) -> None:
    serve(studio, event("queued", 0, "queued"), event("running", 0, "loading"), event("running", 0.5))
    seen: list[tuple[str, float]] = []
    loaded(studio).generate(request(), lambda phase, share: seen.append((phase, share)))
    shares = [share for phase, share in seen if phase == "generating"]
    assert shares == sorted(shares)
    assert seen[-1] == ("generating", pytest.approx(0.9))  # the share at which the take is fetched


def test_a_cancel_here_cancels_the_request_there(studio: FakeCompanion, fetched: list[Any]) -> None:
    def cancel(_phase: str, _share: float) -> None:
        raise Cancelled

    serve(studio)
    with pytest.raises(Cancelled):
        loaded(studio).generate(request(), cancel)
    assert len(studio.requests_for("DELETE", RESULT)) == 1
    assert fetched == []


def test_an_older_companion_gets_one_meter_and_the_take_says_so(
    studio: FakeCompanion, monkeypatch: pytest.MonkeyPatch
) -> None:
    meters = MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(2, Meter(3, 4))])
    asked = replace(request(), length_beats=Fraction(20), meter_map=meters)
    asked = replace(asked, block={**asked.block, "meter_map": meters.to_json(), "bars": 6.0, "time_signature": "4/4"})
    serve(studio)
    refusal = {"error": "'meter_map' is no key of the parameter block."}
    studio.answers("POST", SUBMIT, Answer.json(refusal, 400), Answer.json({"request_id": "abc"}))
    empty = np.zeros((1, 2), np.float32)
    made = Generation((), empty, 1, None, "sketch", on_grid=True, notices=("Theirs.",))
    monkeypatch.setattr(takes, "fetch_generation", lambda *_: made)
    (take,) = loaded(studio).generate(asked, quiet_progress)
    assert take.notices == (
        "Theirs.",
        "The other companion is older and knows one meter only: it made 4/4 throughout, "
        "without the 3/4 from bar 3 on.",
    )
    first, second = (sent.body for sent in studio.requests_for("POST", SUBMIT))
    assert first["meter_map"] == meters.to_json()
    assert (second["bars"], second["time_signature"]) == (5.0, "4/4")
    assert "meter_map" not in second


@pytest.mark.parametrize("result", [{}, {"takes": 3}, {"takes": [{}]}, {"takes": [{"files": []}]}, {"takes": ["a"]}])
def test_a_result_without_takes_is_one_sentence(studio: FakeCompanion, result: object) -> None:
    serve(studio, result=result)
    with pytest.raises(EngineFailed, match=f"The companion at {studio.url} names no takes; is it of another version"):
        loaded(studio).generate(request(), quiet_progress)
    assert len(studio.requests_for("DELETE", RESULT)) == 1
