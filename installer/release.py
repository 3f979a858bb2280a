#!/usr/bin/env python3
"""Makes a release of the files in a folder: SHA256SUMS, the page with hashes, and a draft of it on GitHub.

python3 installer/release.py FOLDER              FOLDER/SHA256SUMS, FOLDER/release_page.md
python3 installer/release.py FOLDER --publish    the same, and the draft with all files (needs `gh` and its rights)

It refuses what must not go out: a file or system too many or too few, a version without a dated section in
CHANGELOG.md, a tag of another version, a repository that is not the project's.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import NamedTuple

import package_page

ROOT = Path(__file__).resolve().parent.parent
SUMS, PAGE = "SHA256SUMS", "release_page.md"


class Kind(NamedTuple):
    """A kind of download: the ending of its file's name after `stembridge-VERSION`, and whom it is for."""

    ending: str
    label: str
    is_required: bool = True


KINDS = (
    Kind(r"-windows-\w+\.exe", "Windows 10 and 11"),
    Kind(r"-macos-\w+\.dmg", "macOS 12 or newer"),
    Kind(r"-linux-\w+\.AppImage", "Linux, one file", is_required=False),
    Kind(r"-linux-\w+\.tar\.gz", "Linux"),
    Kind(r"-py3-none-any\.whl", "your own Python 3.11 or newer"),
    Kind(r"\.tar\.gz", "source"),
)
"""In the order of the page's table."""


class Refused(Exception):
    """A release that must not go out."""


class Download(NamedTuple):
    """One file of the release."""

    label: str
    path: Path
    sha256: str


def main(arguments: list[str], environ: Mapping[str, str] = os.environ) -> int:
    """Make the release; return the exit code."""
    parser = argparse.ArgumentParser(prog="release.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="the folder with the files for download, and nothing else")
    parser.add_argument("--publish", action="store_true", help="make the draft on GitHub")
    options = parser.parse_args(arguments)
    version = package_page.version()
    try:
        check_place(version, package_page.project_address(), environ)
        downloads = find_downloads(options.folder, version)
        changes = changes_of((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version)
        write(options.folder, version, downloads, changes)
        if options.publish:
            publish(options.folder, version, downloads)
    except (Refused, OSError) as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"release: exit code {error.returncode} of {error.cmd[0]}", file=sys.stderr)
        return 1
    print(f"{options.folder / PAGE}, {options.folder / SUMS}: {len(downloads)} files of version {version}")
    return 0


def check_place(version: str, address: str, environ: Mapping[str, str]) -> None:
    """Refuse another repository than the project's, or another tag than the version's, where GitHub names them."""
    repository, tag = environ.get("GITHUB_REPOSITORY"), environ.get("GITHUB_REF_NAME", f"v{version}")
    here = f"{environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{repository}"
    if repository and here.lower() != address.lower():
        raise Refused(f"this is {here}, but pyproject.toml calls {address} the project's address.")
    if tag != f"v{version}":
        raise Refused(f"the tag is {tag}, but the version is {version}.")


def find_downloads(folder: Path, version: str) -> list[Download]:
    """Return the files of the release in the order of the table."""
    found: dict[Kind, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.name in (SUMS, PAGE):
            continue
        kind = kind_of(path.name, version)
        if kind is None:
            raise Refused(f"{path.name} is no file of version {version}.")
        if kind in found:
            raise Refused(f"there are two files for {kind.label}: {found[kind].name} and {path.name}.")
        found[kind] = path
    if missing := [kind.label for kind in KINDS if kind.is_required and kind not in found]:
        raise Refused(f"{folder} has no file for {', '.join(missing)}.")
    return [Download(kind.label, found[kind], _sha256(found[kind])) for kind in KINDS if kind in found]


def kind_of(name: str, version: str) -> Kind | None:
    """Return the kind of a download by its file's name, None for any other file."""
    start = f"(stembridge|StemBridge)-{re.escape(version)}"
    return next((kind for kind in KINDS if re.fullmatch(start + kind.ending, name)), None)


def changes_of(changelog: str, version: str) -> str:
    """Return the changelog's section of a version, without its heading."""
    section = re.search(
        rf"^## {re.escape(version)}(?P<note>.*)\n(?P<text>(?:(?!^## ).*\n?)*)", changelog, re.MULTILINE
    )
    if section is None:
        raise Refused(f"CHANGELOG.md has no section ## {version}.")
    if re.fullmatch(r" \(\d{4}-\d\d-\d\d\)", section["note"]) is None:
        raise Refused(f"CHANGELOG.md does not date its section ## {version}: ## {version} (YYYY-MM-DD).")
    return section["text"].strip()


def write(folder: Path, version: str, downloads: list[Download], changes: str) -> None:
    """Write the list of hashes and the page into the folder."""
    lines = "".join(f"{one.sha256}  {one.path.name}\n" for one in sorted(downloads, key=lambda one: one.path.name))
    (folder / SUMS).write_text(lines, encoding="utf-8", newline="\n")
    page = Template((ROOT / "installer" / PAGE).read_text(encoding="utf-8"))
    text = page.substitute(
        address=package_page.project_address(), version=version, changes=changes, downloads=table(version, downloads)
    )
    (folder / PAGE).write_text(text, encoding="utf-8", newline="\n")


def table(version: str, downloads: list[Download]) -> str:
    """Return the rows of the page's table."""
    files = f"{package_page.project_address()}/releases/download/v{version}"
    return "\n".join(
        f"| {one.label} | [{one.path.name}]({files}/{one.path.name}) | {one.path.stat().st_size / 1e6:.1f} MB "
        f"| `{one.sha256}` |"
        for one in downloads
    )


def publish(folder: Path, version: str, downloads: list[Download]) -> None:
    """Make the draft of the release on GitHub; a person reads it and presses the button."""
    files = [*(one.path for one in downloads), folder / SUMS]
    words = ["gh", "release", "create", f"v{version}", "--draft", "--verify-tag", "--title", f"Stem Bridge {version}"]
    subprocess.run([*words, "--notes-file", str(folder / PAGE), *map(str, files)], cwd=ROOT, check=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
