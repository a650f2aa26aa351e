"""Every failure has a stable code of its own and says what happened."""

import ast

import pytest

from tests.house.source import name, production, tree


def failures() -> dict[str, tuple[str, ast.ClassDef]]:
    """Every subclass of Failure, by name; found by name, so that no service need be imported."""
    classes = [
        (name(path), node) for path in production() for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)
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
