"""The source of the project as the rules of the house read it: files, calls, functions, SQL."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "chassis", "testkit", "services", "deploy", "tests")
SERVICES = ("order_intake", "catalog", "did_inventory", "broadsoft_provisioner", "ticketing")
STATEMENT = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|ANALYZE|TRUNCATE)\s+\S")


def files(*folders: str) -> list[Path]:
    """Every Python file below these folders of the project."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py") if ".venv" not in path.parts)


def production() -> list[Path]:
    """What runs in production: chassis, contracts and the services."""
    return [path for path in files("contracts", "chassis", "services") if "src" in path.parts]


def sources() -> list[Path]:
    """Everything that is installed as a package."""
    return [path for path in files(*PACKAGES) if "src" in path.parts]


def everything() -> list[Path]:
    return files(*PACKAGES)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every call in a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def statements(path: Path) -> Iterator[ast.Constant]:
    """Every text in a file that begins as an SQL statement; docstrings are prose."""
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree(path)):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in prose and STATEMENT.match(text):
            yield node
