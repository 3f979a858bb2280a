"""Files of older and newer forms: settings and the job queue."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bridge.home.file_versions import NewerVersion, backup_of
from bridge.jobs import store
from bridge.jobs.store import JobStore
from bridge.settings import SettingsFile
from bridge.settings import file as settings_file
from tests.helpers.job_specs import make_job


def rename_port(content: dict[str, Any]) -> dict[str, Any]:
    """A step of a version to come: the setting was once called `port`."""
    return {("osc_port" if key == "port" else key): value for key, value in content.items()}


def forms_in(database: Path) -> tuple[int, list[str]]:
    with closing(sqlite3.connect(database)) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(jobs)")]
        return db.execute("PRAGMA user_version").fetchone()[0], columns


def test_settings_of_0_0_9_are_understood_and_kept_when_the_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"osc_port": 9000, "of_tomorrow": 1}')
    file = SettingsFile(path)
    assert file["osc_port"] == 9000
    assert path.read_text() == '{"osc_port": 9000, "of_tomorrow": 1}'  # reading changes nothing
    file.set("theme", "dark")
    file.set("theme", "light")
    assert json.loads(path.read_text()) == {"version": 1, "of_tomorrow": 1, "osc_port": 9000, "theme": "light"}
    assert backup_of(path, 7).parent == tmp_path
    assert (tmp_path / "settings.json.version-0.backup").read_text() == '{"osc_port": 9000, "of_tomorrow": 1}'
    assert len(list(tmp_path.iterdir())) == 2


def test_settings_go_through_every_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_file, "STEPS", (dict, rename_port))
    path = tmp_path / "settings.json"
    path.write_text('{"version": 1, "port": 9000}')
    file = SettingsFile(path)
    assert (file["osc_port"], file.problems) == (9000, [])
    file.set("theme", "dark")
    assert json.loads(path.read_text()) == {"version": 2, "osc_port": 9000, "theme": "dark"}
    assert (tmp_path / "settings.json.version-1.backup").read_text() == '{"version": 1, "port": 9000}'


@pytest.mark.parametrize("version", [2, 99, -1, "two", True, None])
def test_settings_of_a_newer_version_are_refused_in_a_sentence_and_left(tmp_path: Path, version: object) -> None:
    path = tmp_path / "settings.json"
    text = json.dumps({"version": version, "osc_port": 9000})
    path.write_text(text)
    file = SettingsFile(path)
    assert file["osc_port"] == 9124
    (problem,) = file.problems
    assert "newer Stem Bridge" in problem
    with pytest.raises(NewerVersion, match="install that version again"):
        file.set("theme", "dark")
    assert path.read_text() == text
    assert list(tmp_path.iterdir()) == [path]


def make_old_queue(path: Path) -> None:
    """A queue of 0.0.9: its form has no number, and no column for staging folders."""
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(
            """
            CREATE TABLE jobs (number INTEGER PRIMARY KEY, id TEXT, state TEXT);
            INSERT INTO jobs VALUES (1, 'old', 'done');
            """
        )


def test_a_queue_goes_through_every_step_and_is_kept_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "jobs.sqlite3"
    before = JobStore(path, "one")
    before.add(make_job())
    before.close()
    steps = (*store.STEPS, ("ALTER TABLE jobs ADD COLUMN stars INTEGER NOT NULL DEFAULT 0",))
    monkeypatch.setattr(store, "STEPS", steps)
    after = JobStore(path, "one")
    assert after.get(make_job().id) == make_job()
    after.close()
    version, columns = forms_in(path)
    assert (version, columns[-1]) == (2, "stars")
    version, columns = forms_in(tmp_path / "jobs.sqlite3.version-1.backup")
    assert (version, "stars" in columns) == (1, False)
    JobStore(path, "one").close()  # and the next start has nothing to do
    assert len(list(tmp_path.glob("*.backup"))) == 1


def test_a_step_that_fails_leaves_the_queue_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "jobs.sqlite3"
    JobStore(path, "one").close()
    before = forms_in(path)
    steps = (*store.STEPS, ("ALTER TABLE jobs ADD COLUMN stars INTEGER", "THIS IS NO SQL"))
    monkeypatch.setattr(store, "STEPS", steps)
    with pytest.raises(Exception, match="cannot be used"):
        JobStore(path, "one")
    assert forms_in(path) == before


def test_a_queue_without_a_number_is_kept_before_anything_is_done_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jobs.sqlite3"
    make_old_queue(path)
    monkeypatch.setattr(store, "STEPS", (("ALTER TABLE jobs ADD COLUMN staging TEXT",),))
    JobStore(path, "one").close()
    assert forms_in(path) == (1, ["number", "id", "state", "staging"])
    assert forms_in(tmp_path / "jobs.sqlite3.version-0.backup") == (0, ["number", "id", "state"])


def test_a_queue_of_a_newer_version_is_refused_in_a_sentence_and_left(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version=7")
    content = path.read_bytes()
    with pytest.raises(NewerVersion, match="form 7"):
        JobStore(path, "one")
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == 7
        assert db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    assert len(content) == path.stat().st_size
    assert not list(tmp_path.glob("*.backup"))


def test_a_new_queue_needs_no_backup(tmp_path: Path) -> None:
    JobStore(tmp_path / "jobs.sqlite3", "one").close()
    assert not list(tmp_path.glob("*.backup"))


def test_no_backup_overwrites_another(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    for name in ("settings.json.version-0.backup", "settings.json.version-0-2.backup"):
        assert backup_of(path, 0).name == name
        backup_of(path, 0).touch()
