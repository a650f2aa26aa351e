"""The embedded PostgreSQL: its data, its end, and the connection strings that other processes get."""

import asyncio
import os
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from dialtone.stack.errors import StackError
from dialtone.stack.postgres import EmbeddedPostgres, ExternalPostgres

Gone = Callable[[int], bool]
pytestmark = pytest.mark.integration

MAKE = "CREATE TABLE IF NOT EXISTS kept (number int); INSERT INTO kept VALUES (1)"
COUNT = "SELECT count(*) FROM kept"


async def run(dsn: str, sql: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(sql)
    await connection.close()


async def value(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("database") / "postgres"


@pytest.fixture
async def server(data: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(data, log=data.with_suffix(".log"))
    await server.start()
    await server.create_databases(["catalog"])
    yield server
    await server.stop()


async def test_data_stays_across_a_stop_and_a_kill(server: EmbeddedPostgres) -> None:
    await run(server.dsn("catalog"), MAKE)
    await server.stop()
    await server.start()
    await run(server.dsn("catalog"), MAKE)
    await server.kill()
    await server.start()
    assert await value(server.dsn("catalog"), COUNT) == 2


async def test_a_commit_is_on_disk_when_it_is_answered(server: EmbeddedPostgres) -> None:
    assert await value(server.dsn("catalog"), "SHOW fsync") == "on"
    assert await value(server.dsn("catalog"), "SHOW synchronous_commit") == "on"


async def test_databases_are_created_once_and_an_external_server_gets_the_same(server: EmbeddedPostgres) -> None:
    external = ExternalPostgres(server.dsn("postgres"))
    await external.start()
    await external.create_databases(["catalog", "ticketing"])
    assert await value(external.dsn("ticketing"), "SELECT current_database()") == "ticketing"


async def test_the_connection_string_works_with_sqlalchemy(server: EmbeddedPostgres) -> None:
    engine = create_async_engine(make_url(server.dsn("catalog")).set(drivername="postgresql+asyncpg"))
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT current_database()"))).scalar_one() == "catalog"
    await engine.dispose()


async def test_a_data_folder_has_one_owner(server: EmbeddedPostgres) -> None:
    second = EmbeddedPostgres(server.data, log=server.data.with_suffix(".log"))
    with pytest.raises(StackError, match=f"in use by process {os.getpid()}"):
        await second.start()


async def test_a_path_too_long_for_a_socket_is_no_obstacle(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("long" * 25) / "postgres", log=tmp_path / "log")
    await server.start()
    assert await value(server.dsn("postgres"), "SELECT 1") == 1
    await server.stop()


async def test_a_server_that_does_not_answer_is_one_clear_sentence() -> None:
    with pytest.raises(StackError, match=r"^The PostgreSQL server of DIALTONE_POSTGRES_URL does not answer[^\n]*$"):
        await ExternalPostgres("postgresql://nobody@127.0.0.1:1/postgres").start()


PARENT = """
    import asyncio, sys, time
    from pathlib import Path
    from dialtone.stack.postgres import EmbeddedPostgres

    async def main():
        server = EmbeddedPostgres(Path(sys.argv[1]), log=Path(sys.argv[1] + ".log"))
        await server.start()
        print(server.pid, flush=True)
        await asyncio.sleep(600)

    asyncio.run(main())
"""


async def test_a_killed_parent_leaves_no_server_and_the_next_one_finds_its_data(data: Path, gone: Gone) -> None:
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(PARENT), str(data)]
    parent = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    postgres = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    server = EmbeddedPostgres(data, log=data.with_suffix(".log"))
    await server.start()  # at once: what is left of the old server is waited for
    assert gone(postgres)
    await server.stop()


async def test_a_server_without_a_parent_is_stopped_before_the_next_start(server: EmbeddedPostgres) -> None:
    orphan = server.pid
    assert orphan is not None
    server._lock.release()
    heir = EmbeddedPostgres(server.data, log=server.data.with_suffix(".log"))
    await heir.start()
    assert not server.child.running()
    assert heir.pid not in (None, orphan)
    await heir.stop()
