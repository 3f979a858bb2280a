"""Lists the files of a repository on a hub: huggingface.co or any other with the same API (`HF_ENDPOINT`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from engine.errors import ModelFault
from engine.optional_libraries import require

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo, RepoSibling

ANSWER_TIMEOUT_S = 20.0
_PART = re.compile(r'[^<>:"|?*\\\x00-\x1f]{1,200}')


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file of a repository.

    Attributes:
        path: relative, with `/`; checked to stay inside a folder.
        sha256: hash of its content, if the hub knows it (large files), else empty.
        git_sha1: hash of its content as git computes it (with `blob <size>\\0` in front), for the others.
    """

    path: str
    size_bytes: int
    sha256: str
    git_sha1: str

    @property
    def identity(self) -> str:
        """The hash that identifies its content."""
        return self.sha256 or self.git_sha1


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A repository at one commit."""

    repository: str
    commit: str
    licence: str
    files: tuple[RemoteFile, ...]
    endpoint: str


def look_up(repository: str, revision: str, endpoint: str | None = None) -> RemoteModel:
    """Return the files of `repository` at `revision`; without `endpoint`, on the hub that `HF_ENDPOINT` names.

    Raises
    ------
    ModelFault
        If it cannot be reached, does not exist, needs a login, or sends an invalid answer.
    EngineUnavailable
        If the library for it is missing.
    """
    require("huggingface_hub")
    from huggingface_hub import HfApi

    api = HfApi(endpoint=endpoint)
    with readable_errors(api.endpoint, repository, revision):
        info = api.model_info(repository, revision=revision, files_metadata=True, timeout=ANSWER_TIMEOUT_S)
    if not info.sha or not info.siblings:
        raise ModelFault(f"The repository {repository} is empty at {revision}.")
    files = tuple(_file(repository, sibling) for sibling in info.siblings)
    return RemoteModel(repository, info.sha, _licence(info), files, api.endpoint)


@contextmanager
def readable_errors(endpoint: str, repository: str, what: str) -> Iterator[None]:
    """Turn the errors of the hub's library into one sentence about `what` (a revision or a file) of `repository`."""
    import httpx2
    from huggingface_hub import errors

    place = f"{endpoint}/{repository}"
    try:
        yield
    except errors.GatedRepoError:
        raise ModelFault(
            f"{repository} wants its terms accepted first: do so at {place}, then run `hf auth login` and try again."
        ) from None
    except errors.RepositoryNotFoundError:
        raise ModelFault(f"There is no public repository {place}; if it is private, run `hf auth login`.") from None
    except (errors.RevisionNotFoundError, errors.EntryNotFoundError):
        raise ModelFault(f"{place} has no {what}.") from None
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        then = "run `hf auth login` and try again" if status in (401, 403) else "try again later"
        raise ModelFault(f"{place} answered {status} for {what}; {then}.") from None
    except errors.OfflineModeIsEnabled:
        raise ModelFault("HF_HUB_OFFLINE is set, so nothing can be downloaded; unset it and try again.") from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise ModelFault(f"{endpoint} cannot be reached ({error or type(error).__name__}); try again.") from None
    except ValueError as error:
        raise ModelFault(f"{place} does not answer like a hub ({type(error).__name__}: {error}).") from None


def _licence(info: ModelInfo) -> str:
    """Return the licence that the repository's card names."""
    card = info.card_data.get("license") if info.card_data else None
    tags = [tag.removeprefix("license:") for tag in info.tags or [] if tag.startswith("license:")]
    return str(card or (tags[0] if tags else ""))


def _file(repository: str, sibling: RepoSibling) -> RemoteFile:
    path = sibling.rfilename
    if not is_safe_path(path):
        raise ModelFault(f"{repository} holds a file of an unsafe name: {path[:80]!r}.")
    sha256, size = (sibling.lfs.sha256, sibling.lfs.size) if sibling.lfs else ("", sibling.size)
    return RemoteFile(path, int(size or 0), sha256 or "", sibling.blob_id or "")


def is_safe_path(path: str) -> bool:
    """Return whether a path from a hub is relative, stays inside its folder, and is valid on every system."""
    parts = path.split("/")
    return not PurePosixPath(path).is_absolute() and all(
        _PART.fullmatch(part) and part not in (".", "..") and part == part.rstrip(". ") for part in parts
    )
