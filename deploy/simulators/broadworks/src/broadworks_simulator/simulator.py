"""One OCI document in, one outcome out: sessions, faults, commands, state. No I/O."""

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from broadworks_simulator import documents, errors, soap
from broadworks_simulator.commands import CATALOGUE
from broadworks_simulator.commands.registry import Call, Command
from broadworks_simulator.documents import Document, Request, Writer
from broadworks_simulator.errors import Refusal
from broadworks_simulator.faults import Fault, Faults, Hold
from broadworks_simulator.limits import RateLimit
from broadworks_simulator.replies import Data
from broadworks_simulator.schema.fields import Fields
from broadworks_simulator.schema.kinds import Invalid
from broadworks_simulator.sessions import Full, Refused, Session, Sessions
from broadworks_simulator.settings import Settings
from broadworks_simulator.system import Part, System

_BUSY_PAGE = "<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What goes back over HTTP, and how."""

    kind: Literal["reply", "fault", "html-503", "empty-503", "hang", "reset"]
    text: str = ""
    cookie: str | None = None
    delay: float = 0.0
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document, the cookie it came with and when."""

    document: Document
    cookie: str | None
    now: float


@dataclass(frozen=True, slots=True)
class Ready:
    """A command whose elements were found valid."""

    command: Command
    fields: Fields


@dataclass
class Simulator:
    settings: Settings
    system: System = field(default_factory=System)
    faults: Faults = field(default_factory=Faults)
    random: Random = field(default_factory=Random)
    commands: Counter[str] = field(default_factory=Counter)
    """How often each command arrived."""
    changed: set[Part] = field(default_factory=set)
    """What changed since somebody last emptied the set."""

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.settings)
        self._limit = RateLimit()
        self._writer = Writer(self.settings, self.random)

    def reset(self) -> None:
        """Empty the system; sessions, faults and settings stay."""
        self.changed |= self.system.parts()
        self.system.clear()

    def answer(self, message: str, cookie: str | None = None, now: float | None = None) -> Outcome:
        now = time.monotonic() if now is None else now
        if not self._limit.admits(self.settings.rate_limit_per_second, now):
            return Outcome("empty-503")
        try:
            document = documents.read(message)
        except Invalid as invalid:
            refusal = self._writer.refusal("", Refusal(errors.REQUEST_INVALID, detail=str(invalid)))
            return Outcome("reply", self._writer.document("", None, [refusal]))
        arrival = Arrival(document, cookie, now)
        struck = self.faults.strike(document)
        outcome = (
            self._fail(arrival, struck.whole, struck.errors) if struck.whole else self._serve(arrival, struck.errors)
        )
        delay = outcome.delay + struck.latency + self.settings.latency_seconds
        return replace(outcome, delay=delay, holds=struck.holds)

    def _fail(self, arrival: Arrival, fault: Fault, refused: dict[int, Fault]) -> Outcome:
        outcome = Outcome("empty-503")
        match fault.kind:
            case "soap-fault":
                outcome = Outcome("fault", soap.fault(fault.text or soap.NO_OCS_CONNECTION))
            case "html-503":
                outcome = Outcome("html-503", fault.text or _BUSY_PAGE)
            case "session-expiry":
                self._expire(arrival)
                outcome = Outcome("fault", soap.fault(soap.INVALID_REQUEST))
            case "reset":
                outcome = Outcome("reset")
            case "reset-after":
                self._serve(arrival, refused)
                outcome = Outcome("reset")
            case "timeout-after":
                self._serve(arrival, refused)
                outcome = Outcome("hang", delay=fault.seconds)
        return outcome

    def _expire(self, arrival: Arrival) -> None:
        session = self.sessions.find(arrival.cookie, arrival.document.session_id, arrival.now)
        if session is not None:
            self.sessions.drop(session)

    def _serve(self, arrival: Arrival, refused: dict[int, Fault]) -> Outcome:
        document = arrival.document
        try:
            session = self._session(arrival)
        except Refused:
            return Outcome("fault", soap.fault(soap.INVALID_REQUEST))
        except Full:
            return Outcome("fault", soap.fault(soap.NO_OCS_CONNECTION))
        ready = [self._ready(request) for request in document.requests]
        invalid = next((entry for entry in ready if isinstance(entry, Refusal)), None)
        if invalid is not None and self.settings.validation == "document":
            replies = [self._writer.refusal("", invalid)]
        else:
            replies = [
                self._run(request, entry, session, refused.get(at))
                for at, (request, entry) in enumerate(zip(document.requests, ready, strict=True))
            ]
        if session.user is None and session.nonce is None:
            self.sessions.drop(session)
        text = self._writer.document(document.session_id, document.tracking_id, replies)
        return Outcome("reply", text, session.cookie if session.cookie != arrival.cookie else None)

    def _session(self, arrival: Arrival) -> Session:
        """The session of the pair; a new one only for logging in."""
        document = arrival.document
        session = self.sessions.find(arrival.cookie, document.session_id, arrival.now)
        if session is not None and session.user is not None:
            return session
        names = [request.type_name for request in document.requests]
        if not all(name in CATALOGUE and CATALOGUE[name].logs_in for name in names):
            raise Refused
        return session or self.sessions.open(document.session_id, arrival.now)

    def _ready(self, request: Request) -> Ready | Refusal:
        self.commands[request.type_name] += 1
        command = CATALOGUE.get(request.type_name)
        if command is None:
            return Refusal(errors.REQUEST_INVALID, detail=f"Invalid xsi:type qname: '{request.type_name}'")
        try:
            return Ready(command, command.sequence.read(request.node))
        except Invalid as invalid:
            return Refusal(errors.REQUEST_INVALID, detail=str(invalid))

    def _run(self, request: Request, ready: Ready | Refusal, session: Session, fault: Fault | None) -> str:
        if fault is not None:
            return self._writer.error(request.echo, "Error", fault.code or "9999", fault.text or "Injected error")
        try:
            if isinstance(ready, Refusal):
                raise ready
            data = self._call(request, ready, session)
        except Refusal as refusal:
            return self._writer.refusal(request.echo, refusal)
        return self._writer.success(request.echo) if data is None else self._writer.data(request.echo, data)

    def _call(self, request: Request, ready: Ready, session: Session) -> Data | None:
        command = ready.command
        if command.system_level and self.settings.login_type not in ("System", "Provisioning"):
            raise Refusal(errors.UNAUTHORIZED)
        self.system.visited.clear()
        call = Call(request.type_name, ready.fields, self.system, self.settings, session, self.sessions)
        try:
            return command.handler(call)
        finally:
            if command.changes:
                self.changed |= self.system.visited
