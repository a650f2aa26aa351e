"""What a form is judged by, beside itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from contracts.catalog import PackageOffered
from contracts.faults import above


@dataclass(frozen=True, slots=True)
class Rules:
    """`now` is business time; `offers` is the catalogue by name.

    `fiction` allows numbers and domains that are kept for examples (555-01XX, .example). `wrong` are the places of the
    form that have a fault of their shape or text already.
    """

    now: datetime
    offers: Mapping[str, PackageOffered]
    fiction: bool = False
    wrong: frozenset[str] = frozenset()

    def may_judge(self, at: str) -> bool:
        """Was what the form has at this place really sent? Else something stands in for it: no rule may go by that."""
        return not self.wrong or self.wrong.isdisjoint(above(at))
