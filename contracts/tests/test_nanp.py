"""Telephone numbers in, E.164 out, and nothing that is no customer's number; area codes and exchanges by themselves."""

import csv
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from contracts import nanp
from contracts.nanp import AreaCode, NotANumber, area_code, by_shape, e164, exchange, npa, nxx

REPORT = Path(__file__).parents[3] / "shared" / "data" / "nanp" / "npa_report_20200301.csv"
TABLE = nanp._table()
CODES = [f"{code}" for code in range(200, 1_000)]


def refused(code: str) -> NotANumber | None:
    try:
        area_code(code)
    except NotANumber as reason:
        return reason
    return None


@pytest.mark.parametrize(
    "text",
    [
        "+19738260142",
        "19738260142",
        "9738260142",
        "(973) 826-0142",
        "1 (973) 826-0142",
        "973.826.0142",
        " 973-826-0142 ",
    ],
)
def test_every_way_people_write_a_number_is_the_same_number(text: str):
    assert e164(text) == "+19738260142"


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("", "not-a-number", "not a North American number"),
        ("826-0142", "not-a-number", "not a North American number"),
        ("+44 20 7946 0958", "not-a-number", "not a North American number"),
        ("+973 826 0142", "not-a-number", "not a North American number"),
        ("973-826-0142 x12", "not-a-number", "not a North American number"),
        ("973٨260142", "not-a-number", "not a North American number"),
        ("0738260142", "not-a-number", "not a North American number"),
        ("9731260142", "not-a-number", "not a North American number"),
        ("9118260142", "area-code-not-assignable", "911 is not an assignable area code"),
        ("3918260142", "area-code-not-assignable", "391 is not an assignable area code"),
        ("5558260142", "area-code-not-assignable", "555 is not an assignable area code"),
        ("800-826-0142", "toll-free", "800 is toll-free"),
        ("(242) 826-0142", "other-country", r"242 is an area code of another country \(Bahamas\)"),
        ("9739110142", "special-exchange", "911 is a special exchange"),
        ("9739760142", "special-exchange", "976 is a special exchange"),
        ("9735551212", "exchange-555", "555 is not given to customers"),
        ("9735550142", "exchange-555", "555 is not given to customers"),
    ],
)
def test_what_is_no_customers_number_is_refused_with_code_and_reason(text: str, code: str, why: str):
    with pytest.raises(NotANumber, match=why) as reason:
        e164(text)
    assert reason.value.code == code
    assert repr(text) in reason.value.detail


def test_what_is_quoted_is_cut():
    with pytest.raises(NotANumber) as reason:
        e164("9" * 100_000)
    assert len(reason.value.detail) < 120


def test_fiction_is_555_01xx_and_only_when_allowed():
    assert e164("973-555-0142", fiction=True) == "+19735550142"
    with pytest.raises(NotANumber):
        e164("973-555-1212", fiction=True)


@given(text=st.from_regex(r"\A[2-9][0-9]{9}\Z"))
def test_an_accepted_number_is_stable_and_taken_apart_rightly(text: str):
    try:
        number = e164(text)
    except NotANumber:
        return
    assert e164(number) == number == f"+1{npa(number)}{nxx(number)}{text[6:]}"


@given(text=st.text(alphabet="0123456789+-. ()٣x\n", max_size=20))
def test_anything_else_is_refused_and_never_breaks(text: str):
    try:
        number = e164(text)
    except NotANumber:
        return
    assert number.isascii()
    assert len(number) == 12


@pytest.mark.parametrize(
    ("code", "reason", "why"),
    [
        ("", "not-an-area-code", "'' is no area code"),
        ("97", "not-an-area-code", "three digits, the first 2 to 9"),
        ("9733", "not-an-area-code", "three digits"),
        ("97x", "not-an-area-code", "three digits"),
        ("٩73", "not-an-area-code", "three digits"),
        ("973\n", "not-an-area-code", "three digits"),
        ("123", "not-an-area-code", "the first 2 to 9"),
        ("911", "area-code-not-assignable", "a service code"),
        ("999", "area-code-not-assignable", "kept for a longer plan"),
        ("370", "area-code-not-assignable", "reserved"),
        ("960", "area-code-not-assignable", "reserved"),
        ("555", "area-code-not-assignable", "directory assistance"),
        ("950", "area-code-not-assignable", "carrier access"),
        ("456", "area-code-not-assignable", "inbound service"),
        ("888", "toll-free", "toll-free"),
        ("880", "toll-free", "toll-free"),
        ("822", "toll-free", "toll-free"),
        ("900", "premium-rate", "cost extra"),
        ("500", "personal-numbers", "personal numbers"),
        ("544", "personal-numbers", "personal numbers"),
        ("600", "canadian-services", "all over Canada"),
        ("622", "canadian-services", "all over Canada"),
        ("700", "carrier-services", "long-distance carriers"),
        ("710", "us-government", "US government"),
        ("222", "non-geographic", "no place"),
        ("876", "other-country", "Jamaica"),
        ("441", "other-country", "Bermuda"),
    ],
)
def test_an_area_code_of_no_place_here_is_refused_with_its_own_reason(code: str, reason: str, why: str):
    with pytest.raises(NotANumber, match=why) as found:
        area_code(code)
    assert found.value.code == reason
    assert found.value.detail.startswith(code or "''") or repr(code) in found.value.detail
    assert "expected an area code of a place in the US or Canada" in found.value.detail


