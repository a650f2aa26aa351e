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
    coalesce(run_facts #>> '{{steps,start billing,status}}' = 'done', false)
        OR facts -> 'billed' IS DISTINCT FROM 'null' AND facts ? 'billed' AS billing_started,
    (run_facts ->> 'version')::int AS saga_version,
    ARRAY (SELECT jsonb_object_keys(run_facts -> 'asked')) AS asked
FROM ({_RUNS}) AS runs
""",
    # The numbers that an order was given, by its own account: reserved, and delivered to its backorders; none that it
    # gave back, because people could not build their trunk.
    "audit_order_numbers": """
SELECT order_id, given ->> 'number' AS number, (given ->> 'trunking')::boolean AS trunking, delivered
FROM (
    SELECT order_id, facts ->> 'returned' = 'true' AS returned,
        jsonb_path_query(facts, '$.reserved.numbers[*]') AS given, false AS delivered
    FROM (SELECT order_id, subject::jsonb AS facts FROM orders) AS priced
    UNION ALL
    SELECT order_id, false, jsonb_path_query(subject::jsonb, '$.delivered[*]'), true FROM orders
) AS numbers
WHERE NOT (coalesce(returned, false) AND (given ->> 'trunking')::boolean)
""",
    # What was delivered since the pivot, by the order's own account: items, and how many numbers, and when.
    "audit_order_deliveries": """
SELECT order_id, place::int AS place, one -> 'items' AS items, (one ->> 'numbers')::int AS numbers,
    (one ->> 'on')::date AS delivered_on
FROM orders, jsonb_array_elements(subject::jsonb -> 'given') WITH ORDINALITY AS given (one, place)
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
    # The items of an order with their states at the edge, and whether people deliver them (the rules are those of
    # domain/edge.py and domain/deliveries.py; an order of version 2 is past its billing at part 5).
    "audit_order_items": """
SELECT order_id, item_id, item ->> 'package' AS package, (item ->> 'quantity')::int AS quantity, trunking,
    priced ->> 'fulfilment' AS fulfilment, coalesce((priced ->> 'seats')::int, 0) AS seats,
    coalesce((priced ->> 'elsewhere')::boolean, false) AS elsewhere, coalesce(priced ->> 'parent', '') AS parent,
    CASE
        WHEN failed THEN 'failed'
        WHEN NOT forward THEN CASE WHEN state = 'partial' THEN 'completed' ELSE state END
        WHEN version = 1 AND billed AND (NOT trunking OR outcome = 'done') THEN 'completed'
        WHEN version > 1 AND at > 4 AND (given OR NOT by_people) THEN 'completed'
        WHEN state IN ('pending', 'held', 'acknowledged') THEN state
        ELSE 'inProgress'
    END AS state
FROM (
    SELECT *,
        coalesce(outcome = 'cannot-do' OR parents_outcome = 'cannot-do', false)
            OR set_up = 'cannot-do' AND coalesce((priced ->> 'elsewhere')::boolean, false)
            OR set_up = 'cannot-do' AND coalesce((parents ->> 'elsewhere')::boolean, false) AS failed,
        coalesce(
            (coalesce(parents, priced) ->> 'elsewhere')::boolean
                OR coalesce(parents, priced) ->> 'fulfilment' = 'trunking', trunking
        ) AS by_people
    FROM (
        SELECT order_id, state, item, place::text AS item_id, jsonb_typeof(item -> 'trunk') = 'object' AS trunking,
            phase = 'running' OR (phase = 'stuck' AND run_facts ->> 'ending' IS NULL) AS forward,
            (run_facts ->> 'version')::int AS version, (run_facts ->> 'at')::int AS at,
            coalesce(run_facts #>> '{steps,start billing,status}' = 'done', false) AS billed,
            priced -> place::text AS priced, priced -> (priced -> place::text ->> 'parent') AS parents,
            resolved -> place::text ->> 'outcome' AS outcome,
            resolved -> (priced -> place::text ->> 'parent') ->> 'outcome' AS parents_outcome,
            set_up, coalesce(given @> to_jsonb(place::text), false) AS given
        FROM orders, LATERAL (
            SELECT subject::jsonb #> '{form,items}' AS items, progress::jsonb AS run_facts,
                subject::jsonb #>> '{setup,outcome}' AS set_up,
                jsonb_path_query_array(subject::jsonb, '$.given[*].items[*]') AS given,
                (SELECT jsonb_object_agg(one ->> 'item_id', one)
                    FROM jsonb_path_query(subject::jsonb, '$.priced.items[*]') AS one) AS priced,
                (SELECT jsonb_object_agg(one ->> 'item_id', one)
                    FROM jsonb_path_query(subject::jsonb, '$.resolved[*]') AS one) AS resolved
            OFFSET 0  -- read once for each order, however many items it has
        ) AS facts, jsonb_array_elements(facts.items) WITH ORDINALITY AS ordered (item, place)
    ) AS told
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
