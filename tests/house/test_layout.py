"""Every service opens the same way, so that who knows one knows five (ARCHITECTURE.md, "The house")."""

import ast
from pathlib import Path

import pytest

from tests.house.source import ROOT, SERVICES, functions, name, production, sources, tree

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
TEST_TOOLS = {"pytest", "hypothesis", "testkit", "unittest"}
ROUTES = {"get", "post", "put", "patch", "delete"}


def home(service: str) -> Path:
    return ROOT / "services" / service.replace("_", "-") / "src" / service


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_rooms_of_the_house(service: str) -> None:
    assert [room for room in ROOMS if not (home(service) / room).exists()] == []


@pytest.mark.parametrize("service", SERVICES)
def test_one_function_composes_a_service_and_one_makes_its_handlers(service: str) -> None:
    for room, wanted in (("__main__.py", "compose"), ("handlers.py", "make")):
        found = [node.name for node in tree(home(service) / room).body if hasattr(node, "name")]
        assert wanted in found, f"{service}/{room} has no {wanted}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_made_and_no_global_of_a_module(service: str) -> None:
    """`service = Service(...)` at import could not be composed twice, with other settings, for a test."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in home(service).rglob("*.py")
        for node in tree(path).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func) in ("Service", "FastAPI", "Books")
    ]
    assert found == []


def test_routes_stand_at_module_level() -> None:
    """A route inside a function is a closure: nobody can see whole what it depends on."""
    inner = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in production()
        for outer in functions(path)
        for node in ast.walk(outer)
        if node is not outer and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
        if decorator.func.attr in ROUTES
    ]
    assert inner == []


def test_what_is_installed_holds_no_test_code() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources()
        if "testkit" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in ([node.module] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
        if module and module.split(".")[0] in TEST_TOOLS
    ]
    misplaced = [name(path) for path in sources() if "testkit" not in path.parts and path.stem.startswith("testing")]
    assert found + misplaced == []
