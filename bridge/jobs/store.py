"""The job queue on disk: one SQLite file, shared by all companions of the user.

With write-ahead logging and `synchronous=NORMAL` the file survives a crash of the process at any point; a power
failure may lose the last few commits, but never damages the file (SQLite's documentation of WAL).
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bridge.home.file_versions import NewerVersion, backup_of
from bridge.jobs.job import Job, State
from bridge.request.job_spec import JobSpec
from engine.errors import StemBridgeError

KEEP_FINISHED_S = 30 * 24 * 3600.0

_SCHEMA_1 = (
    """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL,
    client TEXT NOT NULL,
    state TEXT NOT NULL,
    created REAL NOT NULL,
    finished REAL,
    spec TEXT NOT NULL,
    staging TEXT NOT NULL DEFAULT '[]',
    manifests TEXT NOT NULL DEFAULT '[]',
    stems INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT ''
)
""",
    "CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (session, state, number)",
)
STEPS: tuple[tuple[str, ...], ...] = (_SCHEMA_1,)
"""Migrations: the statements at index n turn schema n into schema n + 1; schema 0 is an empty file.

The schema's number is stored as SQLite's `user_version`.
"""

_COLUMNS = "id, client, state, created, finished, spec, staging, manifests, stems, message"
_UNFINISHED = f"('{State.QUEUED}', '{State.RUNNING}')"


_UNREADABLE = "unreadable"

log = logging.getLogger("stembridge.jobs")


class _UnreadableRow(Exception):
    """A row that cannot be read as a job."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id


class StoreFailed(StemBridgeError):
    """The queue's file cannot be read or written at the moment, most often because its disk is full."""

    def __init__(self, error: sqlite3.Error) -> None:
        super().__init__(
            f"The job queue cannot be used just now ({error}); is the disk of Stem Bridge's folder full?"
        )


