"""An OCI command as plain data: what is sent, kept in the ledger, and compared in tests."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Scalar = str | int | bool | None
Value = Scalar | tuple[tuple[str, Any], ...]
Elements = tuple[tuple[str, Value], ...]

DOCUMENT_LIMIT = 15
SECRET = "password"  # noqa: S105  # the name of an element


@dataclass(frozen=True, slots=True)
class Command:
    """`elements` are in schema order; None clears an element, a tuple of pairs nests."""

    name: str
    elements: Elements = ()

    def text(self, tag: str) -> str:
        """The first element of that name, or an empty text."""
        return str(next((value for name, value in self.elements if name == tag), ""))

    def texts(self, tag: str) -> tuple[str, ...]:
        """Every element of that name, in order."""
        return tuple(str(value) for name, value in self.elements if name == tag)

    def nested(self, tag: str) -> Iterator[dict[str, Any]]:
        """Every element of that name that nests, as a mapping of what is inside."""
        return (dict(value) for name, value in self.elements if name == tag and isinstance(value, tuple))

    def without(self, tag: str, unwanted: Iterable[str]) -> "Command":
        """The same command minus the elements `tag` whose text, or whose name inside, is unwanted."""
        gone = frozenset(unwanted)
        return Command(self.name, tuple(e for e in self.elements if not (e[0] == tag and subject(e[1]) in gone)))

    def with_secret(self, secret: str) -> "Command":
        """Fills the password, which is in no plan and in no ledger."""
        return Command(self.name, tuple((tag, secret if tag == SECRET else value) for tag, value in self.elements))

    @property
    def needs_secret(self) -> bool:
        """True for commands that make a user: their password must be filled in with `with_secret`."""
        return any(tag == SECRET for tag, _ in self.elements)


def subject(value: Value) -> str:
    """What a list item is about: its text, or the service or pack it names."""
    return str(value[0][1]) if isinstance(value, tuple) else str(value)


def repeated(tag: str, values: Iterable[str]) -> Elements:
    """A list in OCI: the same element once for each value."""
    return tuple((tag, value) for value in values)


def to_json(command: Command) -> list[Any]:
    """For the ledger. Read back by `from_json`."""
    return [command.name, [[tag, _plain(value)] for tag, value in command.elements]]


def from_json(data: list[Any]) -> Command:
    """Raises ValueError for what `to_json` did not write."""
    name, elements = data
    return Command(name, _elements(elements))


def _plain(value: Value) -> Any:
    return [[tag, _plain(inner)] for tag, inner in value] if isinstance(value, tuple) else value


def _elements(data: list[Any]) -> Elements:
    return tuple((tag, _elements(value) if isinstance(value, list) else value) for tag, value in data)
