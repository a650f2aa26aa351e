"""`dialtone billing`: lines, statements, subscriptions, charges and credits, and what is asked for them."""

import json
from typing import Any

import pytest

from .conftest import Run
from .fake_services import FakeServices
from .orders import flat

LINE = {
    "posting": 7,
    "customer_id": "c-1",
    "order_id": "o-1",
    "package": "Late Fee",
    "kind": "NRC",
    "quantity": 1,
    "unit_price": "25.00",
    "from_date": "2087-01-26",
    "to_date": None,
    "amount": "25.00",
    "reason": "manual",
}
SUBSCRIPTION = {
    **{name: LINE[name] for name in ("customer_id", "order_id", "package", "kind", "quantity", "unit_price")},
    "subscription_id": 3,
    "item_id": "1",
    "from_date": "2087-01-18",
    "to_date": None,
    "posted_to": "2087-02-01",
}
STATEMENT = {
    "customer_id": "c-1",
    "month": "2087-01",
    "time_zone": "America/New_York",
    "currency": "USD",
    "amounts": "before taxes and surcharges",
    "items": [{"order_id": "o-1", "item_id": "", "lines": [LINE], "credits": [{**LINE, "amount": "-9.00"}]}],
    "charged": "25.00",
    "credited": "-9.00",
    "total": "16.00",
}


def test_lines_are_asked_for_by_all_that_is_given(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/billing/lines", {"lines": [LINE], "next": 7, "last": 9})
    words = ("--partner", "p-1", "--customer", "c-1", "--order", "o-1", "--from", "2087-01-01", "--to", "2087-02-01")
    more = ("--posted-since", "2087-01-26T00:00:00+01:00", "--after", "6", "--limit", "1")
    result = run("billing", "lines", *words, *more)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "7 c-1 Late Fee 1 x 25.00 2087-01-26 25.00 manual" in flat(result.stdout)
    assert "There are more: --after 7" in result.stdout
    (asked,) = services.asked
    assert asked.key == "the-operators-key"
    assert asked.query == {
        "partner": ["p-1"],
        "customer": ["c-1"],
        "order": ["o-1"],
        "from": ["2087-01-01"],
        "to": ["2087-02-01"],
        "posted_since": ["2087-01-26T00:00:00+01:00"],
        "after": ["6"],
        "limit": ["1"],
    }
    assert json.loads(run("billing", "lines", "--json").stdout)["last"] == 9
    assert services.asked[-1].query == {"after": ["0"]}


def test_csv_is_printed_as_it_comes(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/billing/lines", "posting,amount\r\n7,-25.00\r\n")
    result = run("billing", "lines", "--csv", "--customer", "c-1")
    assert (result.exit_code, result.stdout_bytes) == (0, b"posting,amount\r\n7,-25.00\r\n")
    assert services.asked[-1].accept == "text/csv"


def test_csv_that_is_refused_says_why(run: Run, services: FakeServices) -> None:
    services.refuse("GET", "/billing/lines", 403, title="This key may not do that.", detail="It needs a scope.")
    result = run("billing", "lines", "--csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "This key may not do that. It needs a scope.\n"


def test_a_statement_has_lines_credits_and_sums(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/billing/c-1/statement", STATEMENT)
    said = flat(run("billing", "statement", "c-1", "--month", "2087-01").stdout)
    assert "c-1, 2087-01 (America/New_York) USD before taxes and surcharges" in said
    assert "-9.00 manual charged 25.00, credited -9.00, total 16.00" in said
    run("billing", "statement", "c-1")
    assert [one.query for one in services.asked] == [{"month": ["2087-01"]}, {}]


def test_subscriptions_are_listed(run: Run, services: FakeServices) -> None:
    services.answer("GET", "/billing/subscriptions", {"subscriptions": [SUBSCRIPTION], "next": None})
    result = run("billing", "subscriptions", "--order", "o-1")
    assert "3 o-1 1 Late Fee 1 x 25.00 2087-01-18 2087-02-01" in flat(result.stdout)
    assert services.asked[-1].query == {"order": ["o-1"], "after": ["0"], "limit": ["100"]}


@pytest.mark.parametrize(
    ("words", "more"),
    [
        ((), {"kind": "NRC", "quantity": 1}),
        (
            ("--kind", "usage", "--quantity", "3", "--unit-price", "1.5", "--date", "2087-01-02", "--order", "o-1"),
            {"kind": "usage", "quantity": 3, "unit_price": "1.5", "date": "2087-01-02", "order_id": "o-1"},
        ),
    ],
)
def test_a_charge_is_posted_with_what_is_given(
    words: tuple[str, ...], more: dict[str, Any], run: Run, services: FakeServices
) -> None:
    services.answer("POST", "/billing/c-1/charges", LINE, 201)
    result = run("billing", "charge", "c-1", "Late Fee", "--reason", "It was late.", "--reference", "r-1", *words)
    assert (result.exit_code, "posting 7" in result.stdout) == (0, True)
    (asked,) = services.asked
    assert asked.body == {"package": "Late Fee", "reason": "It was late.", "reference": "r-1", **more}
    assert asked.key == "the-operators-key"


@pytest.mark.parametrize("missing", ["--reason", "--reference"])
def test_a_charge_needs_a_reason_and_a_reference(missing: str, run: Run, services: FakeServices) -> None:
    options = {"--reason": "It was late.", "--reference": "r-1"}
    words = [word for option, value in options.items() if option != missing for word in (option, value)]
    result = run("billing", "charge", "c-1", "Late Fee", *words)
    assert (result.exit_code, missing in result.stderr, services.asked) == (2, True, [])


def test_a_posting_is_credited_with_a_reason(run: Run, services: FakeServices) -> None:
    services.answer("POST", "/billing/postings/6/credit", {**LINE, "amount": "-25.00"}, 201)
    result = run("billing", "credit", "6", "--reason", "It was not late.", "--json")
    assert json.loads(result.stdout)["amount"] == "-25.00"
    assert services.asked[-1].body == {"reason": "It was not late."}
    services.refuse(
        "POST", "/billing/postings/8/credit", 404, title="There is no such posting.", code="no-such-posting"
    )
    result = run("billing", "credit", "8", "--reason", "It was not late.")
    assert result.stderr == "There is no such posting. List them with: dialtone billing lines\n"
