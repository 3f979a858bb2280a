"""The job queue's database of an older or newer schema: migrated step by step, backed up, or refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bridge.home.file_versions import NewerVersion
from bridge.jobs import store
from bridge.jobs.store import JobStore
from tests.helpers.job_specs import make_job


def forms_in(database: Path) -> tuple[int, list[str]]:
    with closing(sqlite3.connect(database)) as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(jobs)")]
        return db.execute("PRAGMA user_version").fetchone()[0], columns


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
