"""Silence counts against a step only as far as its reply and its command have been read."""

from datetime import timedelta

from chassis.saga.heard import Heard
from testkit.time import EPOCH

from .line import at_build


def test_silence_counts_only_as_far_as_replies_were_read() -> None:
    run = at_build()
    due = run.progress.due
    assert due is not None
    later = due + timedelta(hours=1)
    assert not run.engine.timed_out(run.subject, run.progress, later, Heard(due - timedelta(seconds=1))).changed
    assert run.engine.timed_out(run.subject, run.progress, later, Heard(due)).changed


def test_silence_of_who_has_not_read_its_commands_is_no_sign() -> None:
    """The other step of the stage is sent again meanwhile, and when it has read on, so is this one."""
    run = at_build(recorded=True)
    later = EPOCH + timedelta(days=30)
    deaf = Heard(later, {"builders": EPOCH, "somebody else": EPOCH})
    move = run.engine.timed_out(run.subject, run.progress, later, deaf)
    assert [one.step for one in move.sending] == ["record"]
    assert not run.engine.timed_out(run.subject, move.progress, later, deaf).changed
    move = run.engine.timed_out(run.subject, move.progress, later, Heard(later))
    assert [one.step for one in move.sending] == ["build"]


def test_an_undo_whose_participant_has_not_read_it_is_not_stuck() -> None:
    run = at_build()
    run.cancel()
    deaf = Heard(EPOCH + timedelta(days=30), {"builders": EPOCH})
    for days in range(1, 9):
        assert not run.engine.timed_out(run.subject, run.progress, run.now + timedelta(days=days), deaf).changed
    assert run.phase == "undoing"
