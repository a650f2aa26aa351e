"""The protocol of a saga, told by example: an order for a phone line."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis.saga.engine import Engine
from chassis.saga.moves import PastThePivot
from chassis.saga.progress import Reason
from chassis.saga.steps import Gate, Held, Pivot, Saga, Stage, Step, Wait, Waits, minutes
from contracts.errors import CommandFailed
from contracts.message import Command, Event, Message, Refusal, Reply
from testkit.sagas.run import Run
from testkit.time import EPOCH

OPENS = EPOCH + timedelta(hours=48)


class Price(Command): ...


class Reserve(Command): ...


class Release(Command): ...


class Build(Command): ...


class TearDown(Command): ...


class Record(Command): ...


class Erase(Command): ...


class Assign(Command): ...


class CheckStock(Command): ...


@dataclass(frozen=True, slots=True)
class Order:
    order_id: str = "o-1"
    recorded: bool = False
    located: bool = True
    opens: datetime = EPOCH
    backordered: bool = False


def ask(kind: type[Command]):
    return lambda order: kind(order_id=order.order_id, run=1)


def located(order: Order, now: datetime) -> Held | None:
    if not order.located:
        return Held("no 911 location", "pending")
    return Held("less than 48 hours", "pending", order.opens) if now < order.opens else None


def absorb(order: Order, fact: Message) -> Order:
    return replace(order, backordered=False) if isinstance(fact, Delivered) else order


NO_KIND = (Refusal,)


def recorded(order: Order) -> bool:
    return order.recorded


class Delivered(Reply): ...


class Arrived(Event): ...


LINE: Saga[Order] = Saga(
    "line",
    3,
    absorb,
    (
        Stage(
            (
                Step("price", ask(Price), Reply, refused=NO_KIND, within=minutes(1), tries=3),
                Step("reserve", ask(Reserve), Reply, ask(Release), Reply, NO_KIND, tries=3),
            )
        ),
        Gate("911", located),
        Stage(
            (
                Step(
                    "build",
                    ask(Build),
                    Reply,
                    ask(TearDown),
                    Reply,
                    NO_KIND,
                    within=minutes(10),
                    tries=3,
                    leaves_traces=True,
                ),
                Step(
                    "record",
                    ask(Record),
                    Reply,
                    ask(Erase),
                    Reply,
                    NO_KIND,
                    tries=3,
                    when=lambda order: order.recorded,
                ),
            )
        ),
        Pivot(),
        Stage((Step("assign", ask(Assign), Reply, refused=NO_KIND, tries=2),)),
        Waits((Wait("stock", lambda order: order.backordered, ask(CheckStock), Delivered, Arrived, every=minutes(5)),)),
    ),
)
OK = Reply(order_id="o-1", run=1)
NO = Refusal(order_id="o-1", run=1, code="sold-out", reason="There is none.")
BROKEN = CommandFailed(order_id="o-1", run=1, code="bug-KeyError", detail="'x'")


def begin(**facts: Any) -> Run[Order]:
    return Run(Engine(LINE), Order(**facts))


def at_build(**facts: Any) -> Run[Order]:
    run = begin(**facts)
    say(run, price=OK, reserve=OK)
    return run


def at_assign(**facts: Any) -> Run[Order]:
    run = at_build(**facts)
    say(run, build=OK)
    return run


def say(run: Run[Order], direction: str = "do", **replies: Reply) -> None:
    for step, reply in replies.items():
        run.answer(run.last(step, direction), reply)


def commands(run: Run[Order], since: int = 0) -> list[type[Command]]:
    return [type(one.command) for one in run.sent[since:]]


def test_the_first_stage_goes_out_at_once_and_side_by_side() -> None:
    run = begin()
    assert commands(run) == [Price, Reserve]
    assert (run.phase, run.progress.version, run.progress.due) == ("running", 3, EPOCH + minutes(1))


def test_the_next_stage_waits_for_every_step_of_this_one() -> None:
    run = begin()
    say(run, reserve=OK)
    assert commands(run) == [Price, Reserve]
    say(run, price=OK)
    assert commands(run) == [Price, Reserve, Build]


def test_an_order_completes() -> None:
    run = at_assign()
    say(run, assign=OK)
    assert commands(run) == [Price, Reserve, Build, Assign]
    assert (run.phase, run.progress.due, run.progress.reason) == ("completed", None, None)
    assert [entry.what for entry in run.progress.timeline][-3:] == ["sent", "done", "completed"]


def test_a_step_that_nobody_ordered_is_left_out() -> None:
    assert commands(at_build()) == [Price, Reserve, Build]
    assert commands(at_build(recorded=True)) == [Price, Reserve, Build, Record]


def test_a_gate_holds_the_order_until_the_fact_comes_in() -> None:
    run = at_build(located=False)
    assert (commands(run), run.progress.held, run.progress.due) == ([Price, Reserve], "no 911 location", None)
    run.tell(lambda order: replace(order, located=True))
    assert (commands(run)[2:], run.progress.held) == ([Build], "")


def test_a_gate_holds_the_order_until_its_time_has_come() -> None:
    run = at_build(opens=OPENS)
    assert (run.progress.held_state, run.progress.held_until, run.progress.due) == ("pending", OPENS, OPENS)
    run.tick(OPENS - timedelta(seconds=1))
    assert commands(run) == [Price, Reserve]
    run.tick(OPENS)
    assert commands(run) == [Price, Reserve, Build]


def test_a_gate_tells_a_new_reason_once() -> None:
    run = at_build(located=False, opens=OPENS)
    run.tell(lambda order: order)
    run.tell(lambda order: replace(order, located=True))
    held = [entry.detail for entry in run.progress.timeline if entry.what == "held"]
    assert held == ["no 911 location", "less than 48 hours"]


def test_a_refusal_undoes_what_was_done_in_reverse() -> None:
    run = at_build(recorded=True)
    say(run, record=NO)
    assert commands(run, 4) == [TearDown]  # still without an answer, so it may have happened; `record` has not
    say(run, "undo", build=OK)
    assert commands(run, 4) == [TearDown, Release]
    say(run, "undo", reserve=OK)
    assert (run.phase, run.progress.ending) == ("compensated", "fallout")
    assert run.progress.reason == Reason("sold-out", "There is none.", "record")


def test_a_refused_step_that_leaves_traces_is_undone_too() -> None:
    run = at_build()
    say(run, build=NO)
    assert commands(run, 3) == [TearDown]


def test_a_step_that_broke_may_have_happened() -> None:
    run = begin()
    say(run, price=OK, reserve=BROKEN)
    assert commands(run, 2) == [Release]
    assert run.progress.reason == Reason("bug-KeyError", "'x'", "reserve")


def test_a_refusal_with_nothing_to_undo_ends_the_run_at_once() -> None:
    run = begin()
    say(run, reserve=NO)
    assert (run.phase, commands(run)) == ("compensated", [Price, Reserve])


def test_a_step_without_an_undo_that_answers_late_does_not_wake_the_run() -> None:
    run = begin()
    say(run, reserve=NO)
    assert not run.answer(run.last("price"), OK).changed
    assert not run.answer(run.last("price"), NO).changed
    assert run.phase == "compensated"


def test_silence_is_answered_with_the_same_command_and_more_patience() -> None:
    run = begin()
    say(run, reserve=OK)
    run.tick()
    again = run.sent[-1]
    assert (again, run.now) == (run.sent[0], EPOCH + minutes(1))
    assert run.progress.due == run.now + minutes(2)


def test_a_step_that_never_answered_is_undone_first() -> None:
    run = at_build()
    for _ in range(3):
        run.tick()
    assert commands(run, 2) == [Build, Build, Build, TearDown]
    assert run.progress.reason == Reason("no-answer", "no answer to 'build' after 3 tries", "build")
    assert not run.answer(run.last("build"), OK).changed
    say(run, "undo", build=OK, reserve=OK)
    assert run.phase == "compensated"


def test_a_reply_that_comes_twice_changes_nothing() -> None:
    run = begin()
    say(run, price=OK)
    for reply in (OK, NO, BROKEN):
        assert not run.answer(run.last("price"), reply).changed


def test_cancel_before_the_pivot_undoes_everything() -> None:
    run = at_build()
    assert run.cancel().changed
    assert not run.cancel().changed
    say(run, "undo", build=OK, reserve=OK)
    assert (run.phase, run.progress.ending, run.progress.reason.code) == ("compensated", "cancelled", "cancelled")


def test_a_cancel_of_a_run_that_is_being_undone_ends_it_as_cancelled() -> None:
    run = at_build()
    say(run, build=NO)
    assert run.cancel().sending == ()
    say(run, "undo", build=OK, reserve=OK)
    assert (run.phase, run.progress.ending, run.progress.reason.code) == ("compensated", "cancelled", "cancelled")
    assert not run.cancel().changed


def test_cancel_at_a_gate_needs_no_deadline() -> None:
    run = at_build(located=False)
    run.cancel()
    assert (commands(run, 2), run.progress.held) == ([Release], "")


def test_cancel_after_the_pivot_is_refused_and_after_the_end_too() -> None:
    run = at_assign()
    with pytest.raises(PastThePivot):
        run.cancel()
    say(run, assign=OK)
    with pytest.raises(PastThePivot):
        run.cancel()
    assert run.phase == "completed"


def test_after_the_pivot_silence_is_met_with_patience_for_ever() -> None:
    run = at_assign()
    for _ in range(20):
        run.tick()
    assert {type(one.command) for one in run.sent[3:]} == {Assign}
    assert (run.phase, {one.attempt for one in run.sent[3:]}) == ("running", {1})


@pytest.mark.parametrize("answer", [NO, BROKEN])
def test_after_the_pivot_a_no_is_asked_anew_after_a_pause(answer: Reply) -> None:
    run = at_assign()
    say(run, assign=answer)
    assert commands(run, 3) == [Assign]
    assert run.progress.due == run.now + timedelta(seconds=2)
    run.tick()
    assert [one.attempt for one in run.sent[3:]] == [1, 2]
    assert not run.answer(run.sent[3], OK).changed  # the answer to the old attempt
    say(run, assign=OK)
    assert run.phase == "completed"


def test_the_pause_after_a_no_grows_to_minutes_and_no_further() -> None:
    run = at_assign()
    pauses = []
    for _ in range(12):
        say(run, assign=NO)
        pauses.append(run.progress.due - run.now)
        run.tick()
    assert pauses[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(minutes=5)


def test_an_undo_that_nobody_answers_is_stuck_and_an_operator_resumes_it() -> None:
    run = at_build()
    say(run, build=NO)
    for _ in range(3):
        run.tick()
    assert (run.phase, run.progress.due, commands(run, 3)) == ("stuck", None, [TearDown] * 3)
    assert run.progress.reason == Reason("sold-out", "There is none.", "build")
    run.resume()
    assert (run.phase, run.sent[-1].attempt) == ("undoing", 2)
    assert "by olivia" in [entry.detail for entry in run.progress.timeline]
    say(run, "undo", build=OK, reserve=OK)
    assert run.phase == "compensated"


def test_an_undo_that_is_refused_is_asked_anew_and_then_stuck() -> None:
    run = at_build()
    say(run, build=BROKEN)
    for _ in range(2):
        say(run, "undo", build=BROKEN)
        assert run.phase == "undoing"
        run.tick()
    say(run, "undo", build=BROKEN)
    assert (run.phase, [one.attempt for one in run.sent[3:]]) == ("stuck", [1, 2, 3])


def test_a_stuck_run_listens_to_nobody_but_an_operator() -> None:
    run = at_build()
    say(run, build=NO)
    for _ in range(3):
        run.tick()
    assert not run.answer(run.last("build", "undo"), OK).changed
    assert not run.answer(run.last("build", "undo"), NO).changed
    assert not run.tick(run.now + timedelta(days=9)).changed
    assert not run.cancel().changed


def test_a_wait_asks_now_and_then_until_stock_comes() -> None:
    run = at_assign(backordered=True)
    say(run, assign=OK)
    assert (run.phase, run.progress.due) == ("running", run.now + minutes(5))
    run.tick()
    run.tick()
    assert commands(run, 4) == [CheckStock, CheckStock]
    assert run.sent[-1].attempt != run.sent[-2].attempt
    run.answer(run.sent[-1], Delivered(order_id="o-1", run=1))
    assert run.phase == "completed"


def test_a_fact_that_comes_early_is_kept() -> None:
    run = at_build(backordered=True)
    move = run.engine.informed(run.subject, run.progress, Delivered(order_id="o-1", run=1), run.now)
    assert (move.changed, move.subject.backordered, move.progress) == (True, False, run.progress)


def test_patience_shortens_every_deadline() -> None:
    engine = Engine(LINE, patience=0.1)
    assert engine.start(Order(), 1, EPOCH).progress.due == EPOCH + timedelta(seconds=6)


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ((Stage((Step("a", ask(Price), Reply), Step("a", ask(Price), Reply))), Pivot()), "two steps of x share a name"),
        ((Stage((Step("a", ask(Price), Reply),)),), "x has 0 pivots; it needs one"),
        ((Pivot(), Pivot()), "x has 2 pivots; it needs one"),
        ((Pivot(), Stage((Step("a", ask(Price), ask(Release)),))), "x has undos after the pivot: a"),
    ],
)
def test_a_saga_that_makes_no_sense_is_refused_where_it_is_declared(parts: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Saga("x", 1, absorb, parts)
