"""Writes the documentation's tables that are generated from code: `python -m tests.helpers.docs_tables`."""

import re
from pathlib import Path

from bridge.doors.osc.table import INCOMING, OUTGOING, markdown_table
from bridge.request.block import markdown_table as block_table
from bridge.settings import markdown_table as settings_table
from engine.capabilities import markdown_table as capability_table
from tests.helpers.paths import ROOT

DOCS = ROOT / "docs"
PROTOCOL = DOCS / "protocol.md"
DESKTOP = DOCS / "desktop.md"
PARAMETERS = DOCS / "parameters.md"
PAGES = (PROTOCOL, DESKTOP, PARAMETERS)


def tables_of(page: Path) -> dict[str, str]:
    """Return the generated tables of a page, by name."""
    if page == DESKTOP:
        return {"settings": settings_table()}
    if page == PARAMETERS:
        return {"block": block_table(), "capabilities": capability_table()}
    return {"block": block_table(), "incoming": markdown_table(INCOMING), "outgoing": markdown_table(OUTGOING)}


def with_tables(page: Path) -> str:
    """Return the page's text with every generated table brought up to date."""
    text = page.read_text(encoding="utf-8")
    for name, table in tables_of(page).items():
        between = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = between.subn(lambda match, table=table: f"{match[1]}{table.strip()}\n{match[2]}", text)
        assert count == 1, f"{page.name} needs one place for the table {name}"
    return text


if __name__ == "__main__":
    for one in PAGES:
        one.write_text(with_tables(one), encoding="utf-8")
