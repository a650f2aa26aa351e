"""Nothing is so long that it cannot be seen whole."""

from tests.house.source import everything, functions, name, sources

LONGEST_FILE = 300
LONGEST_FUNCTION = 60


def test_no_file_is_longer_than_300_lines() -> None:
    """Tests too: past that a module is two modules."""
    long = {name(path): lines for path in everything() if (lines := path.read_text().count("\n")) > LONGEST_FILE}
    assert long == {}


def test_no_function_is_longer_than_60_lines() -> None:
    long = {
        f"{name(path)}:{node.name}": lines
        for path in sources()
        if "migrations" not in path.parts
        for node in functions(path)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}
