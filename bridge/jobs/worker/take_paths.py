"""Where a job's takes will lie: settled before the work starts, so that the queue can clear up after any crash."""

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
    """The places of one job.

    Attributes:
        folder: the takes' folder, or the folder that a single take's files go right into.
        into_folder: which of the two it is.
        take_ids: one per variation; the job's own id for a single one.
        folder_names: likewise.
        created: when the job was asked for, ISO 8601 with a time zone.
    """

    folder: str
    into_folder: bool
    take_ids: list[str]
    folder_names: list[str]
    created: str

    @classmethod
    def of(cls, job_id: str, created_s: float, spec: JobSpec, own_takes: Path) -> TakePaths:
        """Plan the job: `own_takes` is the project of takes whose trigger named none."""
        count = int(spec.block["variations"])
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
        """Return the plan as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> TakePaths:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))
