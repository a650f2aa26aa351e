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
SELECT 'waiting', key, topic, first_failed_at, coalesce(error_code, (
    SELECT 'queued' FROM waiting AS older WHERE older.key = waiting.key AND older.id < waiting.id LIMIT 1
)) FROM waiting
""",
}
