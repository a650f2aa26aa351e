"""What catalog shows to whoever checks the invariants."""

from chassis.messaging import audit

VIEWS = {
    **audit.VIEWS,
    # How the billing of each order stands, of the run that was priced last.
    "audit_billing": """
SELECT order_id, run, partner_id, customer_id, state, billing_start, started_at,
    numbers_at_start, numbers_backordered, numbers_late, coalesce(priced ->> 'billed_from', 'asked') AS billed_from
FROM order_billing
""",
    # The plan of every run; a line of one that was taken back is void.
    "audit_plans": """
SELECT order_id, run, line, item_id, package, kind, quantity, amount, from_date, first_period,
    CASE state WHEN 'void' THEN 'void' ELSE 'planned' END AS state
FROM charges
""",
    # What is charged from now on, every month or once, and up to where it was posted.
    "audit_subscriptions": """
SELECT subscription_id, partner_id, customer_id, order_id, run, line, item_id, package, kind, quantity, unit_price,
    anchor, from_date, to_date, posted_to, due_at
FROM subscriptions
""",
    # Everything that was posted.
    "audit_postings": """
SELECT posting, subscription_id, partner_id, customer_id, order_id, run, line, item_id, package, kind, quantity,
    unit_price, from_date, to_date, days, days_in_period, amount, reason, posted_at, reverses
FROM postings
""",
}
