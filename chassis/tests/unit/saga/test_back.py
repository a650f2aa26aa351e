"""The protocol of a saga: what is undone, when, and in which order."""

from datetime import timedelta

import pytest

from chassis.saga.moves import PastThePivot
from chassis.saga.progress import Reason

from .line import BROKEN, NO, OK, Build, Price, Release, Reserve, TearDown, at_assign, at_build, begin, commands, say


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
