"""SQL has a place, a name and a sentence."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.source import files, name, production, statements, tree

# The chassis keeps its statements beside what they are for; alembic's lock is a matter of migrations.
CHASSIS = "chassis/src/chassis/"
# Real time, and why: deadlines, retries and leases (design: business time comes in as an argument).
REAL_TIME = {
    "order_intake/store/orders.py:SAVE": "updated_at and ended_at are bookkeeping",
    "order_intake/store/orders.py:POSTPONE": "a deadline",
    "order_intake/store/orders.py:OPEN_GATES": "due at once, in real time",
    "order_intake/store/dead_letters.py:CLOSE": "when an operator acted",
    "broadsoft_provisioner/store/ledger.py:SETTLE": "bookkeeping of the ledger",
}


def in_store(path: Path) -> bool:
    return "store" in path.parts or "migrations" in path.parts


def test_sql_of_a_service_stands_in_its_store() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in production()
        if not in_store(path) and not name(path).startswith(CHASSIS)
        for node in statements(path)
    ]
    assert found == []


def named(path: Path) -> dict[int, str]:
    """Lines of the constants of a module -> their names; what a dict like VIEWS holds has the name of the dict."""
    found: dict[int, str] = {}
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found[line] = node.targets[0].id
    return found


@pytest.mark.parametrize("path", [path for path in production() if list(statements(path))], ids=name)
def test_a_statement_is_a_named_constant_with_a_sentence_above(path: Path) -> None:
    """So that a reader finds what it does before how, and the test that prepares every statement finds it at all."""
    if "migrations" in path.parts:
        return
    lines, names = path.read_text().splitlines(), named(path)
    wrong = []
    for node in statements(path):
        constant = names.get(node.lineno)
        if constant is None or not constant.strip("_").isupper():
            wrong.append(f"{name(path)}:{node.lineno} is no named constant")
            continue
        first = next(line for line, its in sorted(names.items()) if its == constant)
        above = node.lineno if constant == "VIEWS" else first
        if not lines[above - 2].strip().startswith("#"):
            wrong.append(f"{name(path)}:{above} {constant} has no sentence above it")
    assert wrong == []


def test_business_time_comes_into_sql_as_an_argument() -> None:
    found = set()
    for path in files("services"):
        if "store" in path.parts and "src" in path.parts:
            names = named(path)
            for node in statements(path):
                if re.search(r"\bnow\(\)|CURRENT_(DATE|TIMESTAMP)", str(node.value)):
                    found.add(f"{'/'.join(path.parts[path.parts.index('src') + 1 :])}:{names.get(node.lineno)}")
    assert found == set(REAL_TIME)
