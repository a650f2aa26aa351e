"""What broadsoft-provisioner shows to whoever checks the invariants."""

from chassis.messaging import audit

VIEWS = {
    **audit.VIEWS,
    # The ledger. What an effect is about comes from the elements of its command, as far as it is about one thing:
    # a command of many numbers has none here.
    "audit_effects": """
SELECT order_id, run, seq, effect_key AS key, state, effect #>> '{do,0}' AS command,
    said.service_provider_id, said.group_id, said.user_id, nullif(effect ->> 'package', '') AS package,
    CASE WHEN said.numbers = 1 THEN said.number END AS number, said.extension
FROM ledger CROSS JOIN LATERAL (
    SELECT max(element ->> 1) FILTER (WHERE element ->> 0 = 'serviceProviderId') AS service_provider_id,
        max(element ->> 1) FILTER (WHERE element ->> 0 = 'groupId') AS group_id,
        max(element ->> 1) FILTER (WHERE element ->> 0 = 'userId') AS user_id,
        max(element ->> 1) FILTER (WHERE element ->> 0 = 'phoneNumber') AS number,
        count(*) FILTER (WHERE element ->> 0 = 'phoneNumber') AS numbers,
        max(element ->> 1) FILTER (WHERE element ->> 0 = 'extension') AS extension
    FROM jsonb_array_elements(effect #> '{do,1}') AS element
) AS said
""",
    # The shared things that orders rely on.
    "audit_uses": "SELECT order_id, resource FROM uses",
    # Which group each order works on.
    "audit_workplaces": "SELECT order_id, service_provider_id, group_id FROM workplaces",
}
