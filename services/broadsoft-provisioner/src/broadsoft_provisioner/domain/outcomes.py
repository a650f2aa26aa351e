"""What BroadWorks' answer to one command means. There is no public list of its error numbers."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["ok", "Info", "Warning", "Error"]
Verdict = Literal["done", "partly-done", "already-exists", "not-found", "permanent", "unclear"]

KNOWN: dict[str, Verdict] = {
    "4008": "not-found",
    "4015": "permanent",
    "4152": "not-found",
    "4200": "already-exists",
    "4410": "not-found",
    "4500": "already-exists",
    "4501": "permanent",
    "4505": "not-found",
    "4909": "permanent",
    "4911": "permanent",
    "4962": "permanent",
    "5202": "permanent",
    "5404": "permanent",
    "6004": "permanent",
}
TEXTS: tuple[tuple[str, Verdict], ...] = (
    ("already exists", "already-exists"),
    ("already assigned", "already-exists"),
    ("not found", "not-found"),
    ("does not exist", "not-found"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """BroadWorks' words about one command. `summary` is the English one where it was given."""

    severity: Severity = "ok"
    code: str = ""
    summary: str = ""
    detail: str = ""

    @property
    def words(self) -> str:
        return " ".join(filter(None, (self.summary, self.detail)))


@dataclass(frozen=True, slots=True)
class Refused:
    """A business no, by BroadWorks or by our own rules."""

    code: str
    reason: str
    operation: str = ""
    oci_code: str = ""
    detail: str = ""


def classify(answer: Answer) -> Verdict:
    """The table first, since `4501 Device Type not found` is permanent all the same; then the text."""
    if answer.severity in ("ok", "Info"):
        return "done"
    if answer.severity == "Warning":
        return "partly-done"
    if answer.code in KNOWN:
        return KNOWN[answer.code]
    summary = answer.summary.lower()
    return next((verdict for text, verdict in TEXTS if text in summary), "unclear")


REFUSALS: dict[Verdict, str] = {
    "already-exists": "broadworks-conflict",
    "not-found": "broadworks-prerequisite-missing",
    "permanent": "broadworks-refused",
    "partly-done": "broadworks-partly-done",
    "unclear": "broadworks-unclear",
}


# A run of an order that was taken back begins nothing any more.
TAKEN_BACK = Refused("already-undone", "This run of the order has been taken back.")


def refused(operation: str, answer: Answer) -> Refused:
    """BroadWorks' own words become the reason."""
    code = REFUSALS[classify(answer)]
    return Refused(code, f"BroadWorks refused {operation}: {answer.summary}", operation, answer.code, answer.detail)


def conflict(operation: str, detail: str) -> Refused:
    """Something of that name is there and is not what we wanted."""
    return Refused("broadworks-conflict", f"{operation}: it exists already and is not ours.", operation, "", detail)
