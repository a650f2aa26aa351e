"""What every service shows of its messages to whoever checks the invariants."""

VIEWS = {
    # Messages that are not sent yet, can never be sent, or wait to be handled again, and why. The cause of one that was
    # set aside names its dead letter.
    "audit_messages": """
SELECT 'outbox' AS place, encode(key, 'escape') AS key, topic, created_at AS since, 'not sent' AS cause FROM outbox
UNION ALL
SELECT 'unsendable', encode(key, 'escape'), topic, set_aside_at, 'unsendable ' || unsendable_id
FROM unsendable WHERE state = 'open'
UNION ALL
SELECT 'waiting', key, topic, first_failed_at, CASE
    WHEN held_until > now() THEN 'in hand'
    WHEN error_code IS NOT NULL THEN error_code
    WHEN EXISTS (SELECT FROM waiting AS older WHERE older.key = waiting.key AND older.id < waiting.id) THEN 'queued'
    WHEN retry_at > now() - interval '10 seconds' THEN 'due'
    WHEN EXISTS (SELECT FROM waiting AS other WHERE other.held_until > now()) THEN 'others are in hand'
END FROM waiting
""",
}
