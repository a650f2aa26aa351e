"""Orders that began by the first version of the saga end by it."""

from contracts.tickets import TicketResolved
from order_intake.domain.absorbing import absorb
from order_intake.domain.edge import order_state
from order_intake.domain.provisioning_v1 import PROVISION_ORDER_V1

from ..builders import BACKORDER, FOR_TRUNKING, PLAIN, SEATS, TRUNK, resolved
from .courses import STAGE_1, STAGE_2, STAGE_3, Course, course, stock_comes, tickets_close


def first_version(**facts: object) -> Course:
    return course(PROVISION_ORDER_V1, **facts)


def test_all_of_a_trunking_order_is_billed_before_people_have_built_it() -> None:
    trunking = first_version(items=(TRUNK,), numbers=(FOR_TRUNKING,))
    assert [trunking.go() for _ in range(3)] == [STAGE_1, ["open tickets"], STAGE_3]
    assert list(trunking.run.progress.asked) == ["trunking tickets"]
    trunking.run.tell(tickets_close)
    assert trunking.go() == ["close tickets"]
    assert trunking.run.phase == "completed"


def test_numbers_that_came_late_are_added_and_billed_at_the_end() -> None:
    mixed = first_version(items=(SEATS, TRUNK), numbers=(PLAIN, FOR_TRUNKING), number_searches=(BACKORDER,))
    assert [mixed.go() for _ in range(3)] == [STAGE_1, STAGE_2, STAGE_3]
    assert sorted(mixed.run.progress.asked) == ["backorder", "trunking tickets"]
    mixed.run.tell(tickets_close)
    assert mixed.run.phase == "running"
    mixed.run.tell(stock_comes)
    assert mixed.go() == ["add backordered numbers", "bill backordered numbers"]
    assert mixed.go() == ["close tickets"]
    assert mixed.run.phase == "completed"


def test_stock_and_people_that_are_early_are_not_waited_for() -> None:
    early = first_version(items=(SEATS, TRUNK), number_searches=(BACKORDER,))
    assert [early.go() for _ in range(2)] == [STAGE_1, STAGE_2]
    early.run.tell(stock_comes)
    early.run.tell(tickets_close)
    assert early.go() == STAGE_3
    assert early.run.progress.asked == {}
    assert early.go() == ["add backordered numbers", "bill backordered numbers"]


def test_a_trunk_that_people_cannot_build_leaves_the_order_partial() -> None:
    refused = first_version(items=(TRUNK,))
    while not refused.run.progress.asked:
        refused.go()
    ids = {"order_id": refused.run.subject.order_id, "partner_id": "p-1", "run": 1, "resolved_by": "r.chen"}
    told = TicketResolved(**ids, ticket=resolved("cannot-do"), still_open=0, resolved=(resolved("cannot-do"),))
    refused.run.tell(lambda order: absorb(order, told))
    assert refused.go() == ["close tickets"]
    assert order_state(refused.run.subject, refused.run.progress) == "partial"
