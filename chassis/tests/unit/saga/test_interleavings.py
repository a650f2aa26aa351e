"""Every order of events of a small saga, not a sample of them."""

from copy import copy
from datetime import timedelta

from chassis.saga.engine import Engine
from chassis.saga.moves import PastThePivot
from chassis.saga.progress import Progress, Sending
from chassis.saga.steps import Pivot, Saga, Stage, Step, minutes
from contracts.errors import CommandFailed
from contracts.message import Command, Refusal, Reply
from testkit.sagas.run import Run
from testkit.time import EPOCH

DEPTH = 8


def command(_: object) -> Command:
    return Command(order_id="o-1", run=1)


def step(name: str, tries: int, *, undo: bool = True, leaves_traces: bool = False) -> Step[None]:
    return Step(
        name,
        command,
        Reply,
        command if undo else None,
        Reply if undo else None,
        (Refusal,),
        within=minutes(1),
        tries=tries,
        leaves_traces=leaves_traces,
    )


SMALL: Saga[None] = Saga(
    "small",
    1,
    lambda subject, _: subject,
    (
        Stage((step("price", 1, undo=False), step("reserve", 2))),
        Stage((step("build", 1, leaves_traces=True),)),
        Pivot(),
        Stage((step("assign", 1, undo=False),)),
    ),
)
ANSWERS: tuple[Reply, ...] = (
    Reply(order_id="o-1", run=1),
    Refusal(order_id="o-1", run=1, code="no", reason="No."),
    CommandFailed(order_id="o-1", run=1, code="bug", detail="It broke."),
)


def fork(run: Run[None]) -> Run[None]:
    twin = copy(run)
    twin.sent, twin.open, twin.took = list(run.sent), set(run.open), dict(run.took)
    return twin


def standing(run: Run[None]) -> tuple[object, ...]:
    """All that decides what can happen next; clock and time line left out."""

    def ago(progress: Progress) -> tuple[object, ...]:
        return tuple(
            (name, state.status, state.tries, state.attempt, state.due and state.due - run.now)
            for name, state in progress.steps.items()
        )

    sent = tuple(sorted((one.step, one.direction, one.attempt) for one in run.sent))
    took = tuple(sorted((*key, type(reply).__name__) for key, reply in run.took.items()))
    blocked = tuple(sorted(run.progress.blocked))
    return run.phase, blocked, run.progress.at, run.cancelled, run.first_reason, ago(run.progress), sent, took


def events(run: Run[None]) -> list[tuple[str, Sending | None, Reply | None]]:
    once = {(one.step, one.direction, one.attempt): one for one in run.sent}
    found: list[tuple[str, Sending | None, Reply | None]] = [
        ("answer", one, r) for one in once.values() for r in ANSWERS
    ]
    found += [("block", one, None) for one in once.values()]
    found += [("unblock", run.last(step, "do"), None) for step in run.progress.blocked]
    return [*found, ("tick", None, None), ("early tick", None, None), ("cancel", None, None), ("resume", None, None)]


def happen(run: Run[None], event: tuple[str, Sending | None, Reply | None]) -> None:
    match event:
        case ("answer", Sending() as sending, Reply() as reply):
            run.answer(sending, reply)
        case ("block", Sending() as sending, _):
            run.block(sending)
        case ("unblock", Sending() as sending, _):
            run.unblock(sending.step)
        case ("tick", _, _):
            run.tick()
        case ("early tick", _, _):
            run.tick(run.now + timedelta(0))
        case ("cancel", _, _):
            try:
                run.cancel()
            except PastThePivot:
                assert run.engine.past_pivot(run.progress)
        case _:
            run.resume()


def test_every_order_of_events_keeps_every_promise() -> None:
    first = Run(Engine(SMALL), None, EPOCH)
    seen, layer, ends = {standing(first)}, [first], set()
    for _ in range(DEPTH):
        following = []
        for run in layer:
            for event in events(run):
                twin = fork(run)
                happen(twin, event)  # Run checks each move
                ends.add((twin.phase, twin.progress.ending))
                if standing(twin) not in seen:
                    seen.add(standing(twin))
                    following.append(twin)
        layer = following
    assert ends == {
        ("running", None),
        ("undoing", "fallout"),
        ("undoing", "cancelled"),
        ("stuck", None),
        ("stuck", "fallout"),
        ("stuck", "cancelled"),
        ("compensated", "fallout"),
        ("compensated", "cancelled"),
        ("completed", None),
    }
    assert len(seen) > 500
