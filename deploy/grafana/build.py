"""Writes dashboards/*.json, or with --check exits 1 when they are not what this code makes."""  # noqa: INP001  a script

import argparse
import json
import sys
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from orders import orders

HOME = Path(__file__).parent
FOLDER = HOME / "dashboards"
COMMAND = "python deploy/grafana/build.py"
DASHBOARDS = {"orders.json": orders}


def render(made: Dashboard) -> str:
    """Panels are numbered in the order they are in, so that a link to one of them stays good."""
    built = made.build()
    for number, panel in enumerate(built.panels or [], start=1):
        panel.id_val = number
    return json.dumps(built, cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n"


def drift(wanted: dict[str, str]) -> list[str]:
    found = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    return sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="write nothing")
    check: bool = arguments.parse_args().check
    wanted = {name: render(make()) for name, make in DASHBOARDS.items()}
    if check:
        if names := drift(wanted):
            sys.exit(f"Not what the code makes: {', '.join(names)} in deploy/grafana/dashboards; run `{COMMAND}`.")
        return
    for path in FOLDER.glob("*.json"):
        path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
