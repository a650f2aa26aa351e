"""`make sizes`: how long our files and functions are. It informs; the limits are held by tests/house.

Empty files are not counted; a function runs from its `def` to its last line.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("code", "files", "file lines", "function lines", "docstrings %", "return types %")
LONG_FILE, LONG_FUNCTION = 300, 60  # what tests/house holds


@dataclass(frozen=True, slots=True)
class Function:
    place: str
    lines: int
    docstring: bool
    returns: bool


@dataclass(slots=True)
class Sizes:
    """`files` are (path, lines)."""

    files: list[tuple[str, int]] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)

    def add(self, path: Path, text: str) -> None:
        if not text.strip():
            return
        name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
        self.files.append((name, len(text.splitlines())))
        self.functions += functions(name, ast.parse(text))

    def row(self, code: str) -> tuple[str, ...]:
        return (
            code,
            str(len(self.files)),
            spread([lines for _, lines in self.files]),
            spread([one.lines for one in self.functions]),
            share([one.docstring for one in self.functions]),
            share([one.returns for one in self.functions]),
        )

    def long(self) -> Iterator[str]:
        """What a review asks about, the longest first."""
        found = [(lines, name) for name, lines in self.files if lines > LONG_FILE]
        found += [(one.lines, one.place) for one in self.functions if one.lines > LONG_FUNCTION]
        for lines, place in sorted(found, reverse=True):
            yield f"{lines:>5}  {place}"


def functions(name: str, tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            place = f"{name}:{node.lineno} {node.name}"
            yield Function(place, lines, ast.get_docstring(node) is not None, node.returns is not None)


def spread(values: Sequence[int]) -> str:
    """Median / 90th percentile (nearest rank) / maximum."""
    if not values:
        return "-"
    ordered = sorted(values)
    return f"{median(ordered):.0f} / {ordered[ceil(0.9 * len(ordered)) - 1]} / {ordered[-1]}"


def share(facts: Sequence[bool]) -> str:
    return f"{100 * sum(facts) / len(facts):.0f}" if facts else "-"


def sources() -> list[Path]:
    """Every `src` folder of the workspace."""
    wanted = ("contracts", "chassis", "services/*", "deploy/local", "deploy/simulators/*")
    return [folder for pattern in wanted for folder in sorted(ROOT.glob(f"{pattern}/src"))]


def measured(folders: Sequence[Path]) -> Sizes:
    sizes = Sizes()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            sizes.add(path, path.read_text())
    return sizes


def main() -> None:
    everything = measured(sources())
    rows = [measured([folder]).row(folder.parent.relative_to(ROOT).as_posix()) for folder in sources()]
    rows.append(everything.row("dialtone, src"))
    print("median / 90th percentile / maximum\n")
    for row in (COLUMNS, tuple("---" for _ in COLUMNS), *rows):
        print(f"| {' | '.join(row)} |")
    long = list(everything.long())
    if long:
        print(f"\nfiles over {LONG_FILE} lines, functions over {LONG_FUNCTION}:")
        print("\n".join(long))


if __name__ == "__main__":
    main()
