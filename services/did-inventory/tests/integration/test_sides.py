"""The hosted side and the trunking side of an order are assigned, and given back, apart from each other."""

from typing import Any

import pytest

from chassis.messaging.unit import Units
from chassis.runtime.database import Pool
from contracts.numbers import (
    AssignNumbers,
    BackorderAdvanced,
    ChosenNumber,
    ReleaseNumbers,
    ReserveNumbers,
    WantedNumbers,
)
from did_inventory.handlers import assign, release, reserve

from .inventory import FIRST, SECOND, THIRD, handled, owners, stock, told
from .test_backorders import arrives

IDS = {"order_id": "o-1", "run": 1}


async def ordered(units: Units, pool: Pool) -> None:
    """One number for a seat, one for a trunk, and one for each of them that is not there."""
    await stock(pool, FIRST, SECOND)
    chosen = (ChosenNumber(number=FIRST), ChosenNumber(number=SECOND, trunking=True))
    wanted = tuple(WantedNumbers(npa="973", quantity=1, trunking=trunking) for trunking in (True, False))
    await handled(units, reserve, ReserveNumbers(**IDS, partner_id="p-1", chosen=chosen, wanted=wanted))


def assigning(**facts: Any) -> AssignNumbers:
    return AssignNumbers(**IDS, customer_id="c-1", **facts)


async def waits(pool: Pool) -> list[tuple[bool, int, bool, str | None]]:
    rows = await pool.fetch("SELECT trunking, missing, cancelled, customer_id FROM backorders ORDER BY trunking")
    return [tuple(row) for row in rows]


async def test_the_hosted_side_is_assigned_and_the_trunk_stays_reserved(pool: Pool, units: Units) -> None:
    await ordered(units, pool)
    (answer,) = await handled(units, assign, assigning(side="hosted"))
    assert answer.numbers == (FIRST,)
    assert await owners(pool) == {FIRST: ("assigned", "o-1"), SECOND: ("reserved", "o-1")}
    assert await waits(pool) == [(False, 1, False, "c-1"), (True, 1, False, None)]
    (answer,) = await handled(units, assign, assigning(side="trunking"))
    assert answer.numbers == (SECOND,)
    assert {status for status, _ in (await owners(pool)).values()} == {"assigned"}


async def test_what_comes_is_assigned_on_the_side_that_is_and_each_part_is_told(pool: Pool, units: Units) -> None:
    await ordered(units, pool)
    await handled(units, assign, assigning(side="hosted"))
    await handled(units, arrives, ReleaseNumbers(order_id=THIRD, run=1))
    assert (await owners(pool))[THIRD] == ("reserved", "o-1")
    await handled(units, arrives, ReleaseNumbers(order_id="+19738260009", run=1))
    assert (await owners(pool))["+19738260009"] == ("assigned", "o-1")
    first, second = [one for one in await told(pool) if isinstance(one, BackorderAdvanced)]
    assert [(one.number, one.trunking) for one in first.numbers] == [(THIRD, True)]
    assert ([one.number for one in second.numbers], first.missing, second.missing) == ([THIRD, "+19738260009"], 1, 0)
    assert [one.came_at for one in second.numbers] == [first.advanced_at, second.advanced_at]


@pytest.mark.parametrize("assigned", [False, True])
async def test_the_trunking_side_is_given_back_and_waits_no_longer(pool: Pool, units: Units, *, assigned: bool) -> None:
    await ordered(units, pool)
    if assigned:
        await handled(units, assign, assigning(side="hosted"))
    await handled(units, arrives, ReleaseNumbers(order_id=THIRD, run=1))
    for _ in range(2):
        await handled(units, release, ReleaseNumbers(**IDS, side="trunking"))
    kept = ("assigned" if assigned else "reserved", "o-1")
    found = await owners(pool)
    assert (found[FIRST], sorted(owner for owner, _ in found.values())) == (
        kept,
        sorted(["available", kept[0], kept[0]]),
    )
    assert [(trunking, cancelled) for trunking, _, cancelled, _ in await waits(pool)] == [(False, False), (True, True)]
    assert await pool.fetchval("SELECT count(*) FROM numbers WHERE status = 'available' AND came_at IS NOT NULL") == 0


async def test_what_is_assigned_is_not_given_back(pool: Pool, units: Units) -> None:
    await ordered(units, pool)
    await handled(units, assign, assigning())
    (answer,) = await handled(units, release, ReleaseNumbers(**IDS, side="trunking"))
    assert answer.numbers == ()
    assert {status for status, _ in (await owners(pool)).values()} == {"assigned"}
