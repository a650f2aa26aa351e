"""Numbers and the items that they are for: fax lines have theirs, trunks theirs, and no fee is a trunk."""

from typing import Any

import pytest

from contracts import documents
from contracts.orders import NumberChoice, NumberSearch, OrderItem, Trunk
from order_intake.domain.door.judging import Judged, judge
from order_intake.domain.door.rules import Rules

from ..builders import FOR_TRUNKING, LINES, MENU, NOW, PLAIN, SEATS, TRUNK, form, offered

FAX = OrderItem(package="Virtual Fax ATA Basic")
OFFERS = {
    **MENU,
    FAX.package: offered(FAX.package, order_type="Fax Service", number="required"),
    "Shipping": offered("Shipping", order_type="AlaCarte Services", fulfilment="billing"),
    "Standard Select Extensions": offered("Standard Select Extensions", 1, number="none"),
}
OTHER = NumberChoice(number="+12015550143")
SEARCH = NumberSearch(npa="973", quantity=1)
TRUNK_SEARCH = SEARCH.model_copy(update={"trunking": True})


def judged(**facts: Any) -> Judged:
    return judge(documents.read(form(NOW, **facts).model_dump_json()), Rules(NOW, OFFERS, fiction=True))


def faxes(quantity: int) -> OrderItem:
    return FAX.model_copy(update={"quantity": quantity})


def trunk(package: str, **facts: Any) -> OrderItem:
    return OrderItem(package=package, trunk=Trunk(name="main", **facts))


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        ({"items": (FAX,)}, "1 are needed, and beside those for trunking there are 0"),
        ({"items": (faxes(2),), "numbers": (PLAIN,)}, "2 are needed, and beside those for trunking there are 1"),
        (
            {"items": (FAX, TRUNK), "numbers": (FOR_TRUNKING,)},
            "1 are needed, and beside those for trunking there are 0",
        ),
    ],
)
def test_a_package_that_needs_a_number_is_not_sold_without(facts: dict[str, Any], counts: str) -> None:
    (fault,) = judged(**facts).faults
    assert (fault.pointer, fault.code) == ("/items/0", "too-few-numbers")
    assert counts in fault.detail


def test_the_numbers_are_short_where_the_need_goes_beyond_them() -> None:
    (fault,) = judged(items=(FAX, SEATS, faxes(2)), numbers=(PLAIN, OTHER)).faults
    assert (fault.pointer, fault.code) == ("/items/2", "too-few-numbers")


@pytest.mark.parametrize(
    "facts",
    [
        {"items": (FAX,), "numbers": (PLAIN,)},
        {"items": (faxes(2),), "numbers": (PLAIN,), "number_searches": (SEARCH,)},
        {"items": (SEATS,)},
        {"items": (SEATS, FAX), "numbers": (PLAIN,)},
    ],
)
def test_seats_can_do_without_numbers_and_leave_them_to_fax_lines(facts: dict[str, Any]) -> None:
    assert judged(**facts).faults == ()


@pytest.mark.parametrize("package", ["Shipping", "Auto Attendant", FAX.package])
def test_a_fee_or_a_feature_is_no_trunk(package: str) -> None:
    found = judged(items=(trunk(package),), numbers=(FOR_TRUNKING, PLAIN)).faults
    assert ("/items/0/trunk", "not-a-trunk") in [(one.pointer, one.code) for one in found]
    assert any(repr(package) in one.detail for one in found)


@pytest.mark.parametrize("package", [LINES, "Enterprise Basic", "Standard Select Extensions"])
def test_lines_are_built_as_trunks(package: str) -> None:
    assert judged(items=(trunk(package),), numbers=(FOR_TRUNKING,)).faults == ()


@pytest.mark.parametrize("kind", ["new-enterprise", "new-group"])
@pytest.mark.parametrize("items", [(), (SEATS,)])
def test_numbers_for_trunking_need_a_trunk_where_the_customer_has_none(kind: str, items: tuple[OrderItem, ...]) -> None:
    found = judged(kind=kind, items=items, numbers=(PLAIN, FOR_TRUNKING), number_searches=(TRUNK_SEARCH,)).faults
    assert [(one.pointer, one.code) for one in found] == [
        ("/numbers/1/trunking", "no-trunk"),
        ("/number_searches/0/trunking", "no-trunk"),
    ]


def test_an_existing_customer_may_add_numbers_to_its_trunk() -> None:
    answer = judged(kind="add-services", items=(SEATS,), numbers=(FOR_TRUNKING,))
    assert answer.faults == ()
    assert [(one.pointer, one.code) for one in answer.warnings] == [("/numbers/0/trunking", "no-trunk")]


def test_a_trunk_without_numbers_is_taken_with_a_warning() -> None:
    answer = judged(items=(SEATS, TRUNK), numbers=(PLAIN,))
    assert answer.faults == ()
    (warning,) = answer.warnings
    assert (warning.pointer, warning.code) == ("/items/1/trunk", "trunk-without-numbers")
    assert "1 are, and not flagged for trunking" in warning.detail


def test_a_trunk_with_its_numbers_has_no_warning() -> None:
    assert judged(items=(TRUNK,), numbers=(FOR_TRUNKING,)).warnings == ()


@pytest.mark.parametrize("codecs", [[], ["G711", "G711"]])
def test_codecs_are_some_and_each_once(codecs: list[str]) -> None:
    (fault,) = judged(items=(trunk(LINES, codecs=codecs),), numbers=(FOR_TRUNKING,)).faults
    assert fault.pointer == "/items/0/trunk/codecs"


def test_another_trunk_of_the_name_is_told_by_its_own_spelling() -> None:
    items = (trunk(LINES), TRUNK.model_copy(update={"trunk": Trunk(name="MAIN")}))
    (fault,) = judged(items=items, numbers=(FOR_TRUNKING,)).faults
    assert fault.pointer == "/items/1/trunk/name"
    assert "is called 'main', which is the same as 'MAIN'" in fault.detail


def test_nothing_is_compared_with_what_stands_in_for_an_ill_shaped_part() -> None:
    document = documents.read(form(NOW, items=(FAX,), numbers=(FOR_TRUNKING,)).model_dump_json())
    document["numbers"][0]["trunking"] = "perhaps"
    found = judge(document, Rules(NOW, OFFERS, fiction=True)).faults
    assert [one.pointer for one in found] == ["/numbers/0/trunking"]
