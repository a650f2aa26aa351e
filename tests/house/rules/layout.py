"""Every service opens the same way, and what is installed holds no test code."""

import ast
from collections.abc import Iterator

from tests.house.source import Module

TEST_TOOLS = {"pytest", "hypothesis", "testkit", "unittest", "tests"}
TEST_NAMES = ("test_", "testing", "fakes", "fake_", "conftest")
ROUTES = {"get", "post", "put", "patch", "delete", "options", "head", "api_route", "add_api_route", "route"}
MADE_ONCE = {"Service", "FastAPI", "Books", "Runs", "Partners"}


def routes_in_functions(module: Module) -> Iterator[str]:
    """A route inside a function is a closure: nobody can see whole what it depends on."""
    if not module.in_service:
        return
    for outer in module.functions():
        inside = [node for statement in outer.body for node in ast.walk(statement)]
        for node in inside:
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called.split(".")[-1] == "APIRouter":
                yield f"{module.at(node)} makes a router inside {outer.name}"
            elif (
                "." in called and called.split(".")[-1] in ROUTES and called.split(".")[-2] in ("router", "api", "app")
            ):
                yield f"{module.at(node)} makes a route inside {outer.name}"


def globals_of_a_module(module: Module) -> Iterator[str]:
    """What is made at import cannot be made twice, with other settings, for a test."""
    if not module.in_service:
        return
    for statement in module.tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If):
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in MADE_ONCE:
                yield f"{module.at(node)} makes {ast.unparse(node.func)} at import"
    for node in module.nodes(ast.Global):
        yield f"{module.at(node)} changes a global"


def tests_in_source(module: Module) -> Iterator[str]:
    if "testkit" in module.rooms or "src" not in module.rooms:
        return
    if module.rooms[-1].startswith(TEST_NAMES):
        yield f"{module.name} is named as test code"
    for node, name in module.imports():
        if name.split(".")[0] in TEST_TOOLS:
            yield f"{module.at(node)} imports {name}"
    for node in module.nodes(ast.ClassDef):
        if isinstance(node, ast.ClassDef) and node.name.startswith(("Fake", "Stub")):
            yield f"{module.at(node)} {node.name} is a fake"
    for call, called in module.calls():
        argument = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
        if called.split(".")[-1] in ("import_module", "__import__") and str(argument).split(".")[0] in TEST_TOOLS:
            yield f"{module.at(call)} imports {argument}"


RULES = (routes_in_functions, globals_of_a_module, tests_in_source)
