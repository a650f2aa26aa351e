"""Two processes of the service, one BroadWorks: of all, one at a time works at a place."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import pytest

from broadsoft_provisioner.application.turns import Turn, Turns
from broadsoft_provisioner.domain.turns import PlaceTaken, TurnOver
from broadsoft_provisioner.store import turns
from chassis.runtime.database import Pool
from testkit.time import eventually

pytestmark = pytest.mark.integration
LONG, KEPT_UP, SHORT = 60.0, 3.0, 0.3
GROUP = {"enterprise/ACME": False, "group/ACME/HQ": True}
OTHER_GROUP = {"enterprise/ACME": False, "group/ACME/BRANCH": True}
ENTERPRISE = {"enterprise/ACME": True}


class Hands:
    """The clock of a process that is frozen and thawed."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def held(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(DISTINCT token) FROM turns WHERE NOT waiting"))


async def is_free(pool: Pool, places: Mapping[str, bool]) -> bool:
    async with pool.acquire() as connection, connection.transaction():
        taken = await turns.take(connection, places, LONG)
    if taken is not None:
        await turns.leave(pool, taken.token)
    return taken is not None and not taken.waiting


async def test_a_group_is_one_orders_and_other_groups_are_free(pool: Pool) -> None:
    async with Turns(pool, LONG).at(GROUP):
        assert not await is_free(pool, GROUP)
        assert not await is_free(pool, ENTERPRISE)
        assert await is_free(pool, OTHER_GROUP)
    assert await is_free(pool, ENTERPRISE)
    assert await held(pool) == 0


async def test_tokens_grow(pool: Pool) -> None:
    mine, tokens = Turns(pool, LONG), []
    for _ in range(3):
        async with mine.at(GROUP) as turn:
            tokens.append(turn.token)
    assert tokens == sorted(set(tokens))


async def test_all_places_at_once_or_none(pool: Pool) -> None:
    async with Turns(pool, LONG).at({"domain/acme.example": True}):
        assert not await is_free(pool, {**GROUP, "domain/acme.example": False})
        assert await is_free(pool, GROUP)


async def test_who_waits_to_be_alone_comes_before_guests_who_come_later(pool: Pool) -> None:
    ours, theirs = Turns(pool, LONG), Turns(pool, LONG)
    order: list[str] = []

    async def alone() -> None:
        async with theirs.at(ENTERPRISE):
            order.append("alone")

    async def guest() -> None:
        async with ours.at(OTHER_GROUP):
            order.append("guest")

    async def waits() -> bool:
        return bool(await pool.fetchval("SELECT count(*) FROM turns WHERE waiting"))

    async with ours.at(GROUP):
        first = asyncio.create_task(alone())
        await eventually(waits)
        second = asyncio.create_task(guest())
        await asyncio.sleep(0.3)
        assert order == []
    await asyncio.gather(first, second)
    assert order == ["alone", "guest"]


async def test_who_gives_up_waiting_keeps_nobody_out(pool: Pool) -> None:
    async with Turns(pool, LONG).at(GROUP):
        with pytest.raises(PlaceTaken):
            async with Turns(pool, 0.1).at(ENTERPRISE):
                raise AssertionError
        await asyncio.sleep(2.1)
        assert await is_free(pool, OTHER_GROUP)


async def test_a_turn_that_nobody_keeps_up_is_over_and_its_holder_finds_out(pool: Pool) -> None:
    clock = Hands()
    frozen = Turns(pool, SHORT, clock=clock)
    with suppress(TurnOver):
        async with frozen.at(GROUP) as turn, Turns(pool, LONG).at(GROUP) as next_turn:
            assert next_turn.token > turn.token
            clock.now = 60.0  # it wakes up
            await frozen.confirm(turn)
            raise AssertionError("it may go on")
    assert await held(pool) == 0


async def test_who_is_broken_off_leaves_the_place_only_when_the_turn_is_over(pool: Pool) -> None:
    """A document may be on its way still."""
    mine = Turns(pool, 2 * SHORT)

    async def broken_off() -> None:
        async with mine.at(GROUP):
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await broken_off()
    assert await held(pool) == 1
    await mine.keep_up()

    async def over() -> bool:
        return await is_free(pool, GROUP)

    await eventually(over)


async def test_a_turn_that_is_kept_up_lasts(pool: Pool) -> None:
    mine = Turns(pool, KEPT_UP)

    async def keep_up() -> None:
        while True:
            await mine.keep_up()
            await asyncio.sleep(KEPT_UP / 30)

    async with mine.at(GROUP) as turn:
        job = asyncio.create_task(keep_up())
        await asyncio.sleep(1.5 * KEPT_UP)
        await mine.confirm(turn)
        assert not await is_free(pool, GROUP)
        job.cancel()


async def test_what_is_over_is_over_though_nobody_came(pool: Pool) -> None:
    mine = Turns(pool, SHORT)
    async with mine.at(GROUP) as turn:
        await asyncio.sleep(2 * SHORT)
        await mine.keep_up()
        with pytest.raises(TurnOver):
            await mine.confirm(turn)


async def test_of_many_who_come_at_once_each_is_alone(pool: Pool) -> None:
    inside, most = 0, 0

    async def one(mine: Turns) -> None:
        nonlocal inside, most
        async with mine.at(GROUP) as turn:
            assert isinstance(turn, Turn)
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(one(Turns(pool, LONG)) for _ in range(20)))
    assert most == 1
