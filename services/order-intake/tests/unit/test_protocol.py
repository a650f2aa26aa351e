"""The saga shows its protocol: every step says what may come back, and every reply of the contracts has its place."""

from chassis.saga.steps import ALWAYS_POSSIBLE
from contracts.message import MESSAGES, Event, Refusal, Reply
from order_intake.domain.definitions import DEFINITIONS, REPLIES, SIGNALS

STEPS = [step for saga in DEFINITIONS.values() for step in saga.steps()]


def test_every_reply_of_the_contracts_may_come_to_some_step() -> None:
    known = {kind for kind in MESSAGES.values() if issubclass(kind, Reply)}
    assert known == REPLIES


def test_no_step_takes_just_any_reply() -> None:
    declared = {kind for step in STEPS for way in ("do", "undo") for kind in step.replies(way)}
    assert declared.isdisjoint({Reply, Refusal})
    assert set(ALWAYS_POSSIBLE) < declared


def test_what_is_refused_is_a_refusal_and_what_is_done_is_none() -> None:
    for step in STEPS:
        assert all(issubclass(kind, Refusal) for kind in step.refused)
        assert step.done.ok
        assert step.undone is None or step.undone.ok


def test_every_event_the_saga_waits_for_is_an_event_with_a_topic() -> None:
    assert all(issubclass(kind, Event) and kind.topic.endswith(".events") for kind in SIGNALS)
    assert len(SIGNALS) == 4
