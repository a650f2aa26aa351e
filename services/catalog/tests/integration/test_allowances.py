"""Free numbers belong to the customer: what earlier orders left is free for later ones, and never twice."""

import asyncio
from random import Random
from typing import Any

import pytest

from contracts.catalog import DiscardCharges, OrderedItem, PriceOrder
from contracts.message import Command

from .orders import Catalog, delivered, order

SEATS = OrderedItem(item_id="1", package="Enterprise Standard", quantity=5)


def seats(order_id: str, **facts: Any) -> PriceOrder:
    """Five seats, which bring five free numbers."""
    return order(order_id, items=(SEATS,), **facts)


def numbers(order_id: str, count: int, **facts: Any) -> PriceOrder:
    """More numbers for the customer, and nothing else."""
    return order(order_id, items=(), numbers=count, **facts)


async def left(catalog: Catalog, customer: str = "c-1") -> int:
    return await catalog.pool.fetchval('SELECT "left" FROM allowances WHERE customer_id = $1', customer) or 0


async def charged(catalog: Catalog, *commands: Command) -> list[int]:
    """How many numbers each of these orders is charged for."""
    answers = await catalog.send(*commands)
    return [sum(line.quantity for line in one.lines if line.first_period) for one in answers]


async def leave(catalog: Catalog, order_id: str = "first", **facts: Any) -> None:
    await catalog.send(seats(order_id, **facts))
    await catalog.send(delivered(0, "1", order_id=order_id, numbers=facts.get("numbers", 0)))


async def test_what_delivered_seats_did_not_use_is_free_for_the_next_order(catalog: Catalog) -> None:
    await leave(catalog, numbers=2)
    assert await left(catalog) == 3
    assert await charged(catalog, numbers("second", 4), numbers("third", 4)) == [1, 4]
    assert await left(catalog) == 0


async def test_another_customer_has_none_of_it(catalog: Catalog) -> None:
    await leave(catalog)
    assert await charged(catalog, numbers("second", 4, customer_id="c-2")) == [4]
    assert await left(catalog) == 5


async def test_seats_that_are_not_delivered_leave_nothing(catalog: Catalog) -> None:
    await catalog.send(seats("first"))
    assert await charged(catalog, numbers("second", 1)) == [1]


async def test_an_order_that_is_taken_back_gives_back_what_it_took_and_once(catalog: Catalog) -> None:
    await leave(catalog)
    await catalog.send(numbers("second", 4))
    assert await left(catalog) == 1
    discard = DiscardCharges(order_id="second", run=1)
    for _ in range(2):
        await catalog.send(discard, discard)
    assert await left(catalog) == 5


@pytest.mark.parametrize("together", [True, False])
async def test_a_newer_run_has_what_the_one_before_took(catalog: Catalog, *, together: bool) -> None:
    await leave(catalog)
    first, again = numbers("second", 4), numbers("second", 7, run=2)
    if together:
        assert await charged(catalog, first, again) == [0, 2]
    else:
        assert [*await charged(catalog, first), *await charged(catalog, again)] == [0, 2]
    assert await left(catalog) == 0


async def test_a_run_that_cannot_be_priced_changes_nothing(catalog: Catalog) -> None:
    await leave(catalog)
    await catalog.send(numbers("second", 4))
    unknown = order("second", run=2, items=(OrderedItem(item_id="1", package="No Such"),), numbers=4)
    await catalog.send(unknown)
    assert await left(catalog) == 1


async def test_the_same_run_again_takes_nothing_again(catalog: Catalog) -> None:
    await leave(catalog)
    for _ in range(2):
        assert await charged(catalog, numbers("second", 4)) == [0]
    assert await left(catalog) == 1


async def test_a_delivery_that_is_told_twice_leaves_it_once(catalog: Catalog) -> None:
    await leave(catalog)
    await catalog.send(delivered(0, "1", order_id="first"))
    assert await left(catalog) == 5


async def test_a_trunk_leaves_none(catalog: Catalog) -> None:
    trunk = OrderedItem(item_id="1", package="Standard Select Voice Lines", quantity=4, trunking=True)
    await catalog.send(order("first", items=(trunk,)))
    await catalog.send(delivered(0, "1", order_id="first"))
    assert await left(catalog) == 0


async def test_however_many_orders_of_a_customer_are_priced_at_once_each_free_number_is_given_once(
    catalog: Catalog,
) -> None:
    await leave(catalog)
    chance = Random(7)
    wishes = [numbers(f"o-{n}", chance.randint(1, 3)) for n in range(12)]

    async def price(one: PriceOrder) -> None:
        async with catalog.pool.acquire() as connection, connection.transaction():
            unit = await catalog.handled(connection, [one])
            await unit.flush()

    await asyncio.gather(*(price(one) for one in wishes))
    beyond = "SELECT sum(quantity) FROM charges WHERE item_id = 'numbers' AND first_period"
    assert await catalog.pool.fetchval(beyond) == sum(one.numbers for one in wishes) - 5
    assert await left(catalog) == 0
