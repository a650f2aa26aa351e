"""Who may commit, read the environment, look at a clock, or reach into the private parts of a library."""

import ast
from pathlib import Path

from tests.house.source import calls, name, production, tree

# alembic leaves the transaction of its connection to whoever opened it; the consumer commits offsets, not data
COMMITS = {"chassis/src/chassis/runtime/migrations.py", "chassis/src/chassis/messaging/consumer.py"}
CLOCKS = set("now utcnow today time monotonic perf_counter uuid1 uuid4 random urandom choice".split())
MODULES = {"datetime", "date", "time", "uuid", "random", "os", "secrets"}
REFLECTION = {"vars", "__import__", "globals", "locals", "object.__new__"}
PRIVATE = {"__pydantic_serializer__", "__pydantic_validator__", "__pydantic_core_schema__"}


def pure(path: Path) -> bool:
    return "domain" in path.parts or name(path).startswith(("chassis/src/chassis/saga/", "contracts/src"))


def test_there_is_something_to_read() -> None:
    assert sum(pure(path) for path in production()) > 10


def test_nobody_commits_but_the_boundary() -> None:
    """A transaction is opened with `async with` by the boundary or a route; a `commit()` elsewhere would split it."""
    found = [
        f"{name(path)}:{line}"
        for path in production()
        for line, called in calls(path)
        if called.endswith(".commit") and name(path) not in COMMITS
    ]
    assert found == []


def test_only_settings_read_the_environment() -> None:
    """What a process depends on is declared, described and checked at its start."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in production()
        if path.name != "settings.py"
        for node in ast.walk(tree(path))
        if ast.unparse(node) in ("os.environ", "os.getenv", "environ", "getenv")
        if isinstance(node, ast.Attribute | ast.Name)
    ]
    assert found == []


def test_the_domain_knows_no_clock_and_no_chance() -> None:
    """Time and ids come in as arguments, so that a test can say what time it is."""
    found = [
        f"{name(path)}:{line} {called}()"
        for path in production()
        if pure(path)
        for line, called in calls(path)
        if called.split(".")[-1] in CLOCKS and (called.split(".")[-2:-1] or [called])[0] in MODULES | CLOCKS
    ]
    assert found == []


def test_nobody_finds_things_by_reflection() -> None:
    """A reader who looks for the name of a thing must find where it is used."""
    found = [
        f"{name(path)}:{line} {called}" for path in production() for line, called in calls(path) if called in REFLECTION
    ]
    assert found == []


def test_nobody_reaches_into_the_private_parts_of_a_library() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in production()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in PRIVATE
    ]
    assert found == []


def test_nobody_changes_the_progress_of_a_run_in_place() -> None:
    """The engine is pure: what was stored before must still be what it was."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in production()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and ast.unparse(target.value).split(".")[-1] == "progress"
    ]
    assert found == []
