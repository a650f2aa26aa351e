"""The protocol of a saga: how a run goes forward, waits at its gate, and ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chassis.saga.engine import Engine
from chassis.saga.moves import UnexpectedReply
from chassis.saga.steps import Pivot, Saga, Stage, Step, minutes
from testkit.sagas.run import Run
from testkit.time import EPOCH

from .line import (
    LINE,
    NO,
    OK,
    OPENS,
    Assign,
    Build,
    CheckStock,
    Delivered,
    Order,
    Price,
    Record,
    Reserve,
    absorb,
    ask,
    at_assign,
    at_build,
    begin,
    commands,
    say,
)


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


def test_a_reply_that_the_step_does_not_declare_is_no_answer() -> None:
    saga = Saga("strict", 1, absorb, (Stage((Step("price", ask(Price), Delivered),)), Pivot()))
    begun = Engine(saga).start(Order(), 1, EPOCH)
    with pytest.raises(UnexpectedReply, match="Reply for 'price'"):
        Engine(saga).answered(begun.subject, begun.progress, "price", "do", 1, OK, EPOCH)
    fit = Engine(saga).answered(begun.subject, begun.progress, "price", "do", 1, Delivered(order_id="o", run=1), EPOCH)
    assert fit.progress.phase == "completed"


def test_a_gate_is_asked_in_business_time_and_due_in_real_time() -> None:
    run = Run(Engine(LINE, ahead=timedelta(hours=47)), Order(opens=OPENS))
    say(run, price=OK, reserve=OK)
    assert (run.progress.held_until, run.progress.due) == (OPENS, EPOCH + timedelta(hours=1))
    run.tick()
    assert run.progress.held == ""


def test_a_clock_that_was_moved_opens_the_gate_whatever_was_due_before() -> None:
    run = begin(opens=OPENS)
    say(run, price=OK, reserve=OK)
    moved = Engine(LINE, ahead=timedelta(hours=48)).timed_out(run.subject, run.progress, run.now)
    assert (moved.changed, moved.progress.held, [one.step for one in moved.sending]) == (True, "", ["build"])


def test_a_question_is_answered_by_its_own_kind_of_reply_only() -> None:
    run = at_assign(backordered=True)
    say(run, assign=OK)
    engine, progress = run.engine, run.progress
    with pytest.raises(UnexpectedReply, match="the question 'stock'"):
        engine.answered(run.subject, progress, "stock", "ask", 1, OK, run.now)
    assert not engine.answered(run.subject, progress, "stock", "ask", 1, NO, run.now).changed
    assert not engine.answered(run.subject, progress, "nothing we asked", "ask", 1, OK, run.now).changed
    move = engine.answered(run.subject, progress, "stock", "ask", 1, Delivered(order_id="o-1", run=1), run.now)
    assert (move.changed, move.subject.backordered) == (True, False)
