"""What the catalogue tells is kept at the door: the newest of each package."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.catalog import PackageOffered
from order_intake.store import packages
from testkit.records import record_of

from .desk import Desk, body
from .portal import Submission, orders

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


@pytest.mark.parametrize(
    "wrong", [{"changed_at": "9999-12-31T23:59:59.999999Z"}, {"seats": 2**53 - 1}, {"free_numbers": 2**31}]
)
async def test_a_forged_package_stops_no_order_at_either_door(
    desk: Desk, ada: httpx.AsyncClient, submission: Submission, wrong: dict[str, Any]
):
    forged = record_of(offered("Z" * 80), "m1")
    forged.value = json.dumps(json.loads(forged.value or b"") | wrong).encode()
    await desk.deliver(forged)
    (letter,) = await desk.published()
    assert letter.texts["dl-error-code"] == "message-not-readable"
    assert (await ada.post("/orders", content=body())).status_code == 202
    await desk.deliver(submission(external_id="PO-2", enterprise="Another"))
    assert await orders(desk) == [("p-ada", "PO-1"), ("p-ada", "PO-2")]


@pytest.mark.parametrize("when", ["infinity", "-infinity"])
async def test_a_row_that_cannot_be_read_is_left_out_and_the_next_fact_mends_it(desk: Desk, when: str):
    await desk.pool.execute("DELETE FROM packages")
    await desk.tell(offered("Basic Metered"), "m1")
    await desk.tell(offered("Late Fee"), "m2")
    await desk.pool.execute(f"UPDATE packages SET changed_at = '{when}' WHERE name = 'Late Fee'")
    assert (await packages.all(desk.pool)).keys() == {"Basic Metered"}
    await desk.tell(offered("Late Fee", 1), "m3")
    assert (await packages.all(desk.pool))["Late Fee"] == offered("Late Fee", 1)
