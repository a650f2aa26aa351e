"""What did-inventory shows to whoever checks the invariants."""

from chassis.messaging import audit

VIEWS = {
    **audit.VIEWS,
    # Numbers that somebody has.
    "audit_numbers": """
SELECT number, status, order_id, run, customer_id, backorder_id IS NOT NULL AS from_backorder, trunking,
    partner_id
FROM numbers WHERE status <> 'available'
""",
    # Who waits, or waited, for numbers.
    "audit_backorders": """
SELECT backorder_id, order_id, run, partner_id, quantity, missing, cancelled FROM backorders
""",
}
