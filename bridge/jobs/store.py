"""The queue on disk: one SQLite file, shared by every companion of the user.

Write-ahead logging with `synchronous=NORMAL` survives the death of the process at any point; only a power cut may
cost the last few commits, and never the file (SQLite's own documentation of WAL).
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

_FIRST = (
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
STEPS: tuple[tuple[str, ...], ...] = (_FIRST,)
"""The statements of step n turn a file of form n into one of form n + 1; form 0 is an empty file.

SQLite keeps the form's number (`user_version`).
"""

_COLUMNS = "id, client, state, created, finished, spec, staging, manifests, stems, message"
_UNFINISHED = f"('{State.QUEUED}', '{State.RUNNING}')"


_UNREADABLE = "unreadable"

log = logging.getLogger("stembridge.jobs")


class _UnreadableRow(Exception):
    """A row that is no job."""

    def __init__(self, job_id: str) -> None:
        super().__init__(job_id)
        self.job_id = job_id


class StoreFailed(StemBridgeError):
    """The file of the queue cannot be read or written just now, most often because its disk is full."""

    def __init__(self, error: sqlite3.Error) -> None:
        super().__init__(
            f"The job queue cannot be used just now ({error}); is the disk of Stem Bridge's folder full?"
        )


class JobStore:
    """Jobs of all companions; this one writes those of its own `session`.

    Every method but `close` raises `StoreFailed` when the file cannot be read or written.
    """

    def __init__(self, path: Path, session: str) -> None:
        """Open or create the file.

        Raises
        ------
        StemBridgeError
            If the file cannot be opened, is no job queue, or comes from a newer version.
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
        self._db.execute("BEGIN IMMEDIATE")  # whoever is killed in it leaves the file as it was
        version = self._db.execute("PRAGMA user_version").fetchone()[0]  # another companion may have been faster
        for statement in (statement for step in STEPS[version:] for statement in step):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA user_version={len(STEPS)}")
        self._db.execute("COMMIT")

    def _back_up(self, path: Path, version: int) -> None:
        """Keep the file as it is, unless nothing is in it."""
        if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            return
        kept = sqlite3.connect(backup_of(path, version))
        try:
            self._db.backup(kept)
        finally:
            kept.close()

    def close(self) -> None:
        """Close the file; harmless when closed."""
        self._db.close()

    def add(self, job: Job) -> None:
        """Store a new job at the end of the queue."""
        self._execute(
            "INSERT INTO jobs (id, session, client, state, created, spec) VALUES (?, ?, ?, ?, ?, ?)",
            (job.id, self._session, job.client, job.state, job.created, job.spec.to_json()),
        )

    def save(self, job: Job) -> None:
        """Store what has changed of a job."""
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
        """Return a job by its id."""
        rows = self._select("id=?", (job_id,))
        return rows[0] if rows else None

    def next_queued(self) -> Job | None:
        """Return this session's oldest job that waits."""
        rows = self._select(f"session=? AND state='{State.QUEUED}'", (self._session,), limit=1)
        return rows[0] if rows else None

    def reorder(self, job_ids: Sequence[str]) -> None:
        """Let this session's waiting jobs among `job_ids` change places, so that they run in that order."""
        waiting = {job.id for job in self._select(f"session=? AND state='{State.QUEUED}'", (self._session,))}
        wanted = [job_id for job_id in dict.fromkeys(job_ids) if job_id in waiting]
        marks = ", ".join("?" * len(wanted))
        places = [
            row[0] for row in self._execute(f"SELECT number FROM jobs WHERE id IN ({marks}) ORDER BY 1", wanted)
        ]
        self._execute("BEGIN IMMEDIATE", ())
        try:
            for step in (-1, 1):  # by way of negative numbers, for two jobs may never share one
                for job_id, number in zip(wanted, places, strict=True):
                    self._execute("UPDATE jobs SET number=? WHERE id=?", (step * number, job_id))
        except StoreFailed:
            self._execute("ROLLBACK", ())
            raise
        self._execute("COMMIT", ())

    def newest_of(self, client: str, unfinished: bool = False) -> Job | None:
        """Return the newest job that `client` asked for in this session."""
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
        """Return how many of this session's jobs wait or run."""
        query = f"SELECT count(*) FROM jobs WHERE session=? AND state IN {_UNFINISHED}"
        return int(self._execute(query, (self._session,))[0][0])

    def other_sessions(self) -> list[str]:
        """Return other companions that have unfinished jobs, alive or not."""
        query = f"SELECT DISTINCT session FROM jobs WHERE session<>? AND state IN {_UNFINISHED}"
        return [str(row[0]) for row in self._execute(query, (self._session,))]

    def adopt(self, session: str) -> list[Job]:
        """Take over a dead companion's unfinished jobs; return those that were running when it died."""
        running = self._select(f"session=? AND state='{State.RUNNING}'", (session,))
        self._execute(
            f"UPDATE jobs SET session=? WHERE session=? AND state IN {_UNFINISHED}", (self._session, session)
        )
        return running

    def forget_old(self, now: float) -> None:
        """Drop finished jobs older than 30 days; their takes stay where they are."""
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
        """Take a job that cannot be read out of the way of those behind it; its row stays for a while."""
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
    except (ValueError, TypeError) as error:  # another version's, or a damaged disk's
        raise _UnreadableRow(job_id) from error
