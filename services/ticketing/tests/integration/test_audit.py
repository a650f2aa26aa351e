"""What ticketing shows to whoever checks the invariants."""

from datetime import date

import pytest

from .tickets import BUILT, TRUNK_A, YESTERDAY, Resolve, Rows

pytestmark = pytest.mark.usefixtures("order")
TICKETS = """
SELECT ticket_id, order_id, item_id, kind, state, partner_id, run, outcome, activated_on, trunk_group, numbers_confirmed
FROM audit_tickets WHERE kind = 'trunking' ORDER BY ticket_id
"""
ACTS = "SELECT ticket_id, who, what, why, at IS NOT NULL FROM audit_ticket_acts WHERE ticket_id = 2 ORDER BY at"


async def test_tickets_are_shown_with_the_proof_of_their_outcome(resolve: Resolve, rows: Rows) -> None:
    await resolve(TRUNK_A, **BUILT)
    built = date.fromisoformat(YESTERDAY)
    assert await rows(TICKETS) == [
        (2, "o-1", "1", "trunking", "resolved", "p-1", 1, "done", built, "HSD Trunk 1", True),
        (3, "o-1", "2", "trunking", "acknowledged", "p-1", 1, None, None, "", False),
    ]


async def test_what_was_done_with_a_ticket_is_shown_with_who_and_why(resolve: Resolve, rows: Rows) -> None:
    await resolve(TRUNK_A, outcome="cannot-do", reason="The PBX has no SIP.")
    assert await rows(ACTS) == [
        (2, "order-intake", "opened", "Run 1 of the order asks for it.", True),
        (2, "m.alvarez", "resolved", "cannot-do: The PBX has no SIP.", True),
    ]
