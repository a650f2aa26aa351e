"""The paths of the saga of design §5: the declaration in the pure engine, every move checked, all answers at once."""

from datetime import timedelta

import pytest

from chassis.saga.moves import PastThePivot
from contracts.errors import CommandFailed
from contracts.numbers import NumbersUnavailable
from contracts.orders import E911
from order_intake.domain.definitions import DEFINITIONS
from testkit.time import EPOCH

from ..builders import BACKORDER, FOR_TRUNKING, PLAIN, SEATS, TRUNK
from .courses import STAGE_1, STAGE_2, STAGE_3, course, stock_comes, tickets_close


def test_a_hosted_order_goes_through_three_stages_and_completes() -> None:
    hosted = course(numbers=(PLAIN,))
    assert [hosted.go() for _ in range(4)] == [STAGE_1, STAGE_2, STAGE_3, ["close tickets"]]
    assert hosted.run.phase == "completed"


def test_a_trunking_order_is_built_by_people_and_billed_by_their_proof() -> None:
    trunking = course(items=(TRUNK,), numbers=(FOR_TRUNKING,))
    assert [trunking.go() for _ in range(2)] == [STAGE_1, ["open tickets"]]
    assert list(trunking.run.progress.asked) == ["trunking tickets"]
    trunking.run.tell(tickets_close)
    assert trunking.go() == ["assign trunk numbers", "bill what is delivered"]
    assert trunking.go() == ["close tickets"]
    assert trunking.run.phase == "completed"


def test_a_mixed_order_with_a_backorder_uses_what_comes_when_it_comes() -> None:
    mixed = course(items=(SEATS, TRUNK), numbers=(PLAIN, FOR_TRUNKING), number_searches=(BACKORDER,))
    assert [mixed.go() for _ in range(3)] == [STAGE_1, STAGE_2, STAGE_3]
    assert sorted(mixed.run.progress.asked) == ["backorder", "trunking tickets"]
    mixed.run.tell(tickets_close)
    assert mixed.go_on() == ["assign trunk numbers", "bill what is delivered"]
    assert list(mixed.run.progress.asked) == ["backorder"]
    mixed.run.tell(stock_comes)
    assert mixed.go() == ["add backordered numbers", "bill what is delivered"]
    assert mixed.go() == ["close tickets"]
    assert mixed.run.phase == "completed"


def test_stock_and_people_that_are_early_are_not_waited_for() -> None:
    early = course(items=(SEATS, TRUNK), number_searches=(BACKORDER,))
    assert [early.go() for _ in range(2)] == [["price order", "reserve numbers"], STAGE_2]
    early.run.tell(stock_comes)
    early.run.tell(tickets_close)
    assert early.go() == STAGE_3
    assert early.run.progress.asked == {}
    assert early.go_on() == [
        "add backordered numbers",
        "bill what is delivered",
        "bill what is delivered",
        "close tickets",
    ]


def test_who_waits_asks_again_every_five_minutes_until_the_answer_is_good() -> None:
    waiting = course(items=(TRUNK,))
    while waiting.run.progress.asked == {}:
        waiting.go()
    first = waiting.run.tick()
    assert [one.step for one in first.sending] == ["trunking tickets"]
    assert first.sending[0].direction == "ask"
    second = waiting.run.tick()
    assert waiting.run.now - EPOCH == timedelta(minutes=10)
    assert second.sending[0].attempt != first.sending[0].attempt


def test_an_order_of_numbers_alone_brings_them_into_its_group() -> None:
    numbers_only = course(items=(), numbers=(PLAIN,))
    assert numbers_only.go() == STAGE_1
    assert {one.step for one in numbers_only.run.sent} >= {"provision group"}


def test_an_order_without_numbers_neither_reserves_nor_assigns() -> None:
    plain = course()
    assert [plain.go() for _ in range(4)] == [["price order"], STAGE_2, ["start billing"], ["close tickets"]]


