"""Forms with their right answers (`door.json`): a form that is right, and what each case changes in it."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

_DAYS = re.compile(r"@\+(\d+)d")


@dataclass(frozen=True, slots=True)
class Case:
    """`pointer` is where the one fault of the form is; empty when it is accepted."""

    base: dict[str, Any]
    name: str
    path: str
    value: Any
    status: int
    pointer: str
    note: str

    def form(self, now: datetime) -> dict[str, Any]:
        """The form as a portal sends it at `now`: `@+30d` is thirty days later."""
        form: Any = json.loads(json.dumps(self.base))
        *above, last = [part.replace("~1", "/").replace("~0", "~") for part in self.path.split("/")[1:]]
        place = form
        for part in above:
            place = place[part]
        # A name of a field is a JSON pointer's token as it stands: `/a~1b` is the field `a/b`.
        place[last] = self.value
        dated: dict[str, Any] = _dated(form, now)
        return dated

    def text(self, now: datetime) -> str:
        """As JSON; half a surrogate pair is written as an escape."""
        return json.dumps(self.form(now))

    def __str__(self) -> str:
        return self.name


def _dated(value: Any, now: datetime, name: str = "") -> Any:
    match value:
        case str() if found := _DAYS.fullmatch(value):
            moment = now + timedelta(days=int(found.group(1)))
            return moment.date().isoformat() if name == "billing_start" else moment.isoformat()
        case dict():
            return {field: _dated(part, now, field) for field, part in value.items()}
        case list():
            return [_dated(part, now) for part in value]
    return value


def load(file: Path) -> list[Case]:
    """In the order of the file."""
    read = json.loads(file.read_text())
    names = ("case", "set", "value", "status", "pointer", "note")
    return [Case(read["base"], *(one.get(name, "") for name in names)) for one in read["cases"]]
