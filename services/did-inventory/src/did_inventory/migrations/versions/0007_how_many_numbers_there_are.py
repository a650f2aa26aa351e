"""how many numbers there are, kept as they change."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# Of a statement, whoever sends it: what it adds and takes away by area code and state.
NOTE = """
CREATE FUNCTION note_number_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO number_counts SELECT npa, status, count(*) FROM newer GROUP BY npa, status;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO number_counts SELECT npa, status, -count(*) FROM older GROUP BY npa, status;
    ELSE
        INSERT INTO number_counts
        SELECT npa, status, sum(change)
        FROM (SELECT npa, status, 1 AS change FROM newer UNION ALL SELECT npa, status, -1 FROM older) AS both_sides
        GROUP BY npa, status HAVING sum(change) <> 0;
    END IF;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER note_number_counts_on_{what} AFTER {what} ON numbers {tables}
FOR EACH STATEMENT EXECUTE FUNCTION note_number_counts()
"""
TABLES = {
    "insert": "REFERENCING NEW TABLE AS newer",
    "update": "REFERENCING NEW TABLE AS newer OLD TABLE AS older",
    "delete": "REFERENCING OLD TABLE AS older",
}


def upgrade() -> None:
    op.create_table(
        "number_counts",
        sa.Column("npa", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
    )
    op.execute("LOCK TABLE numbers IN SHARE ROW EXCLUSIVE MODE")  # until the triggers are there
    op.execute("INSERT INTO number_counts SELECT npa, status, count(*) FROM numbers GROUP BY npa, status")
    op.execute(NOTE)
    for what, tables in TABLES.items():
        op.execute(TRIGGER.format(what=what, tables=tables))


def downgrade() -> None:
    for what in TABLES:
        op.execute(f"DROP TRIGGER note_number_counts_on_{what} ON numbers")
    op.execute("DROP FUNCTION note_number_counts()")
    op.drop_table("number_counts")
