"""What is asked of the services: their audit views and nothing else. The columns are in the order of the rows."""

# Every order, with where its present run stands.
ORDERS = """
SELECT order_id, partner_id, external_id, kind, state, reason, run, phase, due, held_until, version, ended_at,
    service_provider_id, group_id, customer_id, past_pivot, billing_started, saga_version, asked
FROM audit_orders
"""
# The numbers that each order says it was given.
ORDER_NUMBERS = "SELECT order_id, number, trunking, delivered FROM audit_order_numbers"
# What each order says was delivered since its pivot.
ORDER_DELIVERIES = "SELECT order_id, numbers, delivered_on FROM audit_order_deliveries"
# The users that each order says were built for it.
ORDER_USERS = "SELECT order_id, service_provider_id, group_id, user_id, package, number FROM audit_order_users"
# What was ordered, and how far each item is.
ORDER_ITEMS = """
SELECT order_id, item_id, package, quantity, trunking, fulfilment, seats, elsewhere, parent, state
FROM audit_order_items
"""
# Enterprises and customers.
ACCOUNTS = """
SELECT account_id, partner_id, role, name, parent_id, broadworks_id, order_id, status, built FROM audit_accounts
"""
# Dead letters, open and closed.
DEAD_LETTERS = "SELECT dl_id, kind, order_id, service, error_code, state FROM audit_dead_letters"
# What operators did with orders and dead letters.
ACTS = "SELECT order_id, dl_id, who, action, why, at FROM audit_acts"
# The numbers that somebody has.
NUMBERS = "SELECT number, status, order_id, run, customer_id, from_backorder, trunking, partner_id FROM audit_numbers"
# Who waits, or waited, for numbers.
BACKORDERS = "SELECT backorder_id, order_id, run, partner_id, quantity, missing, cancelled FROM audit_backorders"
# How the billing of each order stands.
BILLING = """
SELECT order_id, run, partner_id, customer_id, state, billing_start, started_at, numbers_at_start,
    numbers_backordered, numbers_late, billed_from
FROM audit_billing
"""
# The plan of every run, line by line.
PLANS = """
SELECT order_id, run, line, item_id, package, kind, quantity, amount, from_date, first_period, state FROM audit_plans
"""
# What is charged every month, or once, and how far it is posted.
SUBSCRIPTIONS = """
SELECT subscription_id, partner_id, customer_id, order_id, run, line, item_id, package, kind, quantity, unit_price,
    from_date, to_date, posted_to, due_at
FROM audit_subscriptions
"""
# The ledger of charges, in the order of its numbers.
POSTINGS = """
SELECT posting, subscription_id, partner_id, customer_id, order_id, run, line, item_id, package, kind, quantity,
    unit_price, from_date, to_date, days, days_in_period, amount, reason, posted_at, reverses
FROM audit_postings ORDER BY posting
"""
# Every ticket, with the proof of those that people have resolved.
TICKETS = """
SELECT ticket_id, order_id, item_id, kind, state, partner_id, run, outcome, activated_on, trunk_group,
    numbers_confirmed
FROM audit_tickets
"""
# What was done with each ticket.
TICKET_ACTS = "SELECT ticket_id, who, what, why, at FROM audit_ticket_acts"
# The ledger of BroadWorks, effect by effect.
EFFECTS = """
SELECT order_id, run, seq, key, state, command, service_provider_id, group_id, user_id, package, number, extension
FROM audit_effects
"""
# The shared things that orders rely on.
USES = "SELECT order_id, resource FROM audit_uses"
# Which group each order works on.
WORKPLACES = "SELECT order_id, service_provider_id, group_id FROM audit_workplaces"
# Messages of a service that are not sent yet, or that wait to be handled again.
MESSAGES = "SELECT place, key, topic, since, cause FROM audit_messages"
