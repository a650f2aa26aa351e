"""What the commands of a transaction will touch is locked before the first of them is handled, in the one order."""

from collections.abc import Collection, Iterable, Sequence

from chassis.runtime.database import Connection
from contracts.message import Message
from contracts.nanp import npa
from contracts.numbers import AssignNumbers, ReleaseNumbers, ReserveNumbers
from did_inventory.domain.allocation import areas_wanted, scopes
from did_inventory.store import locks, numbers
from did_inventory.store.locks import Touched


class TooFew(Exception):
    """In these `areas` less can be had without waiting than is asked for."""

    def __init__(self, areas: Collection[str]) -> None:
        super().__init__(f"too few numbers in {', '.join(sorted(areas))}")
        self.areas = areas


async def lock(messages: Sequence[Message], connection: Connection) -> None:
    """`messages` are all that the transaction will handle. Nothing is waited for while a number is locked."""
    reserving = [one for one in messages if isinstance(one, ReserveNumbers)]
    touched = await _touched(messages, reserving, connection)
    if reserving:
        await _take_enough(connection, touched, reserving)
    else:
        await locks.take(connection, touched)


async def lock_stock(stock: Iterable[str], connection: Connection) -> None:
    """New numbers come in."""
    areas = frozenset(npa(number) for number in stock)
    await locks.take(connection, Touched(areas, stocked=areas))


async def _touched(messages: Sequence[Message], reserving: Sequence[ReserveNumbers], connection: Connection) -> Touched:
    orders = {one.order_id for one in messages if isinstance(one, ReleaseNumbers | AssignNumbers)}
    areas = frozenset(areas_wanted(reserving) | await locks.areas_of(connection, orders))
    frees = any(isinstance(one, ReleaseNumbers) for one in messages)
    return Touched(areas, orders, areas if frees else ())


async def _take_enough(connection: Connection, touched: Touched, reserving: Sequence[ReserveNumbers]) -> None:
    """Where there is too little, all is given back and taken again with these areas alone: each time with one more."""
    alone: set[str] = set()
    while True:
        try:
            async with connection.transaction():
                await locks.take(connection, touched, alone)
                await _require_enough(connection, reserving, alone)
        except TooFew as short:
            alone |= set(short.areas)
        else:
            return


async def _require_enough(connection: Connection, reserving: Sequence[ReserveNumbers], alone: Collection[str]) -> None:
    """Where an area is ours alone, what is there is all there is. Raises TooFew."""
    if more := await _too_few(connection, reserving) - set(alone):
        raise TooFew(more)


async def _too_few(connection: Connection, reserving: Sequence[ReserveNumbers]) -> set[str]:
    """The areas in which somebody else may hold what is asked for. What can be had is ours from now on."""
    chosen = await numbers.chosen(connection, reserving)
    held = {choice.number for one in reserving for choice in one.chosen} - chosen.keys()
    wanted = scopes(reserving)
    candidates = await numbers.candidates(connection, wanted)
    short = {scope[0] for scope, room in wanted.items() if len(candidates[scope]) < room}
    return short | {npa(number) for number in await numbers.free(connection, held)}
