"""What order-intake shows to whoever checks the invariants."""

from chassis.messaging import audit

# The subject and the progress of each order as JSON, and where the time line of the present run begins.
_RUNS = """
SELECT orders.*, subject::jsonb AS facts, progress::jsonb AS run_facts, (
    SELECT max(place) FROM jsonb_array_elements(progress::jsonb -> 'timeline') WITH ORDINALITY AS line (entry, place)
    WHERE entry ->> 'what' = 'started'
) AS began FROM orders
"""

VIEWS = {
    **audit.VIEWS,
    # Orders, where their run stands, and what they wait for.
    "audit_orders": f"""
SELECT order_id, partner_id, external_id, kind, state, reason, run, phase, due, held_until, version, ended_at,
    facts ->> 'service_provider_id' AS service_provider_id, facts ->> 'group_id' AS group_id,
    facts ->> 'customer_id' AS customer_id,
    EXISTS (
        SELECT FROM jsonb_array_elements(run_facts -> 'timeline') WITH ORDINALITY AS line (entry, place)
        WHERE place > began AND entry ->> 'what' = 'past the pivot'
    ) AS past_pivot,
    coalesce(run_facts #>> '{{steps,start billing,status}}' = 'done', false) AS billing_started,
    ARRAY (SELECT jsonb_object_keys(run_facts -> 'asked')) AS asked
FROM ({_RUNS}) AS runs
""",
    # The numbers that an order was given, by its own account: reserved, and delivered to its backorders.
    "audit_order_numbers": """
SELECT order_id, given ->> 'number' AS number, (given ->> 'trunking')::boolean AS trunking, delivered
FROM (
    SELECT order_id, jsonb_path_query(subject::jsonb, '$.reserved.numbers[*]') AS given, false AS delivered FROM orders
    UNION ALL
    SELECT order_id, jsonb_path_query(subject::jsonb, '$.delivered[*]'), true FROM orders
) AS numbers
""",
    # The users that were built for an order, by its own account.
    "audit_order_users": """
SELECT order_id, facts #>> '{group,service_provider_id}' AS service_provider_id,
    facts #>> '{group,group_id}' AS group_id, made ->> 'user_id' AS user_id, made ->> 'package' AS package,
    made ->> 'number' AS number
FROM (
    SELECT order_id, subject::jsonb AS facts, jsonb_path_query(subject::jsonb, '$.group.users[*]') AS made FROM orders
) AS users
""",
    # The items of an order with their states at the edge (the rule is that of domain/edge.py).
    "audit_order_items": """
SELECT order_id, item_id, item ->> 'package' AS package, (item ->> 'quantity')::int AS quantity, trunking,
    priced ->> 'fulfilment' AS fulfilment, coalesce((priced ->> 'seats')::int, 0) AS seats,
    CASE
        WHEN outcome = 'cannot-do' THEN 'failed'
        WHEN NOT forward THEN CASE WHEN state = 'partial' THEN 'completed' ELSE state END
        WHEN billed AND (NOT trunking OR outcome = 'done') THEN 'completed'
        WHEN state IN ('pending', 'held', 'acknowledged') THEN state
        ELSE 'inProgress'
    END AS state
FROM (
    SELECT order_id, state, item, place::text AS item_id, jsonb_typeof(item -> 'trunk') = 'object' AS trunking,
        phase = 'running' OR (phase = 'stuck' AND progress::jsonb ->> 'ending' IS NULL) AS forward,
        coalesce(progress::jsonb #>> '{steps,start billing,status}' = 'done', false) AS billed,
        priced -> place::text AS priced, resolved -> place::text ->> 'outcome' AS outcome
    FROM orders, LATERAL (
        SELECT subject::jsonb #> '{form,items}' AS items,
            (SELECT jsonb_object_agg(one ->> 'item_id', one)
                FROM jsonb_path_query(subject::jsonb, '$.priced.items[*]') AS one) AS priced,
            (SELECT jsonb_object_agg(one ->> 'item_id', one)
                FROM jsonb_path_query(subject::jsonb, '$.resolved[*]') AS one) AS resolved
        OFFSET 0  -- read once for each order, however many items it has
    ) AS facts, jsonb_array_elements(facts.items) WITH ORDINALITY AS ordered (item, place)
) AS items
""",
    # Enterprises and customers.
    "audit_accounts": """
SELECT account_id, partner_id, role, name, parent_id, broadworks_id, order_id, status, built FROM accounts
""",
    # Dead letters, open and closed.
    "audit_dead_letters": "SELECT dl_id, kind, order_id, service, error_code, state FROM dead_letters",
    # What operators did.
    "audit_acts": "SELECT order_id, dl_id, who, action, why, at FROM operator_actions",
}
