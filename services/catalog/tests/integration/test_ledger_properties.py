"""Whatever happens to orders, dates and the clock: the ledger says what the rules give for what is delivered."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import uuid4

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from catalog.application import changing_dates, crediting
from catalog.application.changing_dates import Wish, WrongDay
from catalog.application.recurring import post_due, post_some
from chassis.messaging.unit import Unit, Units
from chassis.runtime.clock import Clock
from contracts.catalog import OrderedItem

from .orders import Catalog, delivered, order

BEGIN = datetime(2087, 1, 26, 15, tzinfo=UTC)
PRICES = {"Enterprise Standard": Decimal("17.45"), "Power User": Decimal("26.90")}
FEE, FEE_PRICE = "Broadsoft Provisioning Fee", Decimal("75.00")
BY_HAND = {"who": "olga", "why": "a test"}
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("order"), st.integers(1, 9), st.integers(-25, 60)),
        st.tuples(st.just("deliver"), st.integers(0, 5), st.integers(0, 40)),
        st.tuples(st.just("start"), st.integers(0, 5), st.integers(-60, 60)),
        st.tuples(st.just("end"), st.integers(0, 5), st.integers(-60, 60)),
        st.tuples(st.just("jump"), st.integers(1, 70), st.just(0)),
        st.tuples(st.sampled_from(["scan", "stop", "credit", "repeat"]), st.integers(0, 5), st.just(0)),
    ),
    min_size=4,
    max_size=25,
)


@dataclass
class Charged:
    """What the rules know of one charge: nothing is charged before it is delivered."""

    order_id: str
    package: str
    quantity: int
    delivered_on: date | None = None
    ends: date | None = None


@dataclass
class Model:
    """Dates by order, and charges; `lines` says what has to stand today."""

    today: datetime = BEGIN
    starts: dict[str, date] = field(default_factory=dict)
    charges: list[Charged] = field(default_factory=list)
    deliveries: dict[str, int] = field(default_factory=dict)
    credited: set[int] = field(default_factory=set)

    def lines(self, one: Charged) -> Iterator[tuple[date, date | None, Decimal]]:
        if one.delivered_on is None:
            return
        start, today = max(self.starts[one.order_id], one.delivered_on), self.today.date()
        if one.package == FEE:
            if start <= today:
                yield start, None, FEE_PRICE
            return
        since = start
        while since <= today and (one.ends is None or since < one.ends):
            length = calendar.monthrange(since.year, since.month)[1]
            following = since.replace(day=1) + timedelta(days=length)
            until = min(following, one.ends or following)
            share = PRICES[one.package] * one.quantity * (until - since).days / length
            yield since, until, share.quantize(Decimal("0.01"), ROUND_HALF_UP)
            since = following


class World:
    """The service beside the model. Days are those of UTC: the customers live there."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog, self.model, self.name = catalog, Model(), uuid4().hex

    def units(self) -> Units:
        return Units(self.catalog.pool, "catalog", Clock(self.model.today - datetime.now(UTC)))

    async def happen(self, what: str, number: int, days: int) -> None:
        model = self.model
        match what:
            case "order":
                await self.order(number, days)
            case "deliver" if model.deliveries:
                await self.deliver(self.pick(number), days)
            case "repeat" if any(model.deliveries.values()):
                some = sorted(order_id for order_id, count in model.deliveries.items() if count)
                await self.send(delivered(0, "1", order_id=some[number % len(some)]))
            case "start" if model.starts:
                await self.start(self.pick(number), model.today.date() + timedelta(days=days))
            case "end":
                await self.end(number, model.today.date() + timedelta(days=days))
            case "jump":
                model.today += timedelta(days=number)
            case "scan":
                await post_due(self.units())
            case "stop":
                async with self.catalog.pool.acquire() as connection:
                    stopped = connection.transaction()
                    await stopped.start()
                    await post_some(Unit(connection, "catalog", clock=self.units().clock), 1)
                    await stopped.rollback()
            case "credit":
                await self.credit(number)

    def pick(self, number: int) -> str:
        return sorted(self.model.starts)[number % len(self.model.starts)]

    async def send(self, *commands: Any) -> None:
        """As of the model's day."""
        settings = self.catalog.settings.model_copy(update={"business_time_ahead": self.units().clock.ahead})
        await Catalog(self.catalog.service, self.catalog.pool, settings).send(*commands)

    async def order(self, quantity: int, days: int) -> None:
        order_id, today = f"{self.name}-{len(self.model.starts)}", self.model.today.date()
        start = max(today + timedelta(days=days), today.replace(day=1))
        package = "Power User" if quantity % 2 else "Enterprise Standard"
        items = (
            OrderedItem(item_id="1", package=package, quantity=quantity),
            OrderedItem(item_id="2", package=FEE),
        )
        facts = {"time_zone": "UTC", "submitted_on": today, "billing_start": start, "items": items}
        await self.send(order(order_id, customer_id=self.name, **facts))
        self.model.starts[order_id], self.model.deliveries[order_id] = start, 0
        self.model.charges += [Charged(order_id, package, quantity), Charged(order_id, FEE, 1)]

    async def deliver(self, order_id: str, days: int) -> None:
        """First the item, some days ago; then the fee."""
        number = self.model.deliveries[order_id]
        if number > 1:
            return
        on = self.model.today.date() - timedelta(days=days)
        await self.send(delivered(number, str(number + 1), order_id=order_id, on=on))
        self.model.deliveries[order_id] = number + 1
        [one for one in self.model.charges if one.order_id == order_id][number].delivered_on = on

    async def start(self, order_id: str, day: date) -> None:
        async with self.units().begin() as unit:
            try:
                await changing_dates.change_start(unit, order_id, Wish(day, **BY_HAND))
            except WrongDay:
                return
        self.model.starts[order_id] = day

    async def end(self, number: int, day: date) -> None:
        """Of a monthly charge that is delivered."""
        monthly = [one for one in self.model.charges if one.delivered_on and one.package != FEE]
        if not monthly:
            return
        one = monthly[number % len(monthly)]
        found = await self.catalog.pool.fetchval(
            "SELECT subscription_id FROM subscriptions WHERE order_id = $1 AND kind = 'MRC'", one.order_id
        )
        async with self.units().begin() as unit:
            await changing_dates.end(unit, found, Wish(day, **BY_HAND))
        one.ends = day

    async def credit(self, number: int) -> None:
        """A charge of which something was credited is judged no more: people say what it costs."""
        rows = await self.catalog.pool.fetch(
            "SELECT posting, subscription_id FROM postings WHERE customer_id = $1 AND standing ORDER BY posting",
            self.name,
        )
        if rows:
            row = rows[number % len(rows)]
            async with self.units().begin() as unit:
                await crediting.credit(unit, row["posting"], **BY_HAND)
            self.model.credited.add(row["subscription_id"])

    async def check(self) -> None:
        await post_due(self.units())
        rows = await self.catalog.pool.fetch("SELECT * FROM postings WHERE customer_id = $1", self.name)
        gone = await self.catalog.pool.fetch(
            "SELECT order_id, package FROM subscriptions WHERE subscription_id = ANY($1::bigint[])", self.model.credited
        )
        left_out = {tuple(row) for row in gone}
        names = ("order_id", "package", "from_date", "to_date", "amount")
        stands = [tuple(str(row[name]) for name in names) for row in rows if row["standing"]]
        wanted = [
            (one.order_id, one.package, *map(str, line)) for one in self.model.charges for line in self.model.lines(one)
        ]
        assert _judged(stands, left_out) == _judged(wanted, left_out)
        by_number = {row["posting"]: row for row in rows}
        for row in rows:
            if row["reverses"] is not None:
                assert row["amount"] == -by_number[row["reverses"]]["amount"]
        assert sum(row["amount"] for row in rows) == sum(row["amount"] for row in rows if row["standing"])
        await self.check_told({row["posting"]: row["amount"] for row in rows})

    async def check_told(self, posted: dict[int, Decimal]) -> None:
        events = [one for one in await self.catalog.sent("billing.events") if one.customer_id == self.name]
        told = [(line.posting, line.amount) for one in events for line in one.lines]
        assert sorted(told) == sorted(posted.items())


def _judged(lines: list[tuple[str, ...]], left_out: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return sorted(line for line in lines if line[:2] not in left_out)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(events=EVENTS)
async def test_the_ledger_is_what_the_rules_give_whatever_happens(
    catalog: Catalog, events: list[tuple[str, int, int]]
) -> None:
    world = World(catalog)
    for what, number, days in events:
        await world.happen(what, number, days)
    await world.check()
