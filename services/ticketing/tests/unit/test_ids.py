"""Ticket ids as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketing.domain import ids


@given(st.integers(min_value=1, max_value=10**18 - 1))
def test_what_is_shown_can_be_read_again(ticket_id: int) -> None:
    assert ids.from_text(ids.to_text(ticket_id)) == ticket_id


def test_ids_have_six_digits_and_more_when_they_need_them() -> None:
    assert ids.to_text(123) == "T-000123"
    assert ids.to_text(12_345_678) == "T-12345678"


def test_a_small_t_is_read_too() -> None:
    assert ids.from_text("t-000123") == 123


@pytest.mark.parametrize("text", ["", "123", "T-", "T-12", "T-00012x", "T-000123 ", "TKT-000123", "T-" + "9" * 19])
def test_what_is_no_id_is_not_read(text: str) -> None:
    assert ids.from_text(text) is None
