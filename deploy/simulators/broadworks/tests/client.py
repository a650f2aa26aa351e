"""A client of the simulator."""

from typing import Any

from broadworks_simulator.simulator import Outcome, Simulator

from .oci import Answer, answers, command, document


class Client:
    """Logged in, and without a network between it and the simulator."""

    def __init__(self, simulator: Simulator, session_id: str = "client") -> None:
        self.simulator = simulator
        self.session_id = session_id
        self.cookie: str | None = None
        self.now: float | None = None
        """What the clock shows; None is the real one."""
        settings = simulator.settings
        self.do("LoginRequest22V5", userId=settings.user, password=settings.password)

    def post(self, *commands: str) -> Outcome:
        outcome = self.simulator.answer(document(self.session_id, *commands), self.cookie, self.now)
        self.cookie = outcome.cookie or self.cookie
        return outcome

    def send(self, *commands: str) -> list[Answer]:
        return answers(self.post(*commands).text)

    def do(self, type_name: str, **content: Any) -> Answer:
        return self.send(command(type_name, "", **content))[0]
