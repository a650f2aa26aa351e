"""Rules of the house that no linter knows, read off the source of chassis, contracts and every service."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = sorted(
    path
    for folder in (ROOT / "chassis/src", ROOT / "contracts/src", *ROOT.glob("services/*/src"))
    for path in folder.rglob("*.py")
)
# alembic leaves the transaction of its connection to whoever opened it; the consumer commits offsets, not data
COMMITS = {"chassis/src/chassis/runtime/migrations.py", "chassis/src/chassis/messaging/consumer.py"}
CLOCKS = set("now utcnow today time monotonic perf_counter uuid1 uuid4 random urandom choice".split())
MODULES = {"datetime", "date", "time", "uuid", "random", "os", "secrets"}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every call in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def pure(path: Path) -> bool:
    return "domain" in path.parts or name(path).startswith("chassis/src/chassis/saga/")


def test_there_is_something_to_read() -> None:
    assert sum(pure(path) for path in SOURCES) > 10


def test_nobody_commits_but_the_boundary() -> None:
    """A transaction is opened with `async with` by the boundary or a route; a `commit()` elsewhere would split it."""
    found = [
        f"{name(path)}:{line}"
        for path in SOURCES
        for line, called in calls(path)
        if called.endswith(".commit") and name(path) not in COMMITS
    ]
    assert found == []


def test_only_settings_read_the_environment() -> None:
    """What a process depends on is declared, described and checked at its start."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in SOURCES
        if path.name != "settings.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if ast.unparse(node) in ("os.environ", "os.getenv", "environ", "getenv")
        if isinstance(node, ast.Attribute | ast.Name)
    ]
    assert found == []


def test_the_domain_knows_no_clock_and_no_chance() -> None:
    """Time and ids come in as arguments, so that a test can say what time it is."""
    found = [
        f"{name(path)}:{line} {called}()"
        for path in SOURCES
        if pure(path)
        for line, called in calls(path)
        if called.split(".")[-1] in CLOCKS and (called.split(".")[-2:-1] or [called])[0] in MODULES | CLOCKS
    ]
    assert found == []


def failures() -> dict[str, tuple[str, ast.ClassDef]]:
    """Every subclass of Failure, by name; found by name, so that no service need be imported."""
    classes = [
        (name(path), node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    found: dict[str, tuple[str, ast.ClassDef]] = {}
    kinds = {"Failure"}
    while True:
        fresh = [
            (where, node)
            for where, node in classes
            if f"{where}:{node.name}" not in found and kinds & {ast.unparse(base).split(".")[-1] for base in node.bases}
        ]
        if not fresh:
            return found
        for where, node in fresh:
            found[f"{where}:{node.name}"] = (where, node)
            kinds.add(node.name)


FAILURES = failures()


def code_in(node: ast.ClassDef) -> str | None:
    for line in node.body:
        targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "code" for target in targets):
            value = getattr(line, "value", None)
            return str(value.value) if isinstance(value, ast.Constant) else ast.unparse(value) if value else None
    return None


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_says_what_happened_and_has_a_code(failure: str) -> None:
    """`Failure` shows its docstring, and `inspect.getdoc` would silently fall back to the parent's."""
    _, node = FAILURES[failure]
    assert ast.get_docstring(node), "no docstring of its own"
    assert code_in(node), "no code of its own"


def test_no_two_failures_share_a_code() -> None:
    """The code is the metric label, the header of a dead letter, and what an operator searches for."""
    codes: dict[str, list[str]] = {}
    for failure, (_, node) in FAILURES.items():
        codes.setdefault(code_in(node) or failure, []).append(failure)
    assert {code: names for code, names in codes.items() if len(names) > 1} == {}
