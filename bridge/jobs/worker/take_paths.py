"""Paths of a job's takes, fixed before the work starts, so that the queue can clean up after any crash."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bridge.request.job_spec import JobSpec
from bridge.takes.layout import takes_folder
from bridge.takes.naming import take_folder_name
from bridge.takes.staging import staging_path


@dataclass(frozen=True, slots=True)
class TakePaths:
    """The paths of one job's takes.

    Attributes:
        folder: the takes' folder, or the folder that a single take's files go straight into.
        into_folder: True in the second case.
        take_ids: one per variation; the job's own id for a single one.
        folder_names: one per variation.
        created: time of the job's submission, ISO 8601 with a time zone.
    """

    folder: str
    into_folder: bool
    take_ids: list[str]
    folder_names: list[str]
    created: str

    @classmethod
    def of(cls, job_id: str, created_s: float, spec: JobSpec, own_takes: Path) -> TakePaths:
        """Return the paths of a job; `own_takes` is the project for requests without one."""
        count = int(spec.value("variations"))
        ids = [job_id] if count == 1 else [f"{job_id}-{number}" for number in range(1, count + 1)]
        local = datetime.fromtimestamp(created_s, UTC).astimezone()
        folder = Path(spec.into) if spec.into else takes_folder(Path(spec.project or own_takes), spec.daw)
        names = [take_folder_name(local, spec.block["genres"], take_id) for take_id in ids]
        return cls(str(folder), spec.into is not None, ids, names, local.isoformat())

    @property
    def staging(self) -> list[Path]:
        """Folders that exist only while the takes are written."""
        return [staging_path(Path(self.folder), name) for name in self.folder_names]

    def to_json(self) -> str:
        """Return the paths as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> TakePaths:
        """Return the paths in `text`, as written by `to_json`."""
        return cls(**json.loads(text))
