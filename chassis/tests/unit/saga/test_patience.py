"""The protocol of a saga: silence, and a "no" after the pivot."""

from datetime import timedelta

import pytest

from chassis.saga.engine import Engine
from chassis.saga.steps import minutes
from contracts.message import Reply
from testkit.time import EPOCH

from .line import BROKEN, LINE, NO, OK, Assign, Order, at_assign, begin, commands, say


def test_silence_is_answered_with_the_same_command_and_more_patience() -> None:
    run = begin()
    say(run, reserve=OK)
    run.tick()
    again = run.sent[-1]
    assert (again, run.now) == (run.sent[0], EPOCH + minutes(1))
    assert run.progress.due == run.now + minutes(2)


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


def test_patience_shortens_every_deadline() -> None:
    engine = Engine(LINE, patience=0.1)
    assert engine.start(Order(), 1, EPOCH).progress.due == EPOCH + timedelta(seconds=6)
