"""`python -m tests.load.engines absurd --dsn ... --postgres PID --count N`: prints one JSON object."""

import argparse
import asyncio
import json
import logging
import os

from tests.load import meters
from tests.load.engines import with_absurd, with_dbos
from tests.load.engines.measuring import Measured, measure


async def of_absurd(dsn: str, count: int, pids: meters.Pids) -> Measured:
    async with with_absurd.prepared(dsn) as engine:
        return await measure(engine, count, pids)


def of_dbos(dsn: str, count: int, pids: meters.Pids) -> Measured:
    with with_dbos.launched(dsn):
        return asyncio.run(measure(with_dbos.Dbos(), count, pids))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=("absurd", "dbos"))
    parser.add_argument("--dsn", required=True, help="of an empty database")
    parser.add_argument("--postgres", type=int, required=True, help="the process id of its server")
    parser.add_argument("--count", type=int, required=True)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    pids = {options.engine: os.getpid(), "postgres": options.postgres}
    if options.engine == "dbos":
        measured = of_dbos(options.dsn, options.count, pids)
    else:
        measured = asyncio.run(of_absurd(options.dsn, options.count, pids))
    print(json.dumps(measured.as_dict()), flush=True)


if __name__ == "__main__":
    main()
