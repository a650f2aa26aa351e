"""The messaging tables as the services' migrations create them; frozen, tables.py is compared with the result."""

UP_1 = """
CREATE TABLE inbox (
    message_id varchar PRIMARY KEY,
    mark varchar,
    reply_type varchar,
    reply bytea,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_mark ON inbox (mark) WHERE mark IS NOT NULL;
CREATE INDEX inbox_received_at ON inbox USING brin (received_at);
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shard smallint NOT NULL,
    topic varchar NOT NULL,
    key bytea,
    value bytea,
    headers varchar NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01);
CREATE TABLE parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id varchar NOT NULL UNIQUE,
    mark varchar,
    key varchar NOT NULL,
    topic varchar NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    record_key bytea,
    value bytea,
    headers varchar NOT NULL,
    attempt integer NOT NULL DEFAULT 0,
    retry_at timestamptz NOT NULL DEFAULT now(),
    error_code varchar,
    error varchar,
    first_failed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX parked_key ON parked (key, id)
"""
DOWN_1 = "DROP TABLE parked; DROP TABLE outbox; DROP TABLE inbox"
TABLES = ("inbox", "outbox", "parked")


def statements(script: str) -> list[str]:
    """One statement each: the driver prepares every statement it executes."""
    return [one.strip() for one in script.split(";") if one.strip()]
