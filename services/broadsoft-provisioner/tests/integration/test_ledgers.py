"""Both ledgers, in memory and in PostgreSQL, keep the same promises: what holds for the fake holds for the real one."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from broadsoft_provisioner.application.protocols import Ledger
from broadsoft_provisioner.application.turns import Turns
from broadsoft_provisioner.data import services_csv
from broadsoft_provisioner.domain.effects import Effect
from broadsoft_provisioner.domain.ledger import Entry, State, intents
from broadsoft_provisioner.domain.packages import parse
from broadsoft_provisioner.domain.plan import Plan, plan
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.domain.turns import TurnOver
from broadsoft_provisioner.store.ledger import PostgresLedger
from chassis.runtime.database import Pool

from ..fakes import Ledgers
from .bench import Order

pytestmark = pytest.mark.integration
Open = Callable[[str], Ledger]  # each call is a process that has just started
USES = frozenset({"enterprise:ACME", "domain:acme.example"})


@pytest.fixture(params=["memory", "postgresql"])
async def ledger(request: pytest.FixtureRequest, pool: Pool) -> AsyncIterator[Open]:
    if request.param == "memory":
        yield Ledgers().of
        return
    async with Turns(pool, 60.0).at({"group/ACME/HQ": True}) as turn:
        yield lambda order_id: PostgresLedger(pool, order_id, token=turn.token)


@pytest.fixture(scope="session")
def effects(order: Order) -> tuple[Effect, ...]:
    """Every kind of effect that a new enterprise with a first group has."""
    made = plan(order(), parse(services_csv()), Survey())
    assert isinstance(made, Plan)
    return made.effects


def with_states(entries: tuple[Entry, ...], states: dict[int, State]) -> tuple[Entry, ...]:
    return tuple(replace(entry, state=states.get(entry.seq, entry.state)) for entry in entries)


async def test_an_order_that_never_began_has_no_entries(ledger: Open) -> None:
    assert await ledger("o-1").entries() == ()


async def test_what_was_intended_comes_back_as_it_was_in_its_order(ledger: Open, effects: tuple[Effect, ...]) -> None:
    intended = intents("o-1", 1, effects)
    await ledger("o-1").intend(intended, USES)
    assert await ledger("o-1").entries() == intended


async def test_only_what_was_settled_changes_its_state(ledger: Open, effects: tuple[Effect, ...]) -> None:
    intended = intents("o-1", 1, effects)
    states: dict[int, State] = {4: "kept", 1: "done", 2: "undone", 3: "found"}
    await ledger("o-1").intend(intended, USES)
    await ledger("o-1").settle(states)
    assert await ledger("o-1").entries() == with_states(intended, states)


async def test_an_entry_may_be_settled_again(ledger: Open, effects: tuple[Effect, ...]) -> None:
    intended = intents("o-1", 1, effects[:1])
    await ledger("o-1").intend(intended, USES)
    await ledger("o-1").settle({1: "done"})
    await ledger("o-1").settle({1: "undone"})
    assert await ledger("o-1").entries() == with_states(intended, {1: "undone"})


@pytest.mark.parametrize("before", ["undone", "kept", "found", "done"])
async def test_what_was_taken_back_is_never_done_again(
    ledger: Open, effects: tuple[Effect, ...], before: State
) -> None:
    intended = intents("o-1", 1, effects[:2])
    await ledger("o-1").intend(intended, USES)
    await ledger("o-1").settle({1: before})
    with pytest.raises(TurnOver):
        await ledger("o-1").settle({1: "done"})
    assert await ledger("o-1").entries() == with_states(intended, {1: before})


@pytest.mark.parametrize("token", [None, -1])
async def test_who_has_no_turn_writes_nothing(pool: Pool, effects: tuple[Effect, ...], token: int | None) -> None:
    intended = intents("o-1", 1, effects[:2])
    late = PostgresLedger(pool, "o-1", token=token)
    with pytest.raises(TurnOver):
        await late.intend(intended, USES)
    assert await late.entries() == ()
    async with Turns(pool, 60.0).at({"group/ACME/HQ": True}) as turn:
        await PostgresLedger(pool, "o-1", token=turn.token).intend(intended, USES)
    with pytest.raises(TurnOver):
        await late.settle({1: "done"})
    assert await late.entries() == intended


async def test_settling_nothing_changes_nothing(ledger: Open, effects: tuple[Effect, ...]) -> None:
    intended = intents("o-1", 1, effects[:2])
    await ledger("o-1").intend(intended, USES)
    await ledger("o-1").settle({})
    assert await ledger("o-1").entries() == intended
    assert await ledger("o-2").relied_on(USES) == USES


async def test_an_order_does_not_stand_in_its_own_way(ledger: Open, effects: tuple[Effect, ...]) -> None:
    await ledger("o-1").intend(intents("o-1", 1, effects[:1]), USES)
    assert await ledger("o-1").relied_on(USES) == frozenset()


async def test_others_rely_on_what_they_intend_even_before_it_is_done(
    ledger: Open, effects: tuple[Effect, ...]
) -> None:
    await ledger("o-1").intend(intents("o-1", 1, effects[:1]), USES)
    asked = {"enterprise:ACME", "enterprise:OTHER"}
    assert await ledger("o-2").relied_on(asked) == {"enterprise:ACME"}
    assert await ledger("o-2").relied_on(()) == frozenset()


async def test_what_two_others_rely_on_is_named_once(ledger: Open, effects: tuple[Effect, ...]) -> None:
    for order_id in ("o-1", "o-2"):
        await ledger(order_id).intend(intents(order_id, 1, effects[:1]), USES)
    assert await ledger("o-3").relied_on(USES) == USES
    await ledger("o-1").settle({1: "undone"})
    assert await ledger("o-3").relied_on(USES) == USES


@pytest.mark.parametrize("alive", ["intended", "done"])
async def test_while_one_effect_lives_everything_it_used_is_relied_on(
    ledger: Open, effects: tuple[Effect, ...], alive: State
) -> None:
    await ledger("o-1").intend(intents("o-1", 1, effects[:3]), USES)
    await ledger("o-1").settle({1: "undone", 2: "kept", 3: alive})
    assert await ledger("o-2").relied_on(USES) == USES


@pytest.mark.parametrize("dead", ["undone", "found", "kept"])
async def test_when_nothing_lives_nothing_is_relied_on(ledger: Open, effects: tuple[Effect, ...], dead: State) -> None:
    await ledger("o-1").intend(intents("o-1", 1, effects[:2]), USES)
    await ledger("o-1").settle({1: "undone"})
    await ledger("o-1").settle({2: dead})
    assert await ledger("o-2").relied_on(USES) == frozenset()


async def test_the_uses_of_several_plans_of_one_order_add_up(ledger: Open, effects: tuple[Effect, ...]) -> None:
    await ledger("o-1").intend(intents("o-1", 1, effects[:1]), {"enterprise:ACME"})
    await ledger("o-1").intend(intents("o-1", 1, effects[1:2], after=1), {"enterprise:ACME", "group:ACME:HQ"})
    asked = {"enterprise:ACME", "group:ACME:HQ"}
    assert await ledger("o-2").relied_on(asked) == asked


async def test_the_runs_of_an_order_are_kept_side_by_side(ledger: Open, effects: tuple[Effect, ...]) -> None:
    first = intents("o-1", 1, effects)
    await ledger("o-1").intend(first, USES)
    await ledger("o-1").settle({entry.seq: "undone" for entry in first})
    second = intents("o-1", 2, effects, after=len(first))
    await ledger("o-1").intend(second, USES)
    await ledger("o-1").settle({second[0].seq: "done"})
    undone = with_states(first, {entry.seq: "undone" for entry in first})
    assert await ledger("o-1").entries() == undone + with_states(second, {second[0].seq: "done"})
    assert await ledger("o-2").relied_on(USES) == USES


async def test_orders_do_not_see_each_others_entries(ledger: Open, effects: tuple[Effect, ...]) -> None:
    one, other = intents("o-1", 1, effects[:2]), intents("o-2", 1, effects[2:4])
    await ledger("o-1").intend(one, USES)
    await ledger("o-2").intend(other, USES)
    await ledger("o-1").settle({1: "done", 2: "done"})
    assert await ledger("o-1").entries() == with_states(one, {1: "done", 2: "done"})
    assert await ledger("o-2").entries() == other


async def test_extensions_are_promised_until_they_are_settled(ledger: Open, effects: tuple[Effect, ...]) -> None:
    intended = intents("o-1", 1, effects)
    await ledger("o-1").intend(intended, USES)
    users = {entry.seq for entry in intended if entry.effect.do.name == "UserAddRequest22V2"}
    extensions = {entry.effect.do.text("extension") for entry in intended if entry.seq in users}
    assert await ledger("o-2").extensions_intended("ACME", "HQ") == extensions != frozenset()
    assert await ledger("o-1").extensions_intended("ACME", "HQ") == frozenset()
    assert await ledger("o-2").extensions_intended("ACME", "BRANCH") == frozenset()
    assert await ledger("o-2").extensions_intended("OTHER", "HQ") == frozenset()
    await ledger("o-1").settle(dict.fromkeys(users, "done"))
    assert await ledger("o-2").extensions_intended("ACME", "HQ") == frozenset()
