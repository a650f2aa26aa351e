"""Nothing is so long that it cannot be seen whole; generated revisions are not written by people."""

from collections.abc import Iterator

from tests.house.source import Module

LONGEST_FILE = 300
LONGEST_FUNCTION = 60


def long_files(module: Module) -> Iterator[str]:
    """Past that a module is two modules."""
    lines = module.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{module.name} has {lines} lines"


def long_functions(module: Module) -> Iterator[str]:
    if "versions" not in module.rooms:
        for node in module.functions():
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{module.at(node)} {node.name} has {lines} lines"


RULES = (long_files, long_functions)
