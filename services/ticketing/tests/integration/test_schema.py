"""What the schema itself refuses, whoever writes."""

import asyncpg
import pytest

from chassis.runtime.database import Pool
from contracts.tickets import OpenTickets, TicketRequest

from .tickets import SETUP, Deliver

PROVED = "activated_on = '2026-03-01', trunk_group = 'T1', numbers_confirmed = true"
SIGNED = "resolved_by = 'r.chen', resolved_at = now()"


@pytest.fixture(autouse=True)
async def trunk(deliver: Deliver) -> None:
    request = TicketRequest(kind="trunking", item_id="1", summary="Build trunk")
    await deliver(OpenTickets(order_id="o-1", run=1, partner_id="p-1", tickets=(request,)))


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        ("state = 'resolved'", "outcome_when_resolved"),
        (f"outcome = 'done', {PROVED}, {SIGNED}", "outcome_when_resolved"),
        (f"state = 'cancelled', outcome = 'cannot-do', reason = 'No SIP.', {SIGNED}", "outcome_when_resolved"),
        (f"state = 'resolved', outcome = 'done', {PROVED}", "who_and_when"),
        ("resolved_by = 'r.chen', resolved_at = now()", "who_and_when"),
        (f"state = 'resolved', outcome = 'done', {SIGNED}", "proof_when_trunking_done"),
        (f"state = 'resolved', outcome = 'cannot-do', {SIGNED}", "reason_when_not_done"),
        (f"state = 'resolved', outcome = 'perhaps', {SIGNED}", "outcome_known"),
        ("state = 'lost'", "state_known"),
        ("kind = 'lost'", "kind_known"),
    ],
)
async def test_a_ticket_that_contradicts_itself_is_not_stored(pool: Pool, change: str, fact: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await pool.execute(f"UPDATE tickets SET {change}")
    assert refused.value.constraint_name == fact


async def test_a_proved_and_signed_trunk_is_stored(pool: Pool) -> None:
    await pool.execute(f"UPDATE tickets SET state = 'resolved', outcome = 'done', {PROVED}, {SIGNED}")
    assert await pool.fetchval("SELECT state FROM tickets") == "resolved"


async def test_a_setup_is_stored_as_done_with_its_day_only(pool: Pool, deliver: Deliver) -> None:
    await deliver(SETUP)
    change = f"UPDATE tickets SET state = 'resolved', outcome = 'done', {SIGNED} WHERE kind = 'setup'"
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await pool.execute(change)
    assert refused.value.constraint_name == "date_when_setup_done"
    await pool.execute(change.replace(" WHERE", ", activated_on = '2026-03-01' WHERE"))
    assert await pool.fetchval("SELECT state FROM tickets WHERE kind = 'setup'") == "resolved"


async def test_one_order_has_one_ticket_for_an_item_and_kind(pool: Pool) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await pool.execute(
            "INSERT INTO tickets (order_id, item_id, kind, run, partner_id, summary, opened_at, changed_at)"
            " SELECT order_id, item_id, kind, 2, partner_id, summary, opened_at, changed_at FROM tickets"
        )
