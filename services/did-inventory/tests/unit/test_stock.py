"""Lines of stock: what they name, and what is wrong with which of them."""

import pytest

from contracts.nanp import e164
from did_inventory.domain.stock import LONGEST_RUN, StockLines, TooMany
from testkit.work import counted


def taken(*lines: str) -> StockLines:
    found = StockLines(fiction=False)
    for line in lines:
        found.take(line)
    return found


def test_lines_are_numbers_as_people_write_them_and_runs() -> None:
    found = taken("+19738260001", "(973) 826-0002\r", "", "  ", "9738260003 , 2", "973.826.0001", "9738260009,1")
    assert sorted(found.numbers) == [19738260001, 19738260002, 19738260003, 19738260004, 19738260009]
    assert (found.faults, found.lines, found.named) == ([], 7, 6)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("911", "not-a-number"),
        ("number", "not-a-number"),
        ("9738260001 9738260002", "not-a-number"),
        ("9735550100", "exchange-555"),
        ("9739110001", "special-exchange"),
        ("9738260001,", "not-a-count"),
        ("9738260001,0", "not-a-count"),
        ("9738260001,-1", "not-a-count"),
        ("9738260001,1e3", "not-a-count"),
        ("9738260001,\u0661", "not-a-count"),
        (f"9738260000,{LONGEST_RUN + 1}", "not-a-count"),
        ("9738260001,1,1", "not-a-count"),
        ("9735549999,2", "exchange-555"),
        ("9739999999,2", "not-a-number"),
        (",5", "not-a-number"),
    ],
)
def test_a_line_at_fault_is_told_by_its_number(line: str, code: str) -> None:
    found = taken("9738260001", "", line, "9738260002")
    ((pointer, told, detail),) = found.faults
    assert (pointer, told) == ("/lines/3", code)
    assert detail.startswith("Line 3: ")
    assert found.numbers >= {19738260001, 19738260002}


def test_all_faults_are_counted_and_a_hundred_put_in_words() -> None:
    found = taken(*["no"] * 5_000)
    assert (len(found.faults), sum(bool(one.detail) for one in found.faults)) == (5_000, 100)


def test_an_import_has_an_end_though_it_names_the_same_numbers() -> None:
    found, run = StockLines(fiction=False, most=30_000), f"9738260000,{LONGEST_RUN}"
    for _ in range(3):
        found.take(run)
    with counted(e164) as calls, pytest.raises(TooMany, match="With line 4 it is more than 30,000 numbers"):
        found.take(run)
    assert calls["e164"] == LONGEST_RUN


def test_a_run_at_fault_is_left_at_its_first_fault() -> None:
    with counted(e164) as calls:
        found = taken(f"9735540000,{LONGEST_RUN}", f"9735549990,{LONGEST_RUN}")
    assert [(one.pointer, one.code) for one in found.faults] == [("/lines/2", "exchange-555")]
    assert calls["e164"] < LONGEST_RUN + 20
