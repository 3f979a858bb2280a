"""One capability: its sentence on a value, and its form in JSON."""

from __future__ import annotations

from engine.capability import HONOURED, ignored, within


def test_the_sentence_on_a_value() -> None:
    assert HONOURED.sentence("steps", 5) == ""
    assert within("4/4").sentence("steps", 5) == ""
    assert ignored("nobody sings").sentence("language", "en") == "language was not used: nobody sings."
    odd = within("even ones", lambda value: "" if value == 2 else f"{value} is odd.")
    assert (odd.sentence("steps", 2), odd.sentence("steps", 3)) == ("", "3 is odd.")


def test_the_form_in_json() -> None:
    assert HONOURED.to_json() == {"support": "honoured"}
    assert within("1–20").to_json() == {"support": "within", "within": "1–20"}
    assert ignored("it is deaf").to_json() == {"support": "ignored", "why": "it is deaf"}
