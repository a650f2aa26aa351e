"""Spellings of telephone numbers."""

import pytest

from broadworks_simulator.errors import Refusal
from broadworks_simulator.numbering import asked_numbers, dashed, normalise, runs
from broadworks_simulator.schema.fields import Fields


@pytest.mark.parametrize("text", ["+19735550142", "+1-973-555-0142", "9735550142", "19735550142", "(973) 555-0142"])
def test_every_spelling_of_a_number_is_one_number(text: str) -> None:
    assert normalise(text) == "+19735550142"


@pytest.mark.parametrize("text", ["", "+", "12", "+1973555014200000", "97355501AB"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="Phone number is invalid"):
        normalise(text)


def test_only_north_american_numbers_are_dashed() -> None:
    assert dashed("+12515551100") == "+1-251-555-1100"
    assert dashed("+3226127000") == "+3226127000"


def test_ranges_include_both_ends_and_nothing_twice() -> None:
    span = Fields({"minPhoneNumber": ["+3226127001"], "maxPhoneNumber": ["+3226127003"]})
    fields = Fields({"phoneNumber": ["+3226127002"], "dnRange": [span]})
    assert sorted(asked_numbers(fields)) == ["+3226127001", "+3226127002", "+3226127003"]


@pytest.mark.parametrize(("low", "high"), [("+3226127003", "+3226127001"), ("+19730000000", "+19735550142")])
def test_a_range_backwards_or_too_long_is_refused(low: str, high: str) -> None:
    span = Fields({"minPhoneNumber": [low], "maxPhoneNumber": [high]})
    with pytest.raises(Refusal, match="range is invalid"):
        asked_numbers(Fields({"dnRange": [span]}))


def test_runs_end_where_numbers_or_properties_differ() -> None:
    numbers: list[tuple[str, object]] = [("+13", "a"), ("+11", "a"), ("+12", "a"), ("+14", "b"), ("+16", "b")]
    assert runs(numbers) == [("+11", "+13"), ("+14", "+14"), ("+16", "+16")]
    assert runs([]) == []
