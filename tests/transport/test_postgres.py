"""Pool, relay and migrations at a PostgreSQL that wants TLS."""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import asyncpg
import pytest

from chassis.messaging.relay import Relay
from chassis.runtime import migrations
from chassis.runtime.database import connect, why_not
from chassis.runtime.settings import ServiceSettings
from testkit.certificates import Authority
from testkit.needs import do_without
from testkit.producer import FakeProducer
from testkit.time import eventually

from . import server

SECURED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
OF_THE_RELAY = """
SELECT count(*) FROM pg_stat_ssl JOIN pg_locks USING (pid)
WHERE locktype = 'advisory' AND classid = 2828 AND ssl
"""


class Server:
    def __init__(self, port: int, authority: Authority) -> None:
        self._port, self._authority = port, authority

    def url(
        self, parameters: str, *, host: str = "localhost", user: str = "postgres:open%20sesame", **files: Any
    ) -> str:
        query = "&".join([parameters, *(f"{name}={file}" for name, file in files.items())])
        return f"postgresql://{user}@{host}:{self._port}/catalog?{query}"

    @property
    def verified(self) -> str:
        return self.url("sslmode=verify-full", sslrootcert=self._authority.file)


@pytest.fixture(scope="module")
async def postgres(authority: Authority) -> AsyncIterator[Server]:
    programs = server.programs()
    if programs is None:
        do_without("TLS TO POSTGRESQL IS NOT TESTED HERE: initdb and postgres are neither in /usr/lib nor on the PATH")
    async with server.running(programs, authority) as port:
        running = Server(port, authority)
        connection = await asyncpg.connect(running.verified.replace("/catalog?", "/postgres?"))
        await connection.execute("CREATE ROLE catalog LOGIN")
        await connection.execute("CREATE DATABASE catalog OWNER catalog")
        await connection.close()
        yield running


async def let_in(url: str) -> bool:
    """By a URL that our settings accept; is the connection secured?"""
    pool = await connect(ServiceSettings(database_url=url).database_url, connections=2, patience=0)
    try:
        return bool(await pool.fetchval(SECURED))
    finally:
        await pool.close()


async def test_migrations_pool_and_relay_verify_the_server(postgres: Server) -> None:
    await asyncio.to_thread(migrations.upgrade, "catalog", postgres.verified)
    pool = await connect(postgres.verified, connections=2)
    relay = asyncio.create_task(Relay("catalog", postgres.verified, FakeProducer()).run())  # type: ignore[arg-type]

    async def owns() -> bool:
        return bool(await pool.fetchval(OF_THE_RELAY))

    await eventually(owns)
    assert await pool.fetchval(SECURED)
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 0
    relay.cancel()
    with suppress(asyncio.CancelledError):
        await relay
    await pool.close()


async def test_require_is_secured_and_asks_nobody_who_they_are(postgres: Server) -> None:
    assert await let_in(postgres.url("sslmode=require"))
    assert await let_in(postgres.url("sslmode=require", host="127.0.0.1"))


async def test_the_authority_is_verified_wherever_it_is_named(
    postgres: Server, authority: Authority, stranger: Authority
) -> None:
    for mode in ("require", "verify-ca", "verify-full"):
        assert await let_in(postgres.url(f"sslmode={mode}", sslrootcert=authority.file))
        with pytest.raises(ssl.SSLCertVerificationError):
            await let_in(postgres.url(f"sslmode={mode}", sslrootcert=stranger.file))


async def test_only_verify_full_looks_at_the_host_name(postgres: Server, authority: Authority) -> None:
    assert await let_in(postgres.url("sslmode=verify-ca", host="127.0.0.1", sslrootcert=authority.file))
    with pytest.raises(ssl.SSLCertVerificationError):
        await let_in(postgres.url("sslmode=verify-full", host="127.0.0.1", sslrootcert=authority.file))


async def test_a_client_certificate_stands_for_a_password(postgres: Server, authority: Authority) -> None:
    certificate, key = authority.issue("catalog")
    files = {"sslrootcert": authority.file, "sslcert": certificate, "sslkey": key}
    assert await let_in(postgres.url("sslmode=verify-full", user="catalog", **files))


async def test_who_does_without_tls_stays_outside(postgres: Server) -> None:
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="no encryption"):
        await let_in(postgres.url("sslmode=disable"))


async def test_a_service_that_is_not_let_in_says_so_in_one_sentence(postgres: Server) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "catalog"),
        env={"DATABASE_URL": postgres.url("sslmode=require", user="postgres:close%20sesame")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said = await process.communicate()
    assert process.returncode == 1
    assert [part.decode() for part in said] == [
        "",
        'PostgreSQL refuses the login (password authentication failed for user "postgres"): see DATABASE_URL.\n',
    ]


async def test_a_certificate_that_is_not_trusted_is_told(postgres: Server, stranger: Authority) -> None:
    with pytest.raises(ssl.SSLCertVerificationError) as raised:
        await let_in(postgres.url("sslmode=verify-full", sslrootcert=stranger.file))
    told = why_not(raised.value)
    assert told.startswith("The certificate of PostgreSQL is not trusted (")
    assert told.endswith("): see the host name and the sslrootcert in DATABASE_URL.")
