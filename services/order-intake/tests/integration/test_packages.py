"""What the catalogue tells is kept at the door: the newest of each package."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.catalog import PackageOffered
from order_intake.store import packages

from .desk import Desk

NOW = datetime(2026, 11, 16, 15, 4, tzinfo=UTC)


def offered(name: str, minutes: int = 0, **facts: Any) -> PackageOffered:
    plain = {
        "order_type": "Hosted PBX Services",
        "charges": ("MRC", "usage"),
        "fulfilment": "hosted",
        "seats": 1,
        "free_numbers": 1,
        "number": "optional",
        "orderable": True,
    }
    return PackageOffered(name=name, changed_at=NOW + timedelta(minutes=minutes), **{**plain, **facts})


async def test_the_door_knows_what_the_catalogue_told(desk: Desk):
    await desk.pool.execute("DELETE FROM packages")
    metered, fee = offered("Basic Metered"), offered("Late Fee", charges=(), orderable=False, either_or="fees")
    await desk.tell(metered, "m1")
    await desk.tell(fee, "m2")
    assert await packages.all(desk.pool) == {"Basic Metered": metered, "Late Fee": fee}
    assert await desk.published() == []


async def test_the_newest_wins_and_a_withdrawn_package_stays_known(desk: Desk):
    await desk.pool.execute("DELETE FROM packages")
    withdrawn = offered("Basic Metered", 2, withdrawn=True)
    await desk.tell(withdrawn, "m1")
    await desk.tell(offered("Basic Metered", 1), "m2")
    assert await packages.all(desk.pool) == {"Basic Metered": withdrawn}
