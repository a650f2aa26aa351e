"""The source of the project as the rules of the house read it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "chassis", "testkit", "services", "deploy", "tests")
SERVICES = ("order_intake", "catalog", "did_inventory", "broadsoft_provisioner", "ticketing")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A Python file by its path in the project; a rule is given one and yields a sentence for every breach."""

    name: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    @property
    def rooms(self) -> tuple[str, ...]:
        """The folders and the file, as `services/catalog/src/catalog/store/charges.py` has them."""
        return tuple(self.name.split("/"))

    def at(self, node: ast.AST) -> str:
        return f"{self.name}:{getattr(node, 'lineno', 1)}"

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call, with the dotted name of what is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, ast.unparse(node.func)

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """Every module that is imported, by its dotted name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, one.name) for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node, node.module

    @property
    def in_service(self) -> bool:
        return self.rooms[0] == "services"

    @property
    def in_store(self) -> bool:
        return "store" in self.rooms or "migrations" in self.rooms

    @property
    def pure(self) -> bool:
        """Domains, the contracts and the saga engine."""
        command = self.name.endswith("contracts/generate.py")  # it writes files
        return "domain" in self.rooms or (
            self.name.startswith(("chassis/src/chassis/saga/", "contracts/src")) and not command
        )


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python file below these folders of the project."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py") if ".venv" not in path.parts)
    return tuple(Module(path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths)


def production() -> list[Module]:
    """What runs in production: chassis, contracts and the services."""
    return [one for one in modules("contracts", "chassis", "services") if "src" in one.rooms]


def installed() -> list[Module]:
    """Everything that is installed as a package."""
    return [one for one in modules(*PACKAGES) if "src" in one.rooms]


def everything() -> list[Module]:
    return list(modules(*PACKAGES))
