"""An order for a phone line: the saga by which the protocol is told."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chassis.saga.engine import Engine
from chassis.saga.steps import Gate, Held, Pivot, Saga, Stage, Step, Wait, Waits, minutes
from contracts.errors import CommandFailed
from contracts.message import Command, Event, Message, Refusal, Reply
from testkit.sagas.run import Run
from testkit.time import EPOCH

OPENS = EPOCH + timedelta(hours=48)


class Price(Command): ...


class Reserve(Command): ...


class Release(Command): ...


class Build(Command):
    topic = "builders"


class TearDown(Command):
    topic = "builders"


class Record(Command):
    topic = "recorders"


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
