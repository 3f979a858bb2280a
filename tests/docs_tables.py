"""Writes the generated tables of docs/protocol.md from the code's own tables: `python -m tests.docs_tables`."""

import re
from pathlib import Path

from bridge.block import markdown_table as block_table
from bridge.osc.spec import INCOMING, OUTGOING, markdown_table

PROTOCOL = Path(__file__).resolve().parent.parent / "docs" / "protocol.md"


def with_tables(text: str) -> str:
    """Return `text` with every generated table as the code has it now."""
    tables = {"block": block_table(), "incoming": markdown_table(INCOMING), "outgoing": markdown_table(OUTGOING)}
    for name, table in tables.items():
        between = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = between.subn(lambda match, table=table: f"{match[1]}{table.strip()}\n{match[2]}", text)
        assert count == 1, f"docs/protocol.md needs one place for the table {name}"
    return text


if __name__ == "__main__":
    PROTOCOL.write_text(with_tables(PROTOCOL.read_text(encoding="utf-8")), encoding="utf-8")
