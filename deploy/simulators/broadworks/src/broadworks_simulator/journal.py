"""The state file: one JSON line per part that changed, the last one counts.

A line is written whole or, after a kill, not at all: a torn last line is ignored. Appending costs what changed and not
what exists. Opening the file rewrites it with one line per part, and replaces it in one step.
"""

import json
from pathlib import Path
from typing import IO, Any

from broadworks_simulator import codec
from broadworks_simulator.system import DOMAINS, Part, System


class Journal:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def open(self, system: System) -> None:
        """Fill the system with what the file holds, then start a compact file."""
        latest: dict[Part, Any] = {}
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").split("\n"):
                _keep(latest, line)
        _restore(system, latest)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.write_text(_lines(system, system.parts()), encoding="utf-8")
        fresh.replace(self._path)
        self._file = self._path.open("a", encoding="utf-8")

    def write(self, system: System, changed: set[Part]) -> None:
        if self._file is not None and changed:
            self._file.write(_lines(system, changed))
            self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _lines(system: System, parts: set[Part]) -> str:
    ordered = sorted(parts, key=lambda part: (part[0], part[1] or ""))
    return "".join(f"{json.dumps([*part, codec.encode(system, part)])}\n" for part in ordered)


def _keep(latest: dict[Part, Any], line: str) -> None:
    try:
        enterprise_id, group_id, value = json.loads(line)
    except ValueError:
        return
    latest[(enterprise_id, group_id)] = value


def _restore(system: System, latest: dict[Part, Any]) -> None:
    for part, value in latest.items():
        if part == DOMAINS:
            system.domains.update(value)
    enterprises = {
        enterprise_id: codec.decode_enterprise(value)
        for (enterprise_id, group_id), value in latest.items()
        if enterprise_id and group_id is None and value is not None
    }
    for (enterprise_id, group_id), value in latest.items():
        if group_id is not None and value is not None and enterprise_id in enterprises:
            enterprises[enterprise_id].groups[group_id] = codec.decode_group(value)
    for enterprise in enterprises.values():
        system.adopt(enterprise)
