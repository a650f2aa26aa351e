"""The catalogue: the names of the operator's menu, and what was probably meant by another name."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from catalog.domain.packages import NUMBER_PACKAGE, Catalogue, package_from
from catalog.sample import catalogue, sample_prices

ROW = {
    "order_type": "Toll Free",
    "package": "Toll FRee Number",
    "charges": "MRC",
    "seat": "0",
    "free_numbers": "0",
    "fulfilment": "billing",
    "orderable": "1",
    "companion": "",
    "remark": "",
    "guess": "name",
    "number": "none",
    "either_or": "",
    "withdrawn": "0",
    "elsewhere": "1",
}


def test_the_menus_have_45_22_7_14_and_3_packages() -> None:
    assert [(kind, len(packages)) for kind, packages in catalogue().menu().items()] == [
        ("AlaCarte Services", 45),
        ("Hosted PBX Services", 22),
        ("Fax Service", 7),
        ("Call Recording", 14),
        ("Toll Free", 3),
    ]
    assert len(catalogue().by_name) == 91


@pytest.mark.parametrize(
    "name",
    [
        "Traditional User\\User Management Fee",
        "Call Center Supervisor - Client Only - (NO SEAT)",
        "Unity Call Center Agent - NRC",
        "Unity Call Center Agent MRC",
        "CLI Spoofing Penalty 2nd Instance or Greater",
        "SnapBack (LNP)",
        "Breakroom/Conference Room Phone User",
        "Premium Call Center Supervisor - Includes Dashboard Software",
        "Toll FRee NASCing",
        "Toll Free NRC",
    ],
)
def test_odd_spellings_are_kept(name: str) -> None:
    assert name in catalogue().by_name


def test_menu_order_is_the_operators_and_not_the_alphabet() -> None:
    assert [p.name for p in catalogue().menu()["Toll Free"]] == [
        "Toll Free NRC",
        "Toll FRee Number",
        "Toll FRee NASCing",
    ]


def test_charge_kinds_are_those_read_from_the_names() -> None:
    kinds = Counter((p.order_type, p.charges) for p in catalogue().packages)
    assert kinds == {
        ("AlaCarte Services", ("MRC",)): 28,
        ("AlaCarte Services", ("NRC",)): 15,
        ("AlaCarte Services", ("usage",)): 2,
        ("Hosted PBX Services", ("MRC",)): 19,
        ("Hosted PBX Services", ("MRC", "usage")): 3,
        ("Fax Service", ("MRC",)): 3,
        ("Fax Service", ("NRC",)): 2,
        ("Fax Service", ("usage",)): 2,
        ("Call Recording", ("MRC",)): 8,
        ("Call Recording", ("NRC",)): 6,
        ("Toll Free", ("MRC",)): 1,
        ("Toll Free", ("NRC",)): 2,
    }


def test_twenty_hosted_packages_are_seats_and_all_but_the_extensions_bring_a_number() -> None:
    seats = [p for p in catalogue().packages if p.seats]
    assert len(seats) == 20
    assert {p.order_type for p in seats} == {"Hosted PBX Services"}
    assert [p.name for p in seats if not p.free_numbers] == ["Standard Select Extensions"]
    assert all(p.fulfilment == "hosted" for p in seats)
    assert not [p.name for p in catalogue().packages if p.free_numbers and not p.seats]


def test_back_office_lines_are_not_orderable() -> None:
    assert [p.name for p in catalogue().packages if not p.orderable] == [
        "CLI Spoofing Penalty 1st Instance",
        "CLI Spoofing Penalty 2nd Instance or Greater",
        "Early Termination Fee",
        "ECRC 911 Call - Billable",
        "Expense Reimbursement",
        "Late Fee",
        "Professional Services (per hour)",
    ]


def test_a_companion_is_the_one_time_package_of_a_monthly_one() -> None:
    pairs = [(p, catalogue().by_name[p.companion]) for p in catalogue().packages if p.companion]
    assert len(pairs) == 15
    assert all("MRC" in monthly.charges and once.charges == ("NRC",) for monthly, once in pairs)


def test_every_charge_of_every_package_has_a_sample_price() -> None:
    wanted = {(p.name, kind) for p in catalogue().packages for kind in p.charges}
    assert sample_prices().prices.keys() == wanted | {(NUMBER_PACKAGE, "MRC")}
    assert sample_prices().prices[NUMBER_PACKAGE, "MRC"] == Decimal("1.15")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Toll Free Number", "Toll FRee Number"),
        ("enterprise standard", "Enterprise Standard"),
        ("Enterprise  Standart", "Enterprise Standard"),
        ("Traditional User/User Management Fee", "Traditional User\\User Management Fee"),
        ("Unity Call Center Supervisor \u2013 MRC", "Unity Call Center Supervisor - MRC"),
        ("Professional Services", None),
        ("Elephants", None),
        ("", None),
    ],
)
def test_the_nearest_orderable_package_is_suggested(typed: str, meant: str | None) -> None:
    assert catalogue().nearest(typed) == meant


def test_two_packages_with_one_name_are_refused() -> None:
    package = catalogue().packages[0]
    with pytest.raises(ValueError, match="same name"):
        Catalogue([package, replace(package, order_type="Toll Free")])


def test_a_companion_must_be_in_the_catalogue() -> None:
    with pytest.raises(ValueError, match="Nothing Known"):
        Catalogue([replace(catalogue().packages[0], companion="Nothing Known")])


@pytest.mark.parametrize(
    "wrong",
    [
        {"charges": "monthly"},
        {"charges": ""},
        {"seat": "yes"},
        {"orderable": ""},
        {"free_numbers": "-1"},
        {"fulfilment": "trunking"},
        {"package": " "},
        {"number": "perhaps"},
        {"withdrawn": ""},
        {"elsewhere": "yes"},
    ],
)
def test_a_row_that_cannot_be_read_is_named(wrong: dict[str, str]) -> None:
    assert package_from(ROW).name == "Toll FRee Number"
    with pytest.raises(ValueError, match="cannot be read"):
        package_from({**ROW, **wrong})