def test_a_refused_price_gives_the_numbers_back() -> None:
    refused = course(numbers=(PLAIN,))
    refused.refuse("price order", "unknown-package")
    assert refused.undo_all() == [["reserve numbers"]]
    assert refused.run.phase == "compensated"
    assert (refused.run.progress.ending, refused.run.progress.reason.code) == ("fallout", "unknown-package")


def test_refused_numbers_discard_the_charges() -> None:
    refused = course(numbers=(PLAIN,))
    taken = NumbersUnavailable(
        order_id=refused.run.subject.order_id, run=1, code="taken", reason="Taken.", unavailable=(PLAIN.number,)
    )
    refused.run.answer(refused.run.last("reserve numbers"), taken)
    assert refused.undo_all() == [["price order"]]
    assert refused.run.progress.ending == "fallout"


def test_a_refused_group_is_taken_back_itself_then_everything_before() -> None:
    refused = course(numbers=(PLAIN,))
    refused.go()
    refused.refuse("provision group", "group-exists")
    assert refused.undo_all() == [["provision group", "open tickets"], STAGE_1]


def test_refused_tickets_take_back_the_group() -> None:
    refused = course(numbers=(PLAIN,))
    refused.go()
    refused.refuse("open tickets")
    assert refused.undo_all() == [["provision group"], STAGE_1]


def test_a_step_that_broke_is_undone_too_because_nobody_knows() -> None:
    broken = course(numbers=(PLAIN,))
    failed = CommandFailed(order_id=broken.run.subject.order_id, run=1, code="bug-KeyError", detail="'x'")
    broken.run.answer(broken.run.last("price order"), failed)
    assert broken.undo_all() == [STAGE_1]


def test_a_step_that_nobody_answers_is_sent_again_and_at_last_undone() -> None:
    silent = course()
    silent.go()
    while silent.run.phase == "running":
        silent.run.tick()
    assert silent.run.progress.reason.code == "no-answer"
    assert silent.undo_all()[-1] == ["price order"]


@pytest.mark.parametrize("step", ["assign numbers", "start billing", "close tickets"])
def test_past_the_pivot_a_no_is_asked_again_and_never_undone(step: str) -> None:
    late = course(numbers=(PLAIN,))
    while not late.run.sent or step not in {one.step for one in late.run.sent}:
        late.go()
    late.refuse(step)
    with pytest.raises(PastThePivot):
        late.run.cancel()
    late.run.tick()
    assert late.run.last(step).attempt == 2
    while late.run.phase == "running":
        late.go()
    assert late.run.phase == "completed"


def test_a_missing_911_location_opens_a_ticket_and_holds_the_order_before_anything_is_built() -> None:
    held = course(e911=E911())
    assert held.go() == ["price order", "ask for the 911 location"]
    assert (held.run.progress.held_state, held.run.progress.due) == ("pending", None)
    assert {one.step for one in held.run.sent}.isdisjoint(STAGE_2)


def test_a_location_that_is_too_late_holds_the_order_for_48_hours() -> None:
    held = course(requested_activation=EPOCH + timedelta(hours=1))
    held.go()
    assert (held.run.progress.held_state, held.run.progress.due) == ("held", EPOCH + timedelta(hours=48))
    held.run.tick(EPOCH + timedelta(hours=48))
    assert held.go() == STAGE_2


def test_a_cancel_while_the_911_location_is_missing_cancels_its_ticket_too() -> None:
    held = course(e911=E911())
    held.go()
    held.run.cancel()
    assert held.undo_all() == [["price order", "ask for the 911 location"]]
    assert (held.run.phase, held.run.progress.ending) == ("compensated", "cancelled")


def test_a_cancel_before_the_pivot_undoes_what_nobody_has_answered_yet() -> None:
    cancelled = course(numbers=(PLAIN,))
    cancelled.go()
    cancelled.run.cancel()
    assert cancelled.undo_all() == [STAGE_2, STAGE_1]
    assert cancelled.run.progress.ending == "cancelled"


def test_every_version_of_the_definition_is_kept_under_its_number() -> None:
    assert {version: saga.version for version, saga in DEFINITIONS.items()} == {1: 1, 2: 2}
