"""Orders on their way through the saga: every move checked, all that is open answered at once."""

from dataclasses import dataclass

from chassis.saga.engine import Engine
from chassis.saga.steps import Saga
from contracts.errors import StepAlreadyUndone
from contracts.numbers import BackorderAdvanced
from contracts.tickets import ResolvedTicket, SetupResolution, SetupTicketResolved, TicketResolved
from order_intake.domain.absorbing import absorb
from order_intake.domain.provisioning import PROVISION_ORDER
from order_intake.domain.subject import Subject
from testkit.sagas.run import Run
from testkit.time import EPOCH

from ..builders import delivered, form, good_answer, resolved, subject

STAGE_1 = ["price order", "reserve numbers"]
STAGE_2 = ["provision group", "open tickets"]
STAGE_3 = ["assign numbers", "start billing"]


@dataclass
class Course:
    """One order on its way: `go` answers well what is open and tells the steps it answered, round by round."""

    run: Run[Subject]

    def go(self) -> list[str]:
        waiting = [one for one in self.run.sent if (one.step, one.direction, one.attempt) in self.run.open]
        latest = list({(one.step, one.direction): one for one in waiting}.values())
        for one in latest:
            self.run.answer(one, good_answer(one.command))
        return [one.step for one in latest]

    def go_on(self) -> list[str]:
        """All rounds until nobody is asked any more; the steps in the order of their answers."""
        rounds = []
        while steps := self.go():
            rounds += steps
        return rounds

    def refuse(self, step: str, code: str = "no") -> None:
        ids = {"order_id": self.run.subject.order_id, "run": 1}
        kinds = (*self.run.engine.saga.step(step).refused, StepAlreadyUndone)
        self.run.answer(self.run.last(step), kinds[0](**ids, code=code, reason="No."))

    def undo_all(self) -> list[list[str]]:
        """The stages of the undo, as they are asked for."""
        stages = []
        while self.run.phase == "undoing":
            stages.append(self.go())
        return stages

    def people(self, *tickets: ResolvedTicket, still_open: int = 0) -> None:
        """They close trunking tickets: these are all that are closed by now."""
        self.run.tell(lambda order: absorb(order, closed(order, *tickets, still_open=still_open)))

    def set_up(self, resolution: SetupResolution) -> None:
        """People close the setup ticket."""
        ids = {"order_id": self.run.subject.order_id, "partner_id": "p-1", "run": 1, "resolved_by": "r.chen"}
        told = SetupTicketResolved(**ids, resolution=resolution)
        self.run.tell(lambda order: absorb(order, told))

    def stock(self, quantity: int, missing: int = 0, *, trunking: bool = False) -> None:
        """So many numbers have come by now, all on one side."""
        numbers = delivered(quantity, trunking=trunking)
        ids = {"order_id": self.run.subject.order_id, "partner_id": "p-1", "run": 1}
        told = BackorderAdvanced(**ids, numbers=numbers, missing=missing, advanced_at=EPOCH)
        self.run.tell(lambda order: absorb(order, told))


def course(saga: Saga[Subject] = PROVISION_ORDER, **facts: object) -> Course:
    made = form(EPOCH, **facts)
    order = subject(form=made, submitted_at=EPOCH, location_accepted_at=EPOCH if made.e911.location else None)
    return Course(Run(Engine(saga), order))


def closed(order: Subject, *tickets: ResolvedTicket, still_open: int = 0) -> TicketResolved:
    ids = {"order_id": order.order_id, "partner_id": "p-1", "run": 1, "resolved_by": "r.chen"}
    return TicketResolved(**ids, ticket=tickets[-1], still_open=still_open, resolved=tickets)


def stock_comes(order: Subject) -> Subject:
    """All of it."""
    ids = {"order_id": order.order_id, "partner_id": "p-1", "run": 1}
    return absorb(order, BackorderAdvanced(**ids, numbers=delivered(), missing=0, advanced_at=EPOCH))


def tickets_close(order: Subject) -> Subject:
    """The only one, as done."""
    return absorb(order, closed(order, resolved()))
