"""The files of the contracts: generated schemas, released snapshots, golden messages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts.golden import Golden
from contracts.schemas import Schema, render


@dataclass(frozen=True, slots=True)
class Folder:
    """`schemas/*.json` is generated, `schemas/released/<ce_type>/<n>.json` is history.

    `tests/golden/<ce_type>/<n>.json`, the golden message of version n, is written by hand.
    """

    root: Path

    @property
    def schemas(self) -> Path:
        """Generated, one file per message and the AsyncAPI document."""
        return self.root / "schemas"

    @property
    def released(self) -> Path:
        """History: a file here is never changed."""
        return self.schemas / "released"

    @property
    def golden(self) -> Path:
        """Written by hand."""
        return self.root / "tests" / "golden"

    def generated(self) -> dict[str, str]:
        """File name to text, as it stands in `schemas`; empty where the folder is missing."""
        return {path.name: path.read_text() for path in sorted(self.schemas.glob("*.json"))}

    def write(self, documents: dict[str, Schema]) -> None:
        """Makes `schemas/*.json` exactly these documents, by file name: others are deleted."""
        self.schemas.mkdir(parents=True, exist_ok=True)
        for name in self.generated().keys() - documents.keys():
            (self.schemas / name).unlink()
        for name, document in documents.items():
            (self.schemas / name).write_text(render(document))

    def releases(self) -> dict[str, dict[int, Schema]]:
        """CloudEvents type to its released schemas by number, in ascending order."""
        found: dict[str, dict[int, Schema]] = {}
        for ce_type, number, path in _numbered(self.released):
            found.setdefault(ce_type, {})[number] = json.loads(path.read_text())
        return found

    def release(self, ce_type: str, number: int, schema: Schema) -> None:
        """Keeps a schema as version `number`, from 1; what is checked before is `generate.release`'s business."""
        path = self.released / ce_type / f"{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(schema))

    def goldens(self) -> dict[str, dict[int, Golden]]:
        """CloudEvents type to its golden messages by number; the last one is today's."""
        found: dict[str, dict[int, Golden]] = {}
        for ce_type, number, path in _numbered(self.golden):
            found.setdefault(ce_type, {})[number] = Golden.of(path.read_text())
        return found


def _numbered(folder: Path) -> Iterator[tuple[str, int, Path]]:
    paths = [(path.parent.name, int(path.stem), path) for path in folder.glob("*/*.json")]
    yield from sorted(paths)
