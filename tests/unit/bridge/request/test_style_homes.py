"""Homes of the factory's styles and of the user's own, which are read again when their file changes."""

from __future__ import annotations

from pathlib import Path

from bridge.request.style_homes import StyleHomes

OWN = 'name = "kelp"\nbased_on = "house"\nwords = ["kelp"]\ntempo = {{ low = 90, home = {}, high = 110 }}\n'


def test_the_users_own_style_has_its_home(tmp_path: Path) -> None:
    homes = StyleHomes(tmp_path)
    assert homes.of("house").bpm == 124
    (tmp_path / "kelp.toml").write_text(OWN.format(96))
    home = homes.of("kelp, warm")
    assert (home.name, home.bpm, home.is_named) == ("kelp", 96, True)
    assert homes.of("kelp") == homes.of("kelp")
    (tmp_path / "kelp.toml").write_text(OWN.format(101) + "\n")
    assert homes.of("kelp").bpm == 101


def test_without_a_folder_there_are_the_factorys() -> None:
    assert StyleHomes().of("techno").bpm == StyleHomes(Path("/none")).of("techno").bpm == 132
