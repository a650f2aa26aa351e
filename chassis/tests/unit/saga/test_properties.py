"""What the engine promises, whatever happens: a rule machine, and participants on a bad network."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from chassis.saga.engine import Engine
from chassis.saga.moves import PastThePivot
from chassis.saga.progress import Sending
from chassis.saga.steps import Gate, Held, Pivot, Saga, Stage, Step, Wait, Waits, minutes
from contracts.errors import CommandFailed
from contracts.message import Command, Event, Message, Refusal, Reply
from testkit.sagas.run import Run
from testkit.sagas.world import World
from testkit.time import EPOCH


class Ask(Command):
    what: str


class Answer(Reply):
    what: str


@dataclass(frozen=True, slots=True)
class Order:
    """`known` are facts that came in, `wishes` what was ordered; `used` counts those that were used of what `came`."""

    known: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    came: tuple[str, ...] = ()
    used: int = 0


def step(name: str, *, tries: int = 2, undo: bool = True, leaves_traces: bool = False, wish: str = "") -> Step[Order]:
    return Step(
        name,
        do=lambda _: Ask(order_id="o-1", run=1, what=f"do {name}"),
        done=Answer,
        undo=(lambda _: Ask(order_id="o-1", run=1, what=f"undo {name}")) if undo else None,
        undone=Answer if undo else None,
        refused=(Refusal,),
        when=lambda order: not wish or wish in order.wishes,
        within=minutes(1),
        tries=tries,
        leaves_traces=leaves_traces,
    )


def wait(name: str) -> Wait[Order]:
    return Wait(
        name,
        waiting=lambda order: name in order.wishes and name not in order.known,
        ask=lambda _: Ask(order_id="o-1", run=1, what=f"ask {name}"),
        answer=Answer,
        signal=Event,
    )


USE: Step[Order] = Step(
    "use",
    do=lambda order: Ask(order_id="o-1", run=1, what=order.came[order.used]),
    done=Answer,
    refused=(Refusal,),
    when=lambda order: order.used < len(order.came),
    tries=1,
    again=True,
)


def learned(order: Order, fact: str) -> Order:
    """What people and stock bring is made use of, each once."""
    came = (*order.came, fact) if fact in ("stock", "people") and fact not in order.came else order.came
    return replace(order, known=order.known | {fact}, came=came)


def located(order: Order, now: datetime) -> Held | None:
    if "location" not in order.known:
        return Held("no 911 location", "pending")
    opens = EPOCH + timedelta(hours=48)
    return Held("48 hours to activation", "pending", opens) if "soon" in order.wishes and now < opens else None


def absorb(order: Order, message: Message) -> Order:
    if not isinstance(message, Answer):
        return order
    return replace(order, used=order.used + 1) if message.what == "use" else learned(order, message.what)


SAGA = Saga(
    "toy",
    1,
    absorb,
    (
        Stage((step("price", undo=False, tries=3), step("reserve"))),
        Gate("location", located),
        Stage((step("build", leaves_traces=True), step("ticket", undo=False), step("fax", wish="fax", tries=1))),
        Stage((step("check", wish="check"),)),
        Pivot(),
        Stage((step("assign", undo=False), step("bill", undo=False, tries=1))),
        Waits((wait("stock"), wait("people")), (USE, step("thank", undo=False, wish="stock"))),
        Stage((step("close", undo=False),)),
    ),
)
OWNERS = {
    "price": "catalog",
    "bill": "catalog",
    "use": "catalog",
    "thank": "tickets",
    "reserve": "numbers",
    "assign": "numbers",
    "stock": "numbers",
    "build": "broadsoft",
    "ticket": "tickets",
    "people": "tickets",
    "check": "tickets",
    "fax": "tickets",
    "close": "tickets",
}
WISHES = st.frozensets(st.sampled_from(["fax", "check", "soon", "stock", "people"]))


def yes(sending: Sending) -> Reply:
    return Answer(order_id="o-1", run=1, what=sending.step)


def no(_: Sending) -> Reply:
    return Refusal(order_id="o-1", run=1, code="no", reason="No.")


def broken(_: Sending) -> Reply:
    return CommandFailed(order_id="o-1", run=1, code="bug", detail="It broke.")


def start(wishes: frozenset[str]) -> Run[Order]:
    return Run(Engine(SAGA), Order(wishes=wishes))


def learn(run: Run[Order], fact: str) -> None:
    run.tell(lambda order: learned(order, fact))


class AnyOrderOfEvents(RuleBasedStateMachine):
    """`Run` checks every move; here anything may happen at any time, as often as it likes."""

    @initialize(wishes=WISHES)
    def submit(self, wishes: frozenset[str]) -> None:
        self.run = start(wishes)

    @rule(which=st.integers(0, 1000), reply=st.sampled_from([yes, yes, yes, no, broken]))
    def a_reply_comes_early_late_or_twice(self, which: int, reply: Callable[[Sending], Reply]) -> None:
        sending = self.run.sent[which % len(self.run.sent)]
        self.run.answer(sending, reply(sending))

    @precondition(lambda self: self.run.open)
    @rule(which=st.integers(0, 1000), reply=st.sampled_from([yes, yes, yes, yes, no, broken]))
    def an_awaited_reply_comes(self, which: int, reply: Callable[[Sending], Reply]) -> None:
        name, direction, _ = sorted(self.run.open)[which % len(self.run.open)]
        sending = self.run.last(name, direction)
        self.run.answer(sending, reply(sending))

    @rule()
    def the_next_deadline_comes(self) -> None:
        self.run.tick()

    @rule(seconds=st.integers(0, 400))
    def time_passes(self, seconds: int) -> None:
        self.run.tick(self.run.now + timedelta(seconds=seconds))

    @rule(fact=st.sampled_from(["location", "stock", "people"]))
    def a_fact_comes_in(self, fact: str) -> None:
        learn(self.run, fact)

    @precondition(lambda self: len(self.run.sent) > 3)
    @rule()
    def the_portal_cancels(self) -> None:
        if self.run.engine.past_pivot(self.run.progress):
            with pytest.raises(PastThePivot):
                self.run.cancel()
        else:
            self.run.cancel()

    @rule()
    def an_operator_resumes(self) -> None:
        self.run.resume()

    @rule(which=st.integers(0, 1000))
    def a_command_cannot_be_sent(self, which: int) -> None:
        self.run.block(self.run.sent[which % len(self.run.sent)])

    @precondition(lambda self: self.run.progress.blocked)
    @rule(which=st.integers(0, 1000))
    def an_operator_decides_about_it(self, which: int) -> None:
        blocked = sorted(self.run.progress.blocked)
        self.run.unblock(blocked[which % len(blocked)])

    def teardown(self) -> None:
        if not hasattr(self, "run"):
            return
        for fact in ("location", "stock", "people"):
            learn(self.run, fact)
        World(self.run, OWNERS, yes).settle()
        assert self.run.over


AnyOrderOfEvents.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyOrderOfEvents = AnyOrderOfEvents.TestCase

OWNER = st.sampled_from(sorted(set(OWNERS.values())))
MOODS = st.sampled_from(["ok", "ok", "ok", "ok", "refuse", "fail", "break"])
WEATHER = st.lists(
    st.one_of(
        st.tuples(st.just("work"), OWNER, MOODS),
        st.tuples(st.just("work"), OWNER, MOODS),
        st.tuples(st.just("deliver"), OWNER, st.booleans()),
        st.tuples(st.just("deliver"), OWNER, st.booleans()),
        st.tuples(st.just("reread"), OWNER, st.integers(1, 4)),
        st.tuples(st.just("set aside"), OWNER),
        st.tuples(st.just("decide"), st.booleans()),
        st.tuples(st.sampled_from(["lose", "tick", "resume", "cancel", "location", "stock", "people"])),
    ),
    max_size=120,
)


def be_too_large(world: World[Order], event: tuple[Any, ...]) -> None:
    match event:
        case ("set aside", owner):
            world.set_aside(owner)
        case ("decide", release):
            world.decide(release=release)


def happen(world: World[Order], event: tuple[Any, ...]) -> None:
    match event:
        case ("work", owner, mood):
            world.work(owner, mood)
        case ("deliver", owner, keep):
            world.deliver(owner, keep=keep)
        case ("reread", owner, back):
            world.reread(owner, back)
        case ("set aside" | "decide", _):
            be_too_large(world, event)
        case ("lose",):
            world.lose()
        case ("tick",):
            world.run.tick()
        case ("resume",):
            world.run.resume()
        case ("cancel",):
            with suppress(PastThePivot):
                world.run.cancel()
        case (fact,):
            learn(world.run, fact)
    world.post()


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(wishes=WISHES, weather=WEATHER)
def test_effects_match_the_end_whatever_the_network_does(
    wishes: frozenset[str], weather: list[tuple[Any, ...]]
) -> None:
    world = World(start(wishes), OWNERS, yes)
    for event in [*weather, ("location",), ("stock",), ("people",)]:
        happen(world, event)
    world.settle()
    if world.run.phase == "compensated":
        reversible = {one.name for one in SAGA.steps() if one.undo}
        assert not world.effects() & {*reversible, "assign", "bill", "use", "thank", "close"}
    else:
        wanted = {one.name for one in SAGA.steps() if not one.again and one.when(world.run.subject)}
        assert world.effects() - {"use"} == wanted
        assert world.run.subject.used == len(world.run.subject.came)
