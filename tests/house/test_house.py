"""The source keeps the rules of the house (ARCHITECTURE.md, "The house"; CONTRIBUTING.md)."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house.rules import layout, purity, sizes, sql
from tests.house.source import ROOT, SERVICES, Module, everything, installed, production

Rule = Callable[[Module], Iterator[str]]
ROOMS = (
    "__main__.py",
    "settings.py",
    "handlers.py",
    "measures.py",
    "api/__init__.py",
    "domain/__init__.py",
    "store/tables.py",
    "store/audit.py",
    "migrations/env.py",
)


@pytest.mark.parametrize("rule", [*sql.RULES, *purity.RULES, layout.routes_in_functions, layout.globals_of_a_module])
def test_production_keeps_the_rule(rule: Rule) -> None:
    assert [sentence for module in production() for sentence in rule(module)] == []


@pytest.mark.parametrize("rule", [layout.tests_in_source])
def test_what_is_installed_keeps_the_rule(rule: Rule) -> None:
    assert [sentence for module in installed() for sentence in rule(module)] == []


@pytest.mark.parametrize("rule", sizes.RULES)
def test_everything_keeps_the_rule(rule: Rule) -> None:
    assert [sentence for module in everything() for sentence in rule(module)] == []


def test_an_exception_that_nobody_needs_any_more_goes() -> None:
    names = {module.name for module in production()}
    assert names >= purity.COMMITS | purity.TRANSACTIONS_IN_STORE | purity.CLOCKS_ALLOWED
    clocks = {
        f"{'/'.join(module.rooms[module.rooms.index('src') + 1 :])}:{sql.constants(module).get(node.lineno, ('',))[0]}"
        for module in production()
        if module.in_service and "store" in module.rooms
        for node in sql.statements(module)
        if sql.NOW.search(str(node.value))
    }
    assert clocks == set(sql.REAL_TIME)


def home(service: str) -> Path:
    return ROOT / "services" / service.replace("_", "-") / "src" / service


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_rooms_of_the_house(service: str) -> None:
    assert [room for room in ROOMS if not (home(service) / room).exists()] == []


@pytest.mark.parametrize("service", SERVICES)
def test_one_function_composes_a_service_and_one_makes_its_handlers(service: str) -> None:
    for room, wanted in (("__main__.py", "compose"), ("handlers.py", "make")):
        tree = ast.parse((home(service) / room).read_text())
        assert wanted in [node.name for node in tree.body if hasattr(node, "name")], f"{service}/{room}"
