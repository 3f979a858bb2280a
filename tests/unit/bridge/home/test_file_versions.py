"""Backups of files before their schema is migrated, and the refusal of newer ones."""

from __future__ import annotations

from pathlib import Path

from bridge.home.file_versions import BACKUPS, NewerVersion, backup_of


def test_no_backup_overwrites_another(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    for name in ("settings.json.version-0.backup", "settings.json.version-0-2.backup"):
        assert backup_of(path, 0).name == name
        backup_of(path, 0).touch()


def test_backups_of_different_versions_have_different_names_and_all_match_the_pattern(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    made = []
    for version in (0, 1, 1, 12):
        made.append(backup_of(path, version))
        made[-1].touch()
    assert len(set(made)) == 4
    assert set(tmp_path.glob(BACKUPS.format(name=path.name))) == set(made)


def test_a_newer_file_is_named_with_its_version_and_the_way_out() -> None:
    assert str(NewerVersion(Path("/x/settings.json"), 3, 1)) == (
        "/x/settings.json was written by a newer Stem Bridge (form 3, this one knows up to 1); "
        "install that version again, or move the file away to begin anew."
    )
