"""The blocks of code in README.md and docs/, and the comments on those that are not run.

`<!-- not run: reason -->` on the line before a block excludes all of it;
`<!-- not run in it: WORDS (reason); WORDS (reason) -->` excludes the lines whose command has those words.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.paths import ROOT

_BLOCK = re.compile(
    r"(?:<!-- not run(?P<some> in it)?: (?P<why>[^>]+) -->\n)?"
    r"^```(?P<language>[\w-]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_EXCEPTION = re.compile(r"\s*(?P<words>[^()]+?) \((?P<reason>[^()]+)\)\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block.

    Attributes:
        page: relative to the repository.
        line: number of its first line.
        reason: the reason why nothing of it is run, "" if it is run.
        exceptions: words of commands that are not run → the reason.
    """

    page: str
    line: int
    language: str
    text: str
    reason: str
    exceptions: dict[str, str]

    @property
    def name(self) -> str:
        """The name of the block's test."""
        return f"{self.page}:{self.line}"

    @property
    def commands(self) -> list[str]:
        """The commands of a shell block, a line each, without comments."""
        lines = self.text.replace("\\\n", " ").splitlines()
        parted = [shlex.split(line, comments=True) for line in lines]
        return [line.split("  #")[0].strip() for line, words in zip(lines, parted, strict=True) if words]

    def why_not(self, command: str) -> str:
        """Return the reason why a command of the block is not run, "" if it is run."""
        return self.reason or next((why for words, why in self.exceptions.items() if words in command), "")


def pages() -> list[Path]:
    """Return every page whose blocks are run."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks_of(page: Path) -> list[Block]:
    """Return the blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        why = match["why"] or ""
        exceptions = dict(_exceptions(why)) if match["some"] else {}
        name = page.relative_to(ROOT).as_posix()
        line = text.count("\n", 0, match.start("text")) + 1
        reason = "" if match["some"] else why
        found.append(Block(name, line, match["language"], match["text"], reason, exceptions))
    assert len(found) == text.count("\n```") // 2, f"{page.name}: a block was not understood"
    return found


def all_blocks(*languages: str) -> list[Block]:
    """Return the blocks of all pages, only those in one of `languages` if any are given."""
    return [block for page in pages() for block in blocks_of(page) if not languages or block.language in languages]


def stembridge_words(command: str) -> list[str] | None:
    """Return the words after `stembridge` if that is the program of a command line."""
    words = shlex.split(command)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    return words[1:] if words and words[0].rpartition("/")[2] == "stembridge" else None


def _exceptions(text: str) -> list[tuple[str, str]]:
    matches = [_EXCEPTION.fullmatch(part) for part in text.split(";")]
    assert all(matches), f"not understood: {text!r}"
    return [(match["words"], match["reason"]) for match in matches if match]
