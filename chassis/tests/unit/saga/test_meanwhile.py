"""What comes while a run waits is made use of at once, piece by piece."""

from dataclasses import dataclass, replace
from datetime import timedelta

from chassis.saga.engine import Engine
from chassis.saga.steps import Pivot, Saga, Stage, Step, Wait, Waits, minutes
from contracts.message import Command, Event, Message, Refusal, Reply
from testkit.sagas.run import Run
from testkit.time import EPOCH


class Plug(Command):
    """Into which port."""

    port: str


class Plugged(Reply): ...


class Closed(Reply): ...


@dataclass(frozen=True, slots=True)
class Office:
    """`cables` have come, so many of them are plugged in."""

    wanted: int = 2
    cables: tuple[str, ...] = ()
    plugged: int = 0


def absorb(office: Office, message: Message) -> Office:
    return replace(office, plugged=office.plugged + 1) if isinstance(message, Plugged) else office


def question(_: Office) -> Command:
    return Command(order_id="o-1", run=1)


CABLES = Wait("cables", lambda one: len(one.cables) < one.wanted, question, answer=Reply, signal=Event)
PLUG = Step(
    "plug",
    lambda one: Plug(order_id="o-1", run=1, port=one.cables[one.plugged]),
    Reply,
    refused=(Refusal,),
    when=lambda one: one.plugged < len(one.cables),
    again=True,
)
CLOSE = Step("close", question, Closed)
OFFICE = Saga[Office]("office", 1, absorb, (Pivot(), Waits((CABLES,), (PLUG,)), Stage((CLOSE,))))
PLUGGED = Plugged(order_id="o-1", run=1)


def waiting(wanted: int = 2) -> Run[Office]:
    return Run(Engine(OFFICE), Office(wanted))


def comes(run: Run[Office], cable: str) -> None:
    run.tell(lambda office: replace(office, cables=(*office.cables, cable)))


def ports(run: Run[Office]) -> list[str]:
    return [one.command.port for one in run.sent if isinstance(one.command, Plug)]


def test_what_comes_is_used_at_once_and_the_rest_is_waited_for() -> None:
    run = waiting()
    comes(run, "red")
    assert ports(run) == ["red"]
    run.answer(run.last("plug"), PLUGGED)
    assert (run.phase, list(run.progress.asked), run.progress.due) == ("running", ["cables"], EPOCH + minutes(5))


def test_what_comes_in_between_has_its_turn_after_the_answer() -> None:
    run = waiting()
    comes(run, "red")
    comes(run, "blue")
    assert ports(run) == ["red"]
    run.answer(run.last("plug"), PLUGGED)
    assert ports(run) == ["red", "blue"]
    assert [one.attempt for one in run.sent if one.step == "plug"] == [1, 2]


def test_nothing_goes_on_before_all_that_came_is_used() -> None:
    run = waiting(wanted=1)
    comes(run, "red")
    assert {one.step for one in run.sent} == {"plug"}
    run.answer(run.last("plug"), PLUGGED)
    assert run.sent[-1].step == "close"


def test_silence_is_met_by_the_same_command_and_questions_go_on() -> None:
    run = waiting()
    comes(run, "red")
    first = run.last("plug")
    run.tick()
    assert run.sent[-1] == first
    while run.now < EPOCH + minutes(6):
        run.tick()
    assert "ask" in {one.direction for one in run.sent}
    assert run.phase == "running"


def test_a_no_is_asked_again_for_ever_as_everything_past_the_pivot() -> None:
    run = waiting(wanted=1)
    comes(run, "red")
    run.answer(run.last("plug"), Refusal(order_id="o-1", run=1, code="no", reason="No."))
    run.tick()
    assert (ports(run), run.last("plug").attempt) == (["red", "red"], 2)
    run.answer(run.last("plug"), PLUGGED)
    assert run.progress.reason is None


def test_an_answer_that_changes_nothing_is_met_at_ease() -> None:
    run = waiting(wanted=1)
    comes(run, "red")
    run.answer(run.last("plug"), Reply(order_id="o-1", run=1))
    assert ports(run) == ["red"]
    assert run.progress.due == EPOCH + timedelta(seconds=2)
    run.tick()
    run.answer(run.last("plug"), PLUGGED)
    assert run.sent[-1].step == "close"
