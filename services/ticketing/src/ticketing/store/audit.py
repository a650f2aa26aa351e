"""What ticketing shows to whoever checks the invariants."""

from chassis.messaging import audit

VIEWS = {
    **audit.VIEWS,
    # Every ticket, with its outcome and the proof of it where people resolved it.
    "audit_tickets": """
SELECT ticket_id, order_id, item_id, kind, state, partner_id, run, outcome, activated_on, trunk_group,
    numbers_confirmed
FROM tickets
""",
    # What was done with tickets, by people and by the saga.
    "audit_ticket_acts": """
SELECT ticket_id, who, what, why, at FROM history
""",
}
