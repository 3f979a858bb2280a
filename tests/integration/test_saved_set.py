"""Tempo, meter and key from a project's saved Live set, while no DAW runs."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.ableton.als_files import write_als
from tests.helpers.command_here import refusal, run_generate
from tests.helpers.companion_process import Start, read_json


def test_generate_takes_the_music_of_the_set_in_a_project(tmp_path: Path) -> None:
    write_als(tmp_path / "my song" / "song.als", tempo=200.5, meter=204 + 99, root=2, scale=2)
    (tmp_path / "home").mkdir()
    out = str(tmp_path / "out")
    take = run_generate(
        tmp_path / "home", "--genres", "funk", "--bars", "1", "--project", str(tmp_path / "my song"), "--out", out
    )
    assert (take["tempo"], take["time_signature"], take["key"]) == (200.5, "7/8", "D dorian")
    assert "Tempo, meter and key are those of song.als as it was last saved." in take["notices"]
    assert str(take["manifest"]).startswith(out)
    assert "--project must be a folder that exists" in refusal(
        tmp_path / "home", "generate", "--genres", "funk", "--project", "/no/such", "--out", str(tmp_path / "b")
    )


def test_serve_uses_it_until_a_daw_connects(start: Start, tmp_path: Path) -> None:
    project = tmp_path / "song Project"
    write_als(project / "song.als", tempo=200.5)
    (project / "Ableton Project Info").mkdir()
    with start("--project", str(project)).daw() as client:
        path = client.finish(client.generate(bars=1, genres="funk"))
        assert path.is_relative_to(project / "Samples" / "Imported" / "StemBridge")
        assert (read_json(path)["tempo"], read_json(path)["key"]) == (200.5, "A minor")
        client.send("/tempo", 240.0)
        manifest = read_json(client.finish(client.generate(bars=1, genres="funk")))
        assert (manifest["tempo"], manifest["origin"]["key"]) == (240.0, "style")
