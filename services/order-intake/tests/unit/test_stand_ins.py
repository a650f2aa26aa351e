"""What stands in for something ill-shaped is nothing that was sent: no rule tells of it, and none goes by it."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import documents
from contracts.orders import Fault
from order_intake.domain.door.judging import judge
from order_intake.domain.door.rules import Rules

from ..builders import MENU, NOW

# Sound, and one step from many faults: whatever another value stood in for would meet one of its own.
FORM: dict[str, Any] = {
    "external_id": "a",
    "kind": "new-enterprise",
    "enterprise": "A",
    "customer": {
        "account_name": "A",
        "domain": "a.example",
        "time_zone": "Pacific/Honolulu",
        "address": {"street": "1 A St", "unit": "", "city": "Hilo", "state": "HI", "zip": "96720"},
    },
    "billing_start": "2029-03-01",
    "requested_activation": "2032-03-01T02:00:00-10:00",
    "e911": {
        "required": True,
        "location": {"street": "1 A St", "unit": "", "city": "Hilo", "state": "HI", "zip": "96720"},
    },
    "items": [
        {"package": "Enterprise Standard", "quantity": 999},
        {"package": "Enterprise Basic", "quantity": 1},
        {"package": "Call Control Tool Bar - MRC Option"},
        {"package": "Call Control Tool Bar - MRC Option", "quantity": 2},
        {
            "package": "Enterprise Basic",
            "trunk": {"name": "a", "registration": "static-ip", "static_ip": "192.0.2.7", "codecs": ["G711"]},
        },
        {"package": "Enterprise Basic", "trunk": {"name": "b", "codecs": ["G711"]}},
        {"package": "Enterprise Basic", "trunk": {"name": "?"}},
    ],
    "numbers": [{"number": "+19735550100"}, {"number": "+19735550101", "trunking": True}],
    "number_searches": [{"npa": "973", "quantity": 997}, {"npa": "201", "nxx": "555", "quantity": 1001}],
    "notes": "",
}
FORM["number_searches"][1].pop("nxx")


def faults(form: dict[str, Any]) -> list[Fault]:
    return list(judge(documents.read(json.dumps(form)), Rules(NOW, MENU, fiction=True)).faults)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from places(part, (*path, name))


def told_at(path: tuple[str | int, ...]) -> str:
    pointer = "/" + "/".join(map(str, path))
    return pointer.partition("/codecs/")[0] + ("/codecs" if "/codecs/" in pointer else "")


PLACES = list(places(FORM))


def ill_shaped(form: dict[str, Any], path: tuple[str | int, ...], value: Any) -> None:
    """Nothing happens where a part of the path is replaced already."""
    place: Any = form
    for part in path[:-1]:
        place = place[part]
        if place == value:
            return
    place[path[-1]] = deepcopy(value)


def test_the_form_is_sound() -> None:
    assert faults(FORM) == []


@given(st.sets(st.sampled_from(PLACES), min_size=1, max_size=4), st.sampled_from([1.5, {"x": []}, "\ud800", "?\ud800"]))
@settings(max_examples=300, deadline=None)
def test_only_what_is_ill_shaped_is_told(paths: set[tuple[str | int, ...]], value: Any) -> None:
    form = deepcopy(FORM)
    for path in sorted(paths, key=len):  # the outer ones first
        ill_shaped(form, path, value)
    found = {fault.pointer for fault in faults(form)}
    wrong = {told_at(path) for path in paths}
    assert found
    assert all(any(one == at or one.startswith(f"{at}/") for at in wrong) for one in found), found - wrong


@pytest.mark.parametrize("path", PLACES, ids=lambda path: "/".join(map(str, path)))
def test_each_place_alone(path: tuple[str | int, ...]) -> None:
    form = deepcopy(FORM)
    ill_shaped(form, path, 1.5)
    assert [fault.pointer for fault in faults(form)] == [told_at(path)]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        (
            {"items": [{"package": "Enterprise Basic", "trunk": {"name": one}} for one in (5, "a")]},
            "/items/0/trunk/name",
        ),
        ({"numbers": [{"number": 5}, {"number": "+19735550100"}]}, "/numbers/0/number"),
        (
            {"number_searches": [{"npa": "973", "quantity": "x"}, {"npa": "973", "quantity": 2000}]},
            "/number_searches/0/quantity",
        ),
    ],
)
def test_what_really_happened(changes: dict[str, Any], pointer: str) -> None:
    plain = {**FORM, "numbers": [], "number_searches": [], "items": FORM["items"][:1]}
    assert [fault.pointer for fault in faults({**plain, **changes})] == [pointer]


def test_dates_are_not_judged_by_a_zone_that_nobody_gave() -> None:
    form = {**FORM, "billing_start": "2027-02-28"}
    assert {one.pointer for one in faults(form)} == {"/billing_start"}
    form["customer"] = {**FORM["customer"], "time_zone": 5}
    assert {one.pointer for one in faults(form)} == {"/customer/time_zone"}
    del form["customer"]["time_zone"]
    assert {one.pointer for one in faults(form)} == {"/customer/time_zone"}
