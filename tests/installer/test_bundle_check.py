"""The libraries that a bundle lacks, found in bundles of this system's own programs and libraries."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import bundle_check
import pytest

from tests.helpers.debian import need

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads programs of Linux")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle of one program that needs libraries beside those of the C library, and other files."""
    need("objdump", "Xvfb")
    (tmp_path / "_internal").mkdir()
    shutil.copy(shutil.which("Xvfb") or "", tmp_path / "stembridge")
    (tmp_path / "_internal" / "text.so").write_text("no library")
    return tmp_path


def test_a_library_that_is_left_out_is_named_with_what_needs_it(bundle: Path) -> None:
    missing = bundle_check.left_out(bundle)
    assert missing["libpixman-1.so.0"] == ["stembridge"]
    assert not [soname for soname in missing if soname.startswith(("libc.", "libm.", "libGL."))]
    assert "libpixman-1.so.0 (for stembridge)" in bundle_check.advice(missing)


def test_a_library_anywhere_in_the_bundle_or_linked_there_is_no_problem(bundle: Path) -> None:
    for soname in bundle_check.left_out(bundle):
        (bundle / "_internal" / soname).touch()
    assert bundle_check.left_out(bundle) == {}
    inside = bundle / "_internal" / "libpixman-1.so.0"
    inside.rename(bundle / "there")
    inside.symlink_to(bundle / "there")
    assert bundle_check.left_out(bundle) == {}


def test_a_folder_without_programs_lacks_nothing(tmp_path: Path) -> None:
    assert bundle_check.left_out(tmp_path) == {}


@pytest.mark.parametrize(
    ("soname", "is_of_the_system"),
    [
        ("libc.so.6", True),
        ("ld-linux-x86-64.so.2", True),
        ("libGL.so.1", True),
        ("libwayland-client.so.0", True),
        ("libwayland-cursor.so.0", False),
        ("libxcb.so.1", True),
        ("libxcb-cursor.so.0", False),
        ("libcrypto.so.3", False),
        ("libmd.so.0", False),
    ],
)
def test_only_the_c_library_and_the_driver_are_left_to_the_system(soname: str, is_of_the_system: bool) -> None:
    assert (bundle_check.OF_THE_SYSTEM.fullmatch(soname) is not None) == is_of_the_system
