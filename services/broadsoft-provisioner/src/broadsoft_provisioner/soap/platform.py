"""BroadWorks as the rest of the service sees it: look at it, send it commands."""

from collections.abc import Callable, Sequence

from broadsoft_provisioner import measures
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Answer
from broadsoft_provisioner.domain.sequence import chunks
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.soap import surveying
from broadsoft_provisioner.soap.documents import Reply
from broadsoft_provisioner.soap.patience import Patience
from broadsoft_provisioner.soap.pool import SessionPool
from broadsoft_provisioner.soap.rate import Rate
from chassis.errors import Transient


class BroadWorks:
    def __init__(
        self, sessions: SessionPool, secrets: Callable[[], str], patience: Patience, rate: Rate | None = None
    ) -> None:
        self._sessions = sessions
        self._secrets = secrets
        self._patience = patience
        self._rate = rate or Rate()

    async def look(self, questions: Sequence[Command], seen: Survey | None = None) -> Survey:
        """Reads change nothing, so they are simply repeated when they fail."""
        seen = seen or Survey()
        for document in chunks(list(questions)):
            seen = surveying.read(seen, document, await self._repeated(document))
        return seen

    async def send(self, commands: Sequence[Command]) -> list[Answer]:
        """One document, sent once. A Transient means that its outcome is unknown."""
        filled = [command.with_secret(self._secrets()) if command.needs_secret else command for command in commands]
        return [reply.answer for reply in await self._exchange(filled)]

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

    async def _exchange(self, commands: Sequence[Command]) -> list[Reply]:
        async with self._sessions.session() as session:
            await self._rate.turn()
            with measures.document():
                return await session.run(commands)
