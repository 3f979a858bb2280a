"""The package's page, and the one place that says where the project lives."""

from __future__ import annotations

import re
import subprocess
import tomllib

import package_page
import pytest

from bridge import __version__
from tests.helpers.docs_blocks import pages
from tests.helpers.paths import ROOT

AT = "https://host/we/it"


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("[install](docs/install.md)", f"[install]({AT}/blob/v1/docs/install.md)"),
        ("[a](docs/install.md#bundle)", f"[a]({AT}/blob/v1/docs/install.md#bundle)"),
        ("[a](LICENSE) and [b](README.md)", f"[a]({AT}/blob/v1/LICENSE) and [b]({AT}/blob/v1/README.md)"),
        ("![The window](docs/images/window-dark.png)", f"![The window]({AT}/raw/v1/docs/images/window-dark.png)"),
        ('<img src="docs/images/window-dark.png">', f'<img src="{AT}/raw/v1/docs/images/window-dark.png">'),
        ("[all](docs)", f"[all]({AT}/tree/v1/docs)"),
        ("[x](https://else/docs) [y](#use) [z](mailto:a@b)", "[x](https://else/docs) [y](#use) [z](mailto:a@b)"),
        ("send([4](no/file.md))", "send([4](no/file.md))"),
    ],
)
def test_paths_become_addresses_and_all_else_stays(text: str, page: str) -> None:
    assert package_page.absolute(text, AT, "v1") == page


def test_every_link_and_picture_of_the_readme_works_outside_the_repository() -> None:
    page = package_page.long_description()
    targets = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", page, flags=re.DOTALL))
    assert targets
    assert [target for target in targets if not re.match(r"https?://|#", target)] == []
    assert f"{package_page.project_address()}/raw/v{__version__}/docs/images/" in page


def test_one_place_says_where_the_project_lives() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address = package_page.project_address()
    assert all(url == address or url.startswith(f"{address}/") for url in project["urls"].values())
    texts = {page.name: page.read_text(encoding="utf-8") for page in pages()}
    named = {name: re.findall(rf"{re.escape(address)}\S*", text) for name, text in texts.items()}
    links = [(name, link) for name, found in named.items() for link in found if "releases" in link]
    assert [(name, link.rstrip(")>.,")) for name, link in links] == [("install.md", project["urls"]["Download"])]


def test_the_version_is_read_without_an_import() -> None:
    assert package_page.version() == __version__


def test_no_text_sends_people_to_a_name_on_a_package_index() -> None:
    """The name is not ours there yet: whoever registers it would get them."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    install = re.compile(r"\b(pip|pipx|tool)\b install\b[^\n`]*?[\s\"']stem-?bridge(?![\w/-]*[./])", re.IGNORECASE)
    for path in map(ROOT.joinpath, listed.splitlines()):
        if path.suffix in (".md", ".py", ".toml", ".yml", ".sh", ".txt", ".lua"):
            assert not install.search(path.read_text(encoding="utf-8")), path
