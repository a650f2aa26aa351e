"""The protocol of a saga: a message that can never be sent makes the run stuck, before the pivot and after it."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.saga.engine import Engine
from chassis.saga.moves import PastThePivot
from chassis.saga.steps import minutes
from testkit.sagas.run import Run

from .line import BROKEN, LINE, NO, OK, Build, Order, Release, TearDown, at_assign, at_build, begin, commands, say


def stuck(run: Run[Any], *steps: str) -> None:
    assert (run.phase, run.progress.due, set(run.progress.blocked)) == ("stuck", None, set(steps))


def test_a_command_that_cannot_be_sent_stops_the_clock_of_its_run() -> None:
    run = at_build()
    run.block(run.last("build"))
    stuck(run, "build")
    assert not run.tick(run.now + timedelta(days=9)).changed
    assert run.progress.blocked["build"].code == "unsendable"
    assert (run.progress.timeline[-1].what, run.progress.timeline[-1].step) == ("stuck", "build")


def test_it_goes_on_where_it_was_with_fresh_deadlines() -> None:
    run = at_build(recorded=True)
    run.block(run.last("build"))
    run.now += timedelta(days=2)
    run.unblock("build")
    assert (run.phase, run.progress.blocked) == ("running", {})
    assert run.progress.due == run.now + minutes(1)  # `record` has not answered either
    say(run, record=OK)
    assert run.progress.due == run.now + minutes(10)
    say(run, build=OK)
    assert type(run.sent[-1].command).__name__ == "Assign"


def test_an_operator_resumes_it_too() -> None:
    run = at_build()
    run.block(run.last("build"))
    assert run.resume().sending == ()
    assert (run.phase, run.progress.due) == ("running", run.now + minutes(10))
    assert "by olivia" in [entry.detail for entry in run.progress.timeline]


def test_what_was_discarded_is_sent_again_at_its_deadline_and_then_undone() -> None:
    run = at_build()
    run.block(run.last("build"))
    run.unblock("build")
    for _ in range(3):
        run.tick()
    assert commands(run, 2) == [Build, Build, Build, TearDown]
    assert run.progress.reason is not None
    assert run.progress.reason.code == "no-answer"


def test_a_reply_that_comes_meanwhile_is_taken_for_nobody_tells_it_again() -> None:
    run = begin()
    run.block(run.last("price"))
    say(run, reserve=OK)
    stuck(run, "price")
    run.unblock("price")
    say(run, price=OK)
    assert type(run.sent[-1].command) is Build


def test_the_answer_itself_ends_it() -> None:
    """A repeat could not be sent, and the first had arrived."""
    run = at_build()
    run.block(run.last("build"))
    say(run, build=OK)
    assert (run.phase, run.progress.blocked) == ("running", {})
    assert not run.unblock("build").changed


def test_a_refusal_beside_it_undoes_the_run_and_the_step_that_may_have_been_sent() -> None:
    run = at_build(recorded=True)
    run.block(run.last("build"))
    say(run, record=NO)
    assert (run.phase, run.progress.blocked, commands(run, 4)) == ("undoing", {}, [TearDown])
    say(run, "undo", build=OK, reserve=OK)
    assert run.phase == "compensated"
    assert run.progress.reason is not None
    assert run.progress.reason.code == "sold-out"


def test_a_cancel_before_the_pivot_undoes_it() -> None:
    run = at_build()
    run.block(run.last("build"))
    run.cancel()
    say(run, "undo", build=OK, reserve=OK)
    assert (run.phase, run.progress.ending) == ("compensated", "cancelled")


def test_after_the_pivot_it_is_stuck_too_and_only_goes_forward() -> None:
    run = at_assign()
    run.block(run.last("assign"))
    stuck(run, "assign")
    with pytest.raises(PastThePivot):
        run.cancel()
    run.unblock("assign")
    assert run.progress.due == run.now + minutes(1)
    say(run, assign=OK)
    assert run.phase == "completed"


def test_an_undo_that_cannot_be_sent_goes_on_as_an_undo() -> None:
    run = at_build()
    say(run, build=BROKEN)
    run.block(run.last("build", "undo"))
    stuck(run, "build")
    run.unblock("build")
    assert (run.phase, run.progress.due) == ("undoing", run.now + minutes(10))
    say(run, "undo", build=OK)
    assert type(run.sent[-1].command) is Release


def test_a_cancel_of_a_blocked_undo_ends_it_as_cancelled_and_it_stays_stuck() -> None:
    run = at_build()
    say(run, build=NO)
    run.block(run.last("build", "undo"))
    assert run.cancel().changed
    stuck(run, "build")
    run.unblock("build")
    say(run, "undo", build=OK, reserve=OK)
    assert run.progress.ending == "cancelled"


def test_a_question_that_cannot_be_asked_is_not_asked_again_and_again() -> None:
    run = at_assign(backordered=True)
    say(run, assign=OK)
    run.tick()
    run.block(run.sent[-1])
    stuck(run, "stock")
    run.unblock("stock")
    assert run.progress.due == run.now + minutes(5)


def test_what_was_waited_for_comes_though_nobody_could_ask() -> None:
    run = at_assign(backordered=True)
    say(run, assign=OK)
    run.tick()
    run.block(run.sent[-1])
    run.tell(lambda _: Order(backordered=False))
    assert run.phase == "completed"


def test_it_stays_stuck_until_nothing_blocks_it() -> None:
    run = begin()
    run.block(run.last("price"))
    run.block(run.last("reserve"))
    run.unblock("price")
    stuck(run, "reserve")
    run.unblock("reserve")
    assert run.phase == "running"


@pytest.mark.parametrize(
    ("step", "direction", "attempt"), [("build", "undo", 1), ("build", "do", 2), ("price", "do", 1)]
)
def test_what_nobody_waits_for_blocks_nobody(step: str, direction: str, attempt: int) -> None:
    run = at_build()
    reason = run.engine.saga.name and begin().progress.reason
    move = Engine(LINE).blocked(run.subject, run.progress, step, direction, attempt, reason, run.now)  # type: ignore[arg-type]
    assert not move.changed


def test_a_step_that_has_no_such_name_blocks_nobody() -> None:
    run = at_build()
    for direction in ("do", "undo", "ask", "sideways"):
        assert not run.engine.blocked(run.subject, run.progress, "nonsense", direction, 1, None, run.now).changed  # type: ignore[arg-type]
