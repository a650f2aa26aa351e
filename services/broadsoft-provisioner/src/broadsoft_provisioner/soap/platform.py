"""BroadWorks as the rest of the service sees it: look at it, send it commands."""

from collections.abc import Callable, Sequence

from broadsoft_provisioner import measures
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Answer
from broadsoft_provisioner.domain.sequence import chunks
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.domain.turns import Permission
from broadsoft_provisioner.soap import surveying
from broadsoft_provisioner.soap.documents import Reply
from broadsoft_provisioner.soap.pool import SessionPool
from broadsoft_provisioner.soap.rate import Rate
from chassis.errors import Transient
from chassis.runtime.patience import Patience


class BroadWorks:
    def __init__(
        self,
        sessions: SessionPool,
        secrets: Callable[[], str],
        patience: Patience,
        rate: Rate | None = None,
        permission: Permission | None = None,
    ) -> None:
        self._sessions = sessions
        self._secrets = secrets
        self._patience = patience
        self._rate = rate or Rate()
        self._permission = permission

    async def look(self, questions: Sequence[Command], seen: Survey | None = None) -> Survey:
        """Reads change nothing, so they are simply repeated when they fail."""
        seen = seen or Survey()
        for document in chunks(list(questions)):
            seen = surveying.read(seen, document, await self._repeated(document))
        return seen

    def permitted(self, permission: Permission) -> "BroadWorks":
        """The same, on the same sessions; it asks at the last moment, when it has a session."""
        return BroadWorks(self._sessions, self._secrets, self._patience, self._rate, permission)

    async def send(self, commands: Sequence[Command]) -> list[Answer]:
        """One document, sent once. A Transient means that its outcome is unknown."""
        filled = [command.with_secret(self._secrets()) if command.needs_secret else command for command in commands]
        return [reply.answer for reply in await self._exchange(filled, self._permission)]

    async def available(self) -> None:
        """Raises unless BroadWorks answers and lets us in."""
        await self._exchange([Command("AvailabilityTestRequest")])

    async def _repeated(self, commands: Sequence[Command]) -> list[Reply]:
        pauses = self._patience.begin()
        while True:
            try:
                return await self._exchange(commands)
            except Transient as failure:
                await pauses.after(failure)

    async def _exchange(self, commands: Sequence[Command], permission: Permission | None = None) -> list[Reply]:
        async with self._sessions.session() as session:
            await self._rate.turn()
            with measures.document():
                return await session.run(commands, permission)
