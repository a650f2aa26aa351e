"""What a validated element holds, by child name."""

from __future__ import annotations


class Fields:
    """Children in order of arrival; `None` stands for an element sent with xsi:nil."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, list[Value]]) -> None:
        self._values = values

    def has(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        value = self._values[name][0]
        if not isinstance(value, str):
            raise TypeError(f"{name} is not a text")
        return value

    def get(self, name: str) -> str | None:
        """The text, or None when the element is absent or nil."""
        values = self._values.get(name)
        return values[0] if values and isinstance(values[0], str) else None

    def flag(self, name: str) -> bool:
        return self.get(name) == "true"

    def number(self, name: str) -> int:
        return int(self.text(name))

    def texts(self, name: str) -> list[str]:
        return [value for value in self._values.get(name, ()) if isinstance(value, str)]

    def part(self, name: str) -> Fields | None:
        return next(iter(self.parts(name)), None)

    def parts(self, name: str) -> list[Fields]:
        return [value for value in self._values.get(name, ()) if isinstance(value, Fields)]

    def plain(self) -> dict[str, str]:
        """The texts alone, first of each name."""
        return {name: values[0] for name, values in self._values.items() if isinstance(values[0], str)}


Value = str | Fields | None
