"""What is too long is refused where it comes in, and cut where we say or repeat it, built and read."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from pydantic import ValidationError

from contracts.bounds import BODIES
from contracts.broadsoft import ProvisioningRefused
from contracts.catalog import ItemFault, OrderNotPriceable, OrderPriced, PackageOffered
from contracts.cutting import share
from contracts.errors import CommandFailed
from contracts.folder import Folder
from contracts.generate import HOME
from contracts.message import Message
from contracts.orders import Fault, OrderFallout, OrderForm, OrderRejected, StoryLine
from contracts.tickets import Detail, OpenTickets, TicketRequest
from contracts.vocabulary import MESSAGES

GOLDENS = {ce_type: numbered[max(numbered)] for ce_type, numbered in Folder(HOME).goldens().items()}
FORM = GOLDENS["dialtone.orders.SubmitOrder.v1"].data["form"]
START = datetime(2026, 11, 16, 15, 4, tzinfo=UTC)
LONG = "".join(f"{word} " for word in range(5_000))
PLAIN = {"order_id": "order-1", "run": 1}


def form(**changes: Any) -> dict[str, Any]:
    return {**FORM, **changes}


def item(**trunk: Any) -> dict[str, Any]:
    return {"package": "Standard Select Voice Lines", "trunk": {"name": "main", **trunk}}


def told(ce_type: str, **facts: Any) -> tuple[Message, Message]:
    """The message as its producer builds it, and as a reader takes it from one who did not cut."""
    golden = GOLDENS[ce_type].data
    return MESSAGES[ce_type].model_validate({**golden, **facts}), MESSAGES[ce_type].parse(json.dumps(golden | facts))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"items": [item(pbx="p" * 201)]}, ("items", 0, "trunk", "pbx")),
        ({"items": [item(static_ip="1" * 46)]}, ("items", 0, "trunk", "static_ip")),
        ({"items": [item(codecs=["G711"] * 11)]}, ("items", 0, "trunk", "codecs")),
        ({"items": [item(codecs=["G" * 21])]}, ("items", 0, "trunk", "codecs", 0)),
        ({"items": [item()] * 201}, ("items",)),
        ({"numbers": [{"number": "+19735550142"}] * 2_001}, ("numbers",)),
        ({"number_searches": [{"npa": "973", "quantity": 1}] * 51}, ("number_searches",)),
        ({"number_searches": [{"npa": "973", "quantity": 2_001}]}, ("number_searches", 0, "quantity")),
        ({"enterprise": "e" * 81}, ("enterprise",)),
        ({"notes": "n" * 4_001}, ("notes",)),
    ],
    ids=lambda part: "/".join(map(str, part)) if isinstance(part, tuple) else "",
)
def test_a_form_that_says_too_much_is_refused_where_it_does(changes: dict[str, Any], where: tuple[str | int, ...]):
    with pytest.raises(ValidationError) as refused:
        OrderForm.model_validate(form(**changes))
    assert [error["loc"] for error in refused.value.errors()] == [where]


@pytest.mark.parametrize(
    "changes",
    [
        {"items": [item(pbx="p" * 200, static_ip="1" * 45, codecs=["G" * 20] * 10)] * 200},
        {"numbers": [{"number": "+19735550142"}] * 2_000},
        {"number_searches": [{"npa": "973", "quantity": 2_000}] * 50},
    ],
    ids="".join,
)
def test_what_is_just_small_enough_is_taken(changes: dict[str, Any]):
    assert OrderForm.model_validate(form(**changes)).model_fields_set >= changes.keys()


@pytest.mark.parametrize(
    ("ce_type", "field", "longest"),
    [
        ("dialtone.numbers.NumbersUnavailable.v1", "reason", 500),
        ("dialtone.broadsoft.ProvisioningRefused.v1", "detail", 2_000),
        ("dialtone.broadsoft.ProvisioningRefused.v1", "operation", 200),
        ("dialtone.saga.CommandFailed.v1", "detail", 2_000),
        ("dialtone.tickets.CancelTickets.v1", "reason", 500),
        ("dialtone.orders.OrderStateChanged.v1", "reason", 500),
        ("dialtone.orders.OrderFallout.v1", "reason", 2_000),
        ("dialtone.orders.OrderRejected.v1", "order_id", 128),
        ("dialtone.orders.OrderRejected.v1", "submission_id", 300),
        ("dialtone.orders.OrderRejected.v1", "external_id", 128),
    ],
)
def test_what_we_say_or_repeat_is_cut_to_its_beginning(ce_type: str, field: str, longest: int):
    for message in told(ce_type, **{field: LONG}):
        assert getattr(message, field) == LONG[: longest - 1] + "…"


def test_a_traceback_is_cut_to_its_end_where_it_broke():
    for message in told("dialtone.saga.CommandFailed.v1", traceback=LONG):
        assert isinstance(message, CommandFailed)
        assert message.traceback == "…" + LONG[-7_999:]


def test_details_inside_lists_are_cut_too():
    parts = [
        Fault(pointer="/" + LONG, code="unknown", detail=LONG).detail,
        ItemFault(item_id="", code="unknown-package", detail=LONG).detail,
        StoryLine(at=START, what="refused", detail=LONG).detail,
        ProvisioningRefused(**PLAIN, code="refused", reason=LONG).reason,
    ]
    assert parts == [LONG[:499] + "…"] * 4


def test_a_text_at_its_bound_is_left_alone_and_what_is_no_text_is_still_refused():
    assert Fault(pointer="", code="x", detail="d" * 500).detail == "d" * 500
    with pytest.raises(ValidationError, match="string_type"):
        Fault.model_validate({"pointer": "", "code": "x", "detail": 7})


@pytest.mark.parametrize("amount", ["9" * 34, "-0." + "9" * 34, "1E-34", "-1.5E+5"])
def test_money_as_exact_as_it_may_be_is_read_as_it_was_written(amount: str):
    golden = GOLDENS["dialtone.catalog.OrderPriced.v1"].data
    priced = OrderPriced.model_validate({**golden, "monthly": Decimal(amount)})
    assert OrderPriced.parse(priced.encode()) == priced


@pytest.mark.parametrize("amount", ["9" * 35, "0." + "9" * 35, "1E+34", "1E-35", "NaN", "Infinity"])
def test_money_more_exact_than_it_may_be_is_refused(amount: str):
    golden = GOLDENS["dialtone.catalog.OrderPriced.v1"].data
    with pytest.raises(ValidationError, match="monthly"):
        OrderPriced.model_validate({**golden, "monthly": Decimal(amount)})


def test_a_rejection_tells_a_hundred_faults_and_counts_the_others():
    faults = [{"pointer": f"/numbers/{n}", "code": "not-e164", "detail": "no"} for n in range(1_000)]
    for message in told("dialtone.orders.OrderRejected.v1", faults=faults):
        assert isinstance(message, OrderRejected)
        assert [one.model_dump() for one in message.faults[:99]] == faults[:99]
        rest = Fault(pointer="", code="more-faults", detail="901 more faults are not listed")
        assert message.faults[99:] == (rest,)


def test_a_refusal_to_price_tells_a_hundred_faults_and_counts_the_others():
    faults = tuple(ItemFault(item_id=str(n), code="no-price", detail="no") for n in range(101))
    refusal = OrderNotPriceable(**PLAIN, code="order-not-priceable", reason="no", faults=faults)
    assert refusal.faults[:99] == faults[:99]
    assert [(one.code, one.detail) for one in refusal.faults[99:]] == [("more-faults", "2 more faults are not listed.")]


def test_a_long_story_keeps_its_beginning_and_its_end_and_counts_what_is_left_out():
    story = [StoryLine(at=START + timedelta(minutes=n), what=f"line {n}") for n in range(1_000)]
    for message in told("dialtone.orders.OrderFallout.v1", story=[one.model_dump(mode="json") for one in story]):
        assert isinstance(message, OrderFallout)
        rest = StoryLine(at=START + timedelta(minutes=100), what="left out", detail="701 lines")
        assert message.story == (*story[:100], rest, *story[-199:])


@pytest.mark.parametrize("story", [["x"] * 301, [{}] * 301, [{"at": "yesterday"}] * 301, "x" * 301])
def test_a_long_story_of_no_lines_is_refused_and_not_broken_over(story: Any):
    with pytest.raises(ValidationError):
        OrderFallout.model_validate({**GOLDENS["dialtone.orders.OrderFallout.v1"].data, "story": story})


def test_a_ticket_of_too_many_lines_counts_those_left_out():
    lines = [Detail(name=f"line {n}", value="x") for n in range(100)]
    request = TicketRequest(kind="order", summary=LONG, details=tuple(lines))
    assert request.summary == LONG[:199] + "…"
    assert request.details == (*lines[:59], Detail(name="left out", value="41 lines"))


def test_a_ticket_holds_every_number_that_an_order_may_have():
    numbers = ", ".join(f"+1973555{n:04}" for n in range(2_000))
    trunk = TicketRequest(kind="trunking", summary="Build it", details=(Detail(name="numbers", value=numbers),))
    command = OpenTickets(**PLAIN, partner_id="p-1", tickets=(trunk,) * 10)
    assert {line.value for ticket in command.tickets for line in ticket.details} == {numbers}


def test_where_many_tickets_say_too_much_together_the_longest_lines_are_cut_alike():
    lines = (Detail(name="trunk group", value="HSD Trunk 1"), Detail(name="numbers", value="n" * 28_000))
    trunk = TicketRequest(kind="trunking", summary="Build it", details=lines)
    command = OpenTickets(**PLAIN, partner_id="p-1", tickets=(trunk,) * 200)
    (short, cut), *others = [ticket.details for ticket in command.tickets]
    assert others == [(short, cut)] * 199
    assert short == lines[0]
    assert cut.value == "n" * (BODIES // 200 - len(short.value) - 1) + "…"
    assert OpenTickets.parse(command.encode()) == command


AT_THE_ENDS = [
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23",
]
PACKAGE = GOLDENS["dialtone.catalog.PackageOffered.v1"].data


@pytest.mark.parametrize("moment", [*AT_THE_ENDS, 1e15])
def test_a_moment_that_is_infinity_in_the_database_or_in_another_zone_is_refused(moment: str | float):
    with pytest.raises(ValidationError, match="changed_at"):
        PackageOffered.parse(json.dumps(PACKAGE | {"changed_at": moment}))
    with pytest.raises(ValidationError, match="requested_activation"):
        OrderForm.model_validate_json(json.dumps(form(requested_activation=moment)))


@pytest.mark.parametrize("count", [2**31, 2**53 - 1, 2**63])
def test_a_count_that_no_column_keeps_is_refused(count: int):
    with pytest.raises(ValidationError, match="seats"):
        PackageOffered.parse(json.dumps(PACKAGE | {"seats": count}))
    assert PackageOffered.parse(json.dumps(PACKAGE | {"seats": 2**31 - 1}))


@given(lengths=st.lists(st.integers(0, 1_000), max_size=50), room=st.integers(0, 10_000))
def test_a_share_is_the_greatest_that_fits(lengths: list[int], room: int):
    each = share(lengths, room)
    assert sum(min(length, each) for length in lengths) <= room
    if any(length > each for length in lengths):
        assert sum(min(length, each + 1) for length in lengths) > room
