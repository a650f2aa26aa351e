"""How many of something an order takes is told once, with the smallest number that will do."""

import pytest

from contracts import documents
from order_intake.domain.door.judging import judge
from order_intake.domain.door.rules import Rules

from ..builders import MENU, NOW, form

ITEM = "a whole number in digits from 1 to 10000; seats are at most 1000 in an order, all together"
SEARCH = "a whole number in digits from 1 to 2000, which is the most of an order"
PATHS = "a whole number in digits from 1 to 100000"


def told(field: str, sent: str) -> tuple[str, str]:
    """Pointer and detail of the one fault of a form that has this JSON in this field."""
    plain = form(NOW).model_dump_json(exclude={"items", "number_searches"})
    (fault,) = judge(documents.read(f'{plain[:-1]},"{field}":[{sent}]}}'), Rules(NOW, MENU, fiction=True)).faults
    return fault.pointer, fault.detail


@pytest.mark.parametrize("sent", ["20000", "0", "1e3", "1000.0", '"5"', "2.50", "true"])
def test_of_an_item(sent: str) -> None:
    at, detail = told("items", f'{{"package":"Auto Attendant","quantity":{sent}}}')
    written = sent.replace('"', "'")
    assert (at, detail) == ("/items/0/quantity", f"{written} does not fit; expected {ITEM}")


@pytest.mark.parametrize("sent", ["2001", "1E2"])
def test_of_a_search(sent: str) -> None:
    at, detail = told("number_searches", f'{{"npa":"973","quantity":{sent}}}')
    assert (at, detail) == ("/number_searches/0/quantity", f"{sent} does not fit; expected {SEARCH}")


def test_of_a_search_that_does_not_say() -> None:
    assert told("number_searches", '{"npa":"973"}')[1] == f"quantity is missing; expected {SEARCH}"


def test_of_a_trunk() -> None:
    item = '{"package":"Standard Select Voice Lines","trunk":{"name":"A","call_paths":1e1}}'
    assert told("items", item) == ("/items/0/trunk/call_paths", f"1e1 does not fit; expected {PATHS}")
