"""Who may commit, read the environment, look at a clock, count, or reach into the private parts of a library."""

import ast
from collections.abc import Iterator

from tests.house.source import Module

# alembic leaves the transaction of its connection to whoever opened it; the consumer commits offsets, not data
COMMITS = {"chassis/src/chassis/runtime/migrations.py", "chassis/src/chassis/messaging/offsets.py"}
# The ledger must be durable before BroadWorks is called: each of its writes is a transaction of its own.
TRANSACTIONS_IN_STORE = {"services/broadsoft-provisioner/src/broadsoft_provisioner/store/ledger.py"}
CLOCKS = {"now", "utcnow", "today", "fromtimestamp"}
IMPURE = {"random", "secrets", "time", "uuid", "uuid_utils", "os", "sys", "socket", "subprocess"}
# When a dead letter came that does not say so itself.
CLOCKS_ALLOWED = {"services/order-intake/src/order_intake/store/dead_letters.py"}
REFLECTION = {"vars", "globals", "locals", "__import__", "object.__new__"}
PRIVATE = {
    *("__pydantic_serializer__", "__pydantic_validator__", "__pydantic_core_schema__"),
    *("__dataclass_fields__", "__subclasses__", "__new__"),
}
COUNTING = {"inc", "observe", "set_to_current_time"}
WHERE_TO_COUNT = {"measures.py", "api"}


def commits(module: Module) -> Iterator[str]:
    """A transaction is opened by the boundary, a unit of work or a savepoint; a commit elsewhere would split it."""
    for call, called in module.calls():
        last = called.split(".")[-1]
        if last in ("commit", "rollback") and module.name not in COMMITS:
            yield f"{module.at(call)} commits"
        in_store = module.in_service and "store" in module.rooms and module.name not in TRANSACTIONS_IN_STORE
        if last == "transaction" and in_store:
            yield f"{module.at(call)} opens a transaction in a store"


def environment(module: Module) -> Iterator[str]:
    """What a process depends on is declared, described and checked at its start."""
    if module.rooms[-1] != "settings.py":
        for node in module.nodes(ast.Attribute, ast.Name):
            if ast.unparse(node) in ("os.environ", "os.getenv", "environ", "getenv"):
                yield f"{module.at(node)} reads the environment"


def clock_and_chance(module: Module) -> Iterator[str]:
    """Time and ids come in as arguments, so that a test can say what time it is."""
    if module.pure:
        for node, name in module.imports():
            if name.split(".")[0] in IMPURE:
                yield f"{module.at(node)} imports {name}"
    if module.pure or (module.in_service and module.name not in CLOCKS_ALLOWED):
        for node in module.nodes(ast.Attribute):
            owner, _, called = ast.unparse(node).rpartition(".")
            clock = called in CLOCKS and owner.split(".")[-1] in ("datetime", "date", "func")
            if clock and module.rooms[-1] != "tables.py":  # a default of the database
                yield f"{module.at(node)} looks at a clock"


def reflection(module: Module) -> Iterator[str]:
    """A reader who looks for the name of a thing must find where it is used."""
    for call, called in module.calls():
        if called in REFLECTION:
            yield f"{module.at(call)} {called}"
    for node in module.nodes(ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr in PRIVATE:
            yield f"{module.at(node)} {node.attr}"


def progress_in_place(module: Module) -> Iterator[str]:
    """The engine is pure: what was stored before must still be what it was."""
    for node in module.nodes(ast.Assign, ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[attr-defined]
        for target in targets:
            if isinstance(target, ast.Attribute) and ast.unparse(target.value).split(".")[-1] == "progress":
                yield f"{module.at(node)} changes the progress of a run in place"


def counters_before_the_commit(module: Module) -> Iterator[str]:
    """What is rolled back must not have been counted: in a transaction a counter goes into `unit.after`, uncalled."""
    if module.in_service and not WHERE_TO_COUNT & set(module.rooms) and "soap" not in module.rooms:
        for call, called in module.calls():
            if "." in called and called.split(".")[-1] in COUNTING:
                yield f"{module.at(call)} counts before the commit"


RULES = (commits, environment, clock_and_chance, reflection, progress_in_place, counters_before_the_commit)
