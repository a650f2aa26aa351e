"""One session with BroadWorks: an HTTP cookie and a session id of our choice, good only together."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import uuid4

from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.turns import Permission
from broadsoft_provisioner.soap import documents
from broadsoft_provisioner.soap.client import Connection
from broadsoft_provisioner.soap.documents import Reply
from broadsoft_provisioner.soap.faults import SessionLost
from broadsoft_provisioner.soap.login import Credentials, log_in, logout
from chassis.errors import Failure


class Session:
    """`opened` is the time of its login, by the clock of the pool."""

    def __init__(self, connection: Connection, credentials: Credentials, opened: float = 0.0) -> None:
        self._connection = connection
        self._credentials = credentials
        self.opened = opened
        self._id = ""

    async def open(self) -> None:
        self._id = str(uuid4())
        self._connection.drop_cookies()
        await log_in(self._credentials, self._ask)

    async def run(self, commands: Sequence[Command], permission: Permission | None = None) -> list[Reply]:
        """One document. A forgotten session did nothing with it, so it is sent again, once, after a new login.

        What needs a `permission` asks for it each time, right before it leaves.
        """
        try:
            return await self._exchange(commands, permission)
        except SessionLost:
            await self.open()
            return await self._exchange(commands, permission)

    async def close(self) -> None:
        with suppress(Failure):
            await self._ask(logout(self._credentials.user))
        await self.drop()

    async def drop(self) -> None:
        """Without a logout: the connection is in doubt."""
        await self._connection.close()

    async def _ask(self, command: Command) -> Reply:
        return (await self._exchange([command]))[0]

    async def _exchange(self, commands: Sequence[Command], permission: Permission | None = None) -> list[Reply]:
        document = documents.build(self._id, commands)
        if permission is not None:
            await permission()
        return documents.matched(commands, documents.parse(await self._connection.call(document)))
