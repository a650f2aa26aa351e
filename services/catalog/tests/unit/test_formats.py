"""Which form of the ledger is asked for, and what a spreadsheet must not take for a formula."""

import pytest

from catalog.api.formats import CSV, JSON_LINES, asked_for, cell
from contracts.content_types import JSON


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
        ("text/csv", CSV),
        ("Text/CSV; charset=utf-8", CSV),
        ("text/csv;q=0.5, application/x-ndjson", JSON_LINES),
        ("application/json;q=0.1, text/csv;q=0.2", CSV),
        ("text/csv;q=0", JSON),
        ("text/csv;q=many", JSON),
        ("image/png", JSON),
        (",;,", JSON),
    ],
)
def test_the_best_of_what_is_liked_is_answered(accept: str, kind: str) -> None:
    assert asked_for(accept) == kind


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\uff1d1"])
def test_a_text_is_no_formula(text: str) -> None:
    assert cell("package", text) == f"'{text}"


def test_figures_and_other_texts_stay_as_they_are() -> None:
    assert cell("amount", "-15.76") == "-15.76"
    assert cell("quantity", -2) == -2
    assert cell("package", "Shipping") == "Shipping"
    assert (cell("first_period", False), cell("to_date", None)) == ("false", None)
