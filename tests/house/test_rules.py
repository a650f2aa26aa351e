"""Every rule of the house catches what it is there for: a check that cannot fail is a defect."""

from collections.abc import Callable, Iterator

import pytest

from tests.house.rules import layout, purity, sizes, sql
from tests.house.source import Module

Rule = Callable[[Module], Iterator[str]]
API = "services/catalog/src/catalog/api/charges.py"
STORE = "services/catalog/src/catalog/store/charges.py"
TABLES = "services/catalog/src/catalog/store/tables.py"
DOMAIN = "services/catalog/src/catalog/domain/charges.py"
HANDLERS = "services/catalog/src/catalog/handlers.py"
SAGA = "chassis/src/chassis/saga/engine.py"
NAMED = "# What is sold.\n"

BREACHES: list[tuple[Rule, str, str]] = [
    (sql.sql_outside_store, API, 'x = "SELECT 1 FROM a"'),
    (sql.sql_outside_store, API, 'def f():\n    g("-- why\\nUPDATE a SET b = 1")'),
    (sql.sql_outside_store, API, 'x = "select a from b"'),
    (sql.sql_outside_store, API, 'x = "LOCK TABLE a"'),
    (sql.sql_outside_store, HANDLERS, "async def f(unit):\n    await unit.connection.execute(TEXT)"),
    (sql.sql_outside_store, HANDLERS, "async def f(pool):\n    await pool.copy_records_to_table('a', records=[])"),
    (sql.sql_outside_store, API, "from sqlalchemy import select"),
    (sql.nameless_statements, STORE, 'FIND = "SELECT 1 FROM a"'),
    (sql.nameless_statements, STORE, f'{NAMED}find = "SELECT 1 FROM a"'),
    (sql.nameless_statements, STORE, f'{NAMED}QUERIES = {{"a": "SELECT 1 FROM a"}}'),
    (sql.nameless_statements, STORE, 'def f(c):\n    return c.fetch("SELECT 1 FROM a")'),
    (sql.business_time_in_sql, STORE, f'{NAMED}FIND = "SELECT now() FROM a"'),
    (sql.business_time_in_sql, STORE, f'{NAMED}FIND = "SELECT clock_timestamp() FROM a"'),
    (sql.business_time_in_sql, STORE, f'{NAMED}FIND = "SELECT LOCALTIMESTAMP FROM a"'),
    (sql.untyped_rows, STORE, "async def f() -> list[dict[str, Any]]: ..."),
    (sql.untyped_rows, STORE, "async def f() -> asyncpg.Record: ..."),
    (purity.commits, HANDLERS, "async def f(t):\n    await t.commit()"),
    (purity.commits, STORE, "async def f(c):\n    async with c.transaction():\n        pass"),
    (purity.environment, HANDLERS, "import os\nx = os.environ['A']"),
    (purity.clock_and_chance, DOMAIN, "import random"),
    (purity.clock_and_chance, DOMAIN, "from uuid_utils.compat import uuid7"),
    (purity.clock_and_chance, SAGA, "from datetime import datetime\nclock = datetime.now"),
    (purity.clock_and_chance, HANDLERS, "def f():\n    return datetime.now(UTC)"),
    (purity.clock_and_chance, STORE, "query = select(func.now())"),
    (purity.reflection, HANDLERS, "x = vars(module)"),
    (purity.reflection, DOMAIN, "x = Reply.__subclasses__()"),
    (purity.reflection, DOMAIN, "x = model.__pydantic_serializer__"),
    (purity.reflection, SAGA, "x = object.__new__(Progress)"),
    (purity.progress_in_place, HANDLERS, "def f(run):\n    run.progress.due = None"),
    (purity.counters_before_the_commit, HANDLERS, "def f():\n    POSTED.labels('a').inc()"),
    (purity.counters_before_the_commit, STORE, "def f():\n    SECONDS.observe(1)"),
    (layout.routes_in_functions, API, "def f():\n    @router.get('/x')\n    def g(): ..."),
    (layout.routes_in_functions, API, "def f(router):\n    router.add_api_route('/x', g)"),
    (layout.routes_in_functions, API, "def f():\n    router = APIRouter()"),
    (layout.globals_of_a_module, HANDLERS, "service: Service = messaging.Service('a', [])"),
    (layout.globals_of_a_module, HANDLERS, "parts = {'api': FastAPI()}"),
    (layout.globals_of_a_module, HANDLERS, "def f():\n    global POOL\n    POOL = 1"),
    (layout.tests_in_source, HANDLERS, "import pytest"),
    (layout.tests_in_source, HANDLERS, "from testkit.time import EPOCH"),
    (layout.tests_in_source, HANDLERS, "x = import_module('testkit.time')"),
    (layout.tests_in_source, HANDLERS, "class FakeDesk: ..."),
    (layout.tests_in_source, "services/catalog/src/catalog/fakes.py", ""),
    (layout.tests_in_source, "services/catalog/src/catalog/testing.py", ""),
    (sizes.long_files, "tests/pipeline/test_a.py", "x = 1\n" * 301),
    (sizes.long_functions, "tests/pipeline/test_a.py", "def test_a():\n" + "    assert 1\n" * 61),
]
KEPT: list[tuple[Rule, str, str]] = [
    (sql.sql_outside_store, API, '"""SELECT is a word of this docstring."""'),
    (sql.sql_outside_store, API, 'x = "Create it with POST /partners."'),
    (sql.nameless_statements, STORE, f'{NAMED}FIND = "SELECT 1 FROM a"'),
    (sql.nameless_statements, STORE, f'{NAMED}ONE = f"{{FIND}} FOR UPDATE"'),
    (sql.nameless_statements, STORE, 'VIEWS = {\n    # What is sold.\n    "audit_a": "SELECT 1 FROM a",\n}'),
    (sql.untyped_rows, STORE, "async def f() -> list[Charge]: ..."),
    (purity.clock_and_chance, TABLES, 'Column("a", server_default=func.now())'),
    (purity.counters_before_the_commit, HANDLERS, "unit.after.append(POSTED.labels('a').inc)"),
    (layout.routes_in_functions, API, "router = APIRouter()\n\n\n@router.get('/x')\ndef g(): ..."),
    (layout.globals_of_a_module, HANDLERS, "def make():\n    return Service('a', [])"),
    (sizes.long_files, "tests/pipeline/test_a.py", "x = 1\n" * 300),
]


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES)
def test_a_breach_is_caught(rule: Rule, path: str, text: str) -> None:
    found = list(rule(Module(path, text)))
    assert found
    assert all(sentence.startswith(path) for sentence in found)


@pytest.mark.parametrize(("rule", "path", "text"), KEPT)
def test_what_keeps_the_rule_is_let_alone(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Module(path, text))) == []


def test_no_rule_goes_without_a_breach() -> None:
    rules = {*sql.RULES, *purity.RULES, *layout.RULES, *sizes.RULES}
    assert rules == {rule for rule, _, _ in BREACHES}
