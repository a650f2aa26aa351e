"""The order as its saga sees it, and what answers and events add to it."""

from typing import Any

import pytest

from contracts import broadsoft, numbers
from contracts.orders import NumberSearch
from order_intake.domain.subject import Subject

from ..builders import (
    BACKORDER,
    FOR_TRUNKING,
    NOW,
    PLAIN,
    SEATS,
    TRUNK,
    delivered,
    priced,
    reserved,
    resolved,
    set_up,
    subject,
)
from ..builders import form as make_form

IDS: dict[str, Any] = {"order_id": "o-1", "run": 1}
RESERVED = reserved(
    numbers.ReserveNumbers(**IDS, partner_id="p-1", wanted=(numbers.WantedNumbers(npa="609", quantity=3),))
)
BUILT = broadsoft.GroupProvisioned(**IDS, service_provider_id="sp", group_id="g", users=(), effects=1)


@pytest.mark.parametrize(
    ("facts", "trunking"),
    [
        ({}, False),
        ({"numbers": (PLAIN,)}, False),
        ({"items": (SEATS, TRUNK)}, True),
        ({"numbers": (PLAIN, FOR_TRUNKING)}, True),
        ({"number_searches": (NumberSearch(npa="973", quantity=1, trunking=True),)}, True),
    ],
)
def test_people_have_to_build_trunks_and_numbers_for_trunking(facts: dict[str, Any], *, trunking: bool) -> None:
    assert subject(**facts).trunking() is trunking


def test_an_order_wants_numbers_when_some_are_chosen_or_searched_for() -> None:
    assert not subject().wants_numbers()
    assert subject(numbers=(PLAIN,)).wants_numbers()
    assert subject(number_searches=(BACKORDER,)).wants_numbers()


def test_only_a_priced_order_knows_what_is_hosted() -> None:
    assert not subject().hosted()
    assert subject(priced=priced("o-1", ("T", 1, "trunking"), ("S", 1, "hosted"))).hosted()
    assert not subject(priced=priced("o-1", ("T", 1, "trunking"), ("F", 1, "billing"))).hosted()


def test_numbers_for_trunking_are_not_hosted_numbers() -> None:
    command = numbers.ReserveNumbers(
        **IDS,
        partner_id="p-1",
        chosen=(
            numbers.ChosenNumber(number=PLAIN.number),
            numbers.ChosenNumber(number=FOR_TRUNKING.number, trunking=True),
        ),
    )
    assert subject(reserved=reserved(command)).hosted_numbers() == (PLAIN.number,)
    assert subject().hosted_numbers() == ()


def test_an_order_is_backordered_when_numbers_are_missing() -> None:
    assert not subject().backordered()
    assert subject(reserved=RESERVED).backordered()


def test_what_people_could_not_build_has_failed_with_its_fees() -> None:
    whole = priced(
        "o-1", ("Power User", 1, "hosted"), ("Unity Client NRC", 1, "billing"), ("Unity Client", 2, "billing")
    )
    order = subject(priced=whole, resolved=(resolved("done", "1"),))
    assert order.failed_items() == frozenset()
    assert order.model_copy(update={"setup": set_up("cannot-do")}).failed_items() == {"2", "3"}
    assert order.model_copy(update={"setup": set_up()}).failed_items() == frozenset()
    assert order.model_copy(update={"resolved": (resolved("cannot-do", "1"),)}).failed_items() == {"1"}
    assert subject(resolved=(resolved("cannot-do", ""),)).failed_items() == {""}


def test_a_subject_survives_its_way_through_the_database() -> None:
    whole = subject(form=make_form(items=(SEATS, TRUNK), numbers=(PLAIN,)), reserved=RESERVED, group=BUILT, run=3)
    whole = whole.model_copy(update={"delivered": delivered(), "delivered_at": NOW, "resolved": (resolved(),)})
    assert Subject.model_validate_json(whole.model_dump_json()) == whole