@pytest.mark.parametrize(
    ("code", "country", "region"),
    [("973", "US", "NJ"), ("787", "US", "PR"), ("671", "US", "GU"), ("416", "CA", "ON"), ("902", "CA", "NS PE")],
)
def test_an_area_code_of_a_place_says_where_it_is(code: str, country: str, region: str):
    found = area_code(code)
    assert (found.country, found.region, found.warning) == (country, region, "")


@pytest.mark.parametrize("code", ["227", "983", "942", "368"])
def test_an_area_code_that_was_opened_after_the_table_was_made_passes_with_a_warning(code: str):
    assert code in area_code(code).warning
    assert "2020-03-04" in area_code(code).warning
    assert e164(f"{code}-826-0142") == f"+1{code}8260142"


def test_an_area_code_that_the_table_lacks_is_judged_by_its_shape(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(nanp, "_table", dict)
    assert area_code("880").warning
    with pytest.raises(NotANumber, match="911 is not an assignable area code"):
        area_code("911")


@pytest.mark.parametrize(
    ("text", "reason", "why"),
    [
        ("82", "not-an-exchange", "three digits, the first 2 to 9"),
        ("126", "not-an-exchange", "three digits, the first 2 to 9"),
        ("٨26", "not-an-exchange", "three digits"),
        ("411", "special-exchange", "services such as 911"),
        ("950", "special-exchange", "carrier access"),
        ("958", "special-exchange", "tests of the network"),
        ("959", "special-exchange", "tests of the network"),
        ("976", "special-exchange", "cost extra"),
        ("555", "exchange-555", "not given to customers"),
    ],
)
def test_an_exchange_without_customers_is_refused_with_its_own_reason(text: str, reason: str, why: str):
    with pytest.raises(NotANumber, match=why) as found:
        exchange(text)
    assert found.value.code == reason
    assert "expected an exchange that has customers, e.g. 826" in found.value.detail


def test_any_other_exchange_is_taken_and_555_as_fiction():
    assert exchange("826") == "826"
    assert exchange("555", fiction=True) == "555"


def test_the_table_has_every_code_of_the_plan_in_order():
    assert list(TABLE) == CODES


def test_the_table_counts_as_the_report_does():
    assignable = [code for code in TABLE.values() if code.assignable]
    serving = [code for code in assignable if code.in_service]
    places = [code for code in serving if code.use == "geographic"]
    counted = [sum(code.country == country for code in places) for country in ("US", "CA")]
    assert (len(assignable), len(serving), len(places), counted) == (680, 410, 390, [328, 41])


def test_every_use_but_that_of_places_has_its_reason():
    assert {code.use for code in TABLE.values()} - {"geographic"} <= nanp._USES.keys()


def test_the_shape_agrees_with_the_table_for_788_codes_and_never_refuses_an_assignable_one():
    missed = [code for code in CODES if by_shape(code).assignable != TABLE[code].assignable]
    assert missed == ["456", "555", *(f"88{n}" for n in range(8)), "889", "950"]
    assert not any(TABLE[code].assignable for code in missed)


def test_every_code_of_a_place_in_the_us_or_canada_is_accepted_and_no_other():
    def place(code: AreaCode) -> bool:
        return code.assignable and code.use == "geographic" and code.country in {"US", "CA", ""}

    assert {code for code in CODES if refused(code) is None} == {code.npa for code in TABLE.values() if place(code)}


def test_the_table_says_what_the_report_says():
    if not REPORT.exists():
        pytest.skip("the NPA report is not here")
    _, names, *rows = csv.reader(REPORT.read_text("latin-1").splitlines())
    report = [dict(zip(names, row, strict=False)) for row in rows]
    told = [(row["NPA_ID"], row["ASSIGNABLE"] == "Yes", row["IN_SERVICE"] == "Y", row["USE"] == "G") for row in report]
    kept = [(code.npa, code.assignable, code.in_service, code.use == "geographic") for code in TABLE.values()]
    assert kept == told
    countries = {"US": "US", "CANADA": "CA", "": ""}
    assert all(
        TABLE[row["NPA_ID"]].country == countries.get(row["COUNTRY"], TABLE[row["NPA_ID"]].country) for row in report
    )
