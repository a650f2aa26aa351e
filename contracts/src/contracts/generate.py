"""Writes the JSON Schemas and the AsyncAPI document, checks that they are current and compatible, releases them.

With no option: rewrites schemas/*.json (the AsyncAPI document is one of them).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from contracts.asyncapi import asyncapi
from contracts.compatibility import compare, shape
from contracts.folder import Folder
from contracts.schemas import Schema, level_of, render, schema_of, schemas
from contracts.vocabulary import MESSAGES

HOME = Path(__file__).parents[2]
ASYNCAPI = "asyncapi.json"


def documents(folder: Folder) -> dict[str, Schema]:
    """Every generated file, by name. The examples of the AsyncAPI document are today's golden messages."""
    newest = {ce_type: numbered[max(numbered)] for ce_type, numbered in folder.goldens().items()}
    return {**schemas(), ASYNCAPI: asyncapi(newest)}


def drift(folder: Folder) -> list[str]:
    """A sentence for each committed file that is not what the models and topics say, and for each that is missing."""
    wanted = {name: render(document) for name, document in documents(folder).items()}
    found = folder.generated()
    return [
        f"schemas/{name} {'is not current' if name in found else 'is missing'}; run python -m contracts.generate"
        if name in wanted
        else f"schemas/{name} belongs to no message; run python -m contracts.generate"
        for name in sorted(wanted.keys() | found.keys())
        if wanted.get(name) != found.get(name)
    ]


def incompatibilities(folder: Folder) -> list[str]:
    """A sentence for each place where a reader or a writer of any released version breaks (`schemas.level_of`)."""
    found = []
    for ce_type, versions in folder.releases().items():
        model = MESSAGES.get(ce_type)
        if model is None:
            found.append(
                f"schemas/released/{ce_type}: the message is gone. Keep it; or, once no record of it is left in any "
                "topic, retry or dead letter, delete this folder too"
            )
            continue
        for number, old in versions.items():
            findings = compare(old, schema_of(model), level_of(model), f"version {number}")
            found += [f"schemas/{ce_type}.json against version {number}: {finding}" for finding in findings]
    return found


def changed(folder: Folder) -> dict[str, int]:
    """CloudEvents types whose schema is not the last released one, with the number the next release gives them."""
    released = folder.releases()
    found = {}
    for ce_type, model in sorted(MESSAGES.items()):
        versions = released.get(ce_type, {})
        last = max(versions, default=0)
        if not last or shape(versions[last]) != shape(schema_of(model)):
            found[ce_type] = last + 1
    return found


def release(folder: Folder) -> list[str]:
    """Adds a snapshot of every changed message; returns what stands against it, and then adds none."""
    due, goldens = changed(folder), folder.goldens()
    against = drift(folder) + incompatibilities(folder)
    against += [
        f"tests/golden/{ce_type}/{number}.json is missing; a released version has its golden message"
        for ce_type, number in due.items()
        if number not in goldens.get(ce_type, {})
    ]
    if not against:
        for ce_type, number in due.items():
            folder.release(ce_type, number, schema_of(MESSAGES[ce_type]))
    return against


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 1 when a check finds something, which is then written to stderr. None reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m contracts.generate", description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit 1 on a stale file, or a change that breaks a reader or writer of a released version "
        "(commands, replies, facts and submissions: FULL, events: FORWARD; always against all versions)",
    )
    what.add_argument(
        "--release",
        action="store_true",
        help="after the same check, add schemas/released/<type>/<n>.json for every message whose shape has changed; "
        "needs tests/golden/<type>/<n>.json",
    )
    parser.add_argument("--folder", type=Path, default=HOME, help="the contracts project (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    folder = Folder(chosen.folder)
    if chosen.check:
        problems = drift(folder) + incompatibilities(folder)
    elif chosen.release:
        problems = release(folder)
    else:
        folder.write(documents(folder))
        problems = []
    for problem in problems:
        sys.stderr.write(problem + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
