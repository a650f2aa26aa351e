"""Workflow engines on PostgreSQL, beside us: as many empty steps as a trunking order has commands.

Each is a process of its own (`__main__.py`), on the stack's PostgreSQL server.
"""

import json
import sys
from pathlib import Path

from dialtone.stack.databases import create_missing
from dialtone.stack.processes import Child
from dialtone.stack.stack import Stack
from tests.load.engines.measuring import Measured

# By name, with the most workflows that a run waits for.
NAMES = {"absurd": 2000, "dbos": 300}
PATIENCE = 300.0  # seconds
ROOT = Path(__file__).resolve().parents[3]


async def measure(stack: Stack, name: str, count: int) -> Measured:
    database = f"bench_{name}"
    await create_missing(stack.postgres.dsn("postgres"), [database])
    command = [sys.executable, "-m", "tests.load.engines", name, "--dsn", stack.postgres.dsn(database)]
    command += ["--postgres", str(stack.pid("postgres")), "--count", str(min(count, NAMES[name]))]
    child = Child(name, command, stack.folder / "logs" / f"{name}.log", folder=ROOT)
    child.start()
    try:
        await child.finish(patience=PATIENCE)
    finally:
        await child.kill()  # only when we were interrupted is there something to kill
    said = [line for line in child.log.read_text().splitlines() if line.startswith('{"workflows_per_s"')]
    found = json.loads(said[-1])
    return Measured(found["workflows_per_s"], found["single_p50_ms"], found["cpu_ms"])
