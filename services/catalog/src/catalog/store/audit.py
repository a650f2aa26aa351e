"""What catalog shows to whoever checks the invariants."""

from chassis.messaging import audit

VIEWS = {
    **audit.VIEWS,
    # How the billing of each order stands, of the run that was priced last.
    "audit_billing": """
SELECT order_id, run, partner_id, customer_id, state, billing_start, started_at,
    numbers_at_start, numbers_backordered, numbers_late
FROM order_billing
""",
    # Every charge line of every run: planned, posted or void.
    "audit_charges": """
SELECT order_id, run, line, item_id, package, kind, quantity, amount, from_date, first_period, state, posted_at
FROM charges
""",
}