class JobStore:
    """Jobs of all companions; this companion runs those of its own `session`.

    Every method but `close` raises `StoreFailed` when the file cannot be read or written.
    """

    def __init__(self, path: Path, session: str) -> None:
        """Open or create the file, and migrate it to the current schema.

        Raises
        ------
        StemBridgeError
            If the file cannot be opened, is not a job queue, or was written by a newer version.
        """
        self._session = session
        path.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            self._open(path, stack)
            stack.pop_all()

    def _open(self, path: Path, stack: ExitStack) -> None:
        try:
            self._db = sqlite3.connect(path, timeout=5.0, isolation_level=None)
            stack.callback(self._db.close)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._migrate(path)
        except sqlite3.Error as error:
            raise StemBridgeError(
                f"The job queue {path} cannot be used ({error}); move it away to begin anew."
            ) from None

    def _migrate(self, path: Path) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(STEPS):
            raise NewerVersion(path, version, len(STEPS))
        if version == len(STEPS):
            return
        self._back_up(path, version)
        self._db.execute("BEGIN IMMEDIATE")  # a crash before COMMIT leaves the file unchanged
        version = self._db.execute("PRAGMA user_version").fetchone()[0]  # another companion may have migrated it
        for statement in (statement for step in STEPS[version:] for statement in step):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version={len(STEPS)}")
        self._db.execute("COMMIT")

    def _back_up(self, path: Path, version: int) -> None:
        """Copy the file to a backup, unless it is empty."""
        if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            return
        backup = sqlite3.connect(backup_of(path, version))
        try:
            self._db.backup(backup)
        finally:
            backup.close()

    def close(self) -> None:
        """Close the file; calling it again is harmless."""
        self._db.close()

    def add(self, job: Job) -> None:
        """Store a new job at the end of the queue."""
        self._execute(
            "INSERT INTO jobs (id, session, client, state, created, spec) VALUES (?, ?, ?, ?, ?, ?)",
            (job.id, self._session, job.client, job.state, job.created, job.spec.to_json()),
        )

    def save(self, job: Job) -> None:
        """Update a stored job."""
        self._execute(
            "UPDATE jobs SET state=?, finished=?, staging=?, manifests=?, stems=?, message=? WHERE id=?",
            (
                job.state,
                job.finished,
                json.dumps(job.staging),
                json.dumps(job.manifests),
                job.stems,
                job.message,
                job.id,
            ),
        )

    def get(self, job_id: str) -> Job | None:
        """Return the job with this id, None if there is none."""
        rows = self._select("id=?", (job_id,))
        return rows[0] if rows else None

    def next_queued(self) -> Job | None:
        """Return this session's first waiting job, None if there is none."""
        rows = self._select(f"session=? AND state='{State.QUEUED}'", (self._session,), limit=1)
        return rows[0] if rows else None

    def reorder(self, job_ids: Sequence[str]) -> None:
        """Reorder this session's waiting jobs among `job_ids`: they swap numbers, and other jobs keep theirs."""
        waiting = {job.id for job in self._select(f"session=? AND state='{State.QUEUED}'", (self._session,))}
        moved = [job_id for job_id in dict.fromkeys(job_ids) if job_id in waiting]
        marks = ", ".join("?" * len(moved))
        places = [row[0] for row in self._execute(f"SELECT number FROM jobs WHERE id IN ({marks}) ORDER BY 1", moved)]
        self._execute("BEGIN IMMEDIATE", ())
        try:
            for sign in (-1, 1):  # negative numbers first, because numbers are unique at any time
                for job_id, number in zip(moved, places, strict=True):
                    self._execute("UPDATE jobs SET number=? WHERE id=?", (sign * number, job_id))
        except StoreFailed:
            self._execute("ROLLBACK", ())
            raise
        self._execute("COMMIT", ())

    def newest_of(self, client: str, unfinished: bool = False) -> Job | None:
        """Return the newest job of `client` in this session, or the newest unfinished one; None if there is none."""
        only = f" AND state IN {_UNFINISHED}" if unfinished else ""
        rows = self._select(f"session=? AND client=?{only}", (self._session, client), newest=True, limit=1)
        return rows[0] if rows else None

    def newest(self, count: int) -> list[Job]:
        """Return the newest jobs of all companions, newest first."""
        return self._select("1", (), newest=True, limit=count)

    def by_clients(self, clients: Sequence[str], limit: int, offset: int = 0) -> list[Job]:
        """Return jobs of any of `clients` in any session, newest first."""
        marks = ", ".join("?" * len(clients))
        return self._select(f"client IN ({marks})", clients, newest=True, limit=limit, offset=offset)

    def count_unfinished(self) -> int:
        """Return the number of this session's jobs that are waiting or running."""
        query = f"SELECT count(*) FROM jobs WHERE session=? AND state IN {_UNFINISHED}"
        return int(self._execute(query, (self._session,))[0][0])

    def other_sessions(self) -> list[str]:
        """Return the other sessions with unfinished jobs, whether their companions are running or not."""
        query = f"SELECT DISTINCT session FROM jobs WHERE session<>? AND state IN {_UNFINISHED}"
        return [str(row[0]) for row in self._execute(query, (self._session,))]

    def adopt(self, session: str) -> list[Job]:
        """Move a dead companion's unfinished jobs to this session; return those that were running when it died."""
        running = self._select(f"session=? AND state='{State.RUNNING}'", (session,))
        self._execute(
            f"UPDATE jobs SET session=? WHERE session=? AND state IN {_UNFINISHED}", (self._session, session)
        )
        return running

    def forget_old(self, now: float) -> None:
        """Delete jobs that finished more than 30 days ago from the queue; their takes are not touched."""
        self._execute("DELETE FROM jobs WHERE finished IS NOT NULL AND finished < ?", (now - KEEP_FINISHED_S,))

    def _select(
        self, where: str, values: Sequence[str], newest: bool = False, limit: int = -1, offset: int = 0
    ) -> list[Job]:
        order = "DESC" if newest else "ASC"
        query = (
            f"SELECT {_COLUMNS} FROM jobs WHERE {where} AND state<>'{_UNREADABLE}' "
            f"ORDER BY number {order} LIMIT ? OFFSET ?"
        )
        while True:
            rows = self._execute(query, (*values, limit, offset))
            try:
                return [_job(row) for row in rows]
            except _UnreadableRow as error:
                self._set_aside(error.job_id)

    def _set_aside(self, job_id: str) -> None:
        """Mark an unreadable job, so that it does not block those behind it; `forget_old` deletes its row later."""
        log.error("the job %s in the queue's file cannot be read and is set aside", job_id)
        query = f"UPDATE jobs SET state='{_UNREADABLE}', finished=? WHERE id=?"
        self._execute(query, (time.time(), job_id))

    def _execute(self, query: str, values: Sequence[str | float | None]) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise StoreFailed(error) from error


def _job(row: tuple[str, str, str, float, float | None, str, str, str, int, str]) -> Job:
    job_id, client, state, created, finished, spec, staging, manifests, stems, message = row
    try:
        return Job(
            id=job_id,
            client=client,
            state=State(state),
            created=created,
            finished=finished,
            spec=JobSpec.from_json(spec),
            staging=json.loads(staging),
            manifests=json.loads(manifests),
            stems=stems,
            message=message,
            progress=1.0 if state == State.DONE else 0.0,
            phase="writing" if state == State.DONE else "queued",
        )
    except (ValueError, TypeError) as error:  # written by another version, or damaged
        raise _UnreadableRow(job_id) from error
