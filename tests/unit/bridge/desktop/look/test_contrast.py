"""Contrast by WCAG 2.2; the expected figures are worked out from its formula by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.desktop.look.contrast import READABLE, contrast, legible

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_black_on_white_has_the_greatest_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


def test_the_primaries_weigh_as_the_standard_says() -> None:
    for colour, luminance in (("#ff0000", 0.2126), ("#00ff00", 0.7152), ("#0000ff", 0.0722)):
        assert contrast(colour, "#000000") == pytest.approx((luminance + 0.05) / 0.05, rel=1e-4)


def test_dark_parts_are_on_the_straight_piece_of_the_transfer_function() -> None:
    # 10/255 = 0.0392 is below 0.04045: divided by 12.92
    assert contrast("#0a0a0a", "#000000") == pytest.approx((10 / 255 / 12.92 + 0.05) / 0.05, rel=1e-3)


@given(one=colours, other=colours)
def test_contrast_is_symmetric_and_between_1_and_21(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1.0 <= contrast(one, other) <= 21.0 + 1e-9
    assert contrast(one, one) == 1.0


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert legible("#38c7a4", "#131417", "#eceef0") == "#38c7a4"


@given(colour=colours)
def test_any_colour_becomes_legible_on_its_way_to_the_text(colour: str) -> None:
    for ground, text in (("#1a1c20", "#eceef0"), ("#f7f8f9", "#1b1e22")):
        assert contrast(legible(colour, ground, text), ground) >= READABLE


def test_a_text_that_is_unreadable_itself_ends_the_search() -> None:
    assert contrast(legible("#ffffff", "#ffffff", "#eeeeee"), "#ffffff") < READABLE
