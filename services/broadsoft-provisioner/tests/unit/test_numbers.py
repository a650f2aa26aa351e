import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsoft_provisioner.domain.numbers import NotANumber, expand, expand_all, normalise


def test_dashed_and_plain_spellings_are_one_number() -> None:
    assert normalise("+1-251-555-1100") == normalise("+12515551100") == normalise("251-555-1100") == "+12515551100"


def test_numbers_of_other_countries_stay_whole() -> None:
    assert normalise("+3226127000") == "+3226127000"


def test_a_range_is_split_at_the_blank_hyphen_blank_and_not_at_other_hyphens() -> None:
    assert expand("+1-251-555-1100 - +1-251-555-1102") == ("+12515551100", "+12515551101", "+12515551102")


def test_an_empty_cell_holds_no_number() -> None:
    assert expand("  ") == ()


@pytest.mark.parametrize("cell", ["none", "+1 - +2 - +3", "+12515551102 - +12515551100", "+" + "1" * 23])
def test_what_is_no_number_is_refused(cell: str) -> None:
    with pytest.raises(NotANumber):
        expand(cell)


def test_the_expansion_of_a_range_is_capped() -> None:
    with pytest.raises(NotANumber, match="at most 10000"):
        expand("+12515550000 - +12525550000")


@given(st.sets(st.integers(0, 60), min_size=1))
def test_coalescing_neighbours_changes_nothing(offsets: set[int]) -> None:
    numbers = {f"+1251555{1000 + offset}" for offset in offsets}
    ordered = sorted(offsets)
    runs: list[list[int]] = []
    for offset in ordered:
        if runs and offset == runs[-1][1] + 1:
            runs[-1][1] = offset
        else:
            runs.append([offset, offset])
    cells = [f"+1-251-555-{1000 + first} - +1-251-555-{1000 + last}" for first, last in runs]
    assert expand_all(cells) == numbers
