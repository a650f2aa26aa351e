"""SQL has a place, a name and a sentence, and gets business time as an argument."""

import ast
import re
from collections.abc import Iterator

from tests.house.source import Module

STATEMENT = re.compile(
    r"\s*(--.*\n\s*)*"
    r"((SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|LOCK TABLE|NOTIFY|TRUNCATE|ANALYZE|COPY|COMMIT|BEGIN)\b"
    r"|(select|insert into|delete from|with)\s+\w+.*\b(from|values|as)\b|update\s+\w+\s+set\b)"
)
DATABASE_CALLS = {
    *("fetch", "fetchrow", "fetchval", "fetchmany", "execute", "executemany", "prepare", "cursor"),
    *("copy_records_to_table", "copy_to_table", "copy_from_table", "copy_from_query"),
}
NOW = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)|\b(CURRENT|LOCAL)_?(DATE|TIME)",
    re.IGNORECASE,
)
# Real time, and why: deadlines, retries and leases are no business time.
REAL_TIME = {
    "order_intake/store/orders.py:SAVE": "updated_at and ended_at are bookkeeping",
    "order_intake/store/orders.py:POSTPONE": "a deadline",
    "order_intake/store/counts.py:ENDED_ORDERS": "ended_at is bookkeeping, by the same clock",
    "order_intake/store/dead_letters.py:CLOSE": "when an operator acted",
    "order_intake/store/packages.py:ADD": "facts are dated by the clock of their owner, and none is of the future",
    "broadsoft_provisioner/store/ledger.py:SETTLE": "bookkeeping of the ledger, in a turn, which is a lease",
    "broadsoft_provisioner/store/ledger.py:INTEND": "in a turn, which is a lease",
    "broadsoft_provisioner/store/turns.py:TAKE": "a lease",
    "broadsoft_provisioner/store/turns.py:KEEP": "a lease",
}


def statements(module: Module) -> Iterator[ast.Constant]:
    """Every text that begins as an SQL statement; docstrings are prose."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, kinds) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module.tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in prose and STATEMENT.match(text):
            yield node


def constants(module: Module) -> dict[int, tuple[str, ast.Assign]]:
    """Line -> the name and assignment of the module's constant that stands there."""
    found: dict[int, tuple[str, ast.Assign]] = {}
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found[line] = (node.targets[0].id, node)
    return found


def sql_outside_store(module: Module) -> Iterator[str]:
    if module.in_service and not module.in_store:
        yield from (f"{module.at(node)} is SQL outside store/" for node in statements(module))
        for call, called in module.calls():
            if "." in called and called.rsplit(".", 1)[1] in DATABASE_CALLS:
                yield f"{module.at(call)} asks the database outside store/: {called}"
        for node, name in module.imports():
            if name.split(".")[0] == "sqlalchemy":
                yield f"{module.at(node)} imports SQLAlchemy outside store/"


def nameless_statements(module: Module) -> Iterator[str]:
    """A statement is a constant with a comment above; only the audit views stand in a dictionary."""
    if "migrations" in module.rooms:
        return
    lines, named = module.text.splitlines(), constants(module)
    for node in statements(module):
        name, assign = named.get(node.lineno, ("", None))
        if assign is None or not name.strip("_").isupper():
            yield f"{module.at(node)} is no named constant"
            continue
        if not isinstance(assign.value, ast.Constant | ast.JoinedStr) and name != "VIEWS":
            yield f"{module.at(node)} {name} hides statements from the test that prepares them"
        above = node.lineno if name == "VIEWS" else assign.lineno
        if not lines[above - 2].strip().startswith("#"):
            yield f"{module.at(node)} {name} has no sentence above it"


def business_time_in_sql(module: Module) -> Iterator[str]:
    if not (module.in_service and "store" in module.rooms and "src" in module.rooms):
        return
    named, place = constants(module), "/".join(module.rooms[module.rooms.index("src") + 1 :])
    for node in statements(module):
        name = f"{place}:{named.get(node.lineno, ('',))[0]}"
        if NOW.search(str(node.value)) and name not in REAL_TIME:
            yield f"{module.at(node)} {name} has a clock of its own"


def untyped_rows(module: Module) -> Iterator[str]:
    """What leaves a store is a dataclass, a NamedTuple or plain values."""
    if module.in_service and "store" in module.rooms:
        for node in module.functions():
            answer = ast.unparse(node.returns) if node.returns else ""
            if not node.name.startswith("_") and re.search(r"\b(Any|Record)\b", answer):
                yield f"{module.at(node)} {node.name} answers {answer}"


RULES = (sql_outside_store, nameless_statements, business_time_in_sql, untyped_rows)
