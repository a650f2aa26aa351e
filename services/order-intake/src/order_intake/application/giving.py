"""What somebody may give to a key at most: nobody gives what they have not got."""

from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from chassis.http.principals import Principal
from contracts.echo import quoted
from contracts.partners import PARTNER_MAY_HAVE, KeyKind

KINDS: frozenset[KeyKind] = frozenset(get_args(KeyKind))


class NotToGive(Exception):
    """A key that a partner cannot have, or that is more than who gives it has. `field` of the key is too much."""

    def __init__(self, field: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.field, self.code = field, code


@dataclass(frozen=True, slots=True)
class AtMost:
    """`until` is when the key of who gives ends; None for one that does not."""

    kinds: frozenset[KeyKind] = KINDS
    scopes: frozenset[str] = PARTNER_MAY_HAVE
    until: datetime | None = None

    def check(self, kind: KeyKind, scopes: frozenset[str], expires_at: datetime | None) -> None:
        """Raises NotToGive."""
        if kind not in self.kinds:
            detail = f"You cannot give a key of kind {quoted(kind)}: your own names a person; ask for an application's."
            raise NotToGive("kind", "kind-not-given", detail)
        if never := sorted(scopes - PARTNER_MAY_HAVE):
            detail = f"A key of a partner can never have {', '.join(never)}."
            raise NotToGive("scopes", "scope-not-given", detail)
        if missing := sorted(scopes - self.scopes):
            detail = f"You cannot give {', '.join(missing)}: your own key has not got it."
            raise NotToGive("scopes", "scope-not-given", detail)
        if self.until is not None and (expires_at is None or expires_at > self.until):
            given = "no expiry" if expires_at is None else expires_at.isoformat()
            detail = f"You cannot give {given}: your own key ends at {self.until.isoformat()}; give that, or earlier."
            raise NotToGive("expires_at", "life-not-given", detail)


# Who operates gives whatever a partner may have, for a new partner's first key too.
BY_OPERATORS = AtMost()


def at_most(principal: Principal) -> AtMost:
    """An application's key makes no partner's, which would name no person any more."""
    if principal.partner_id is None:
        return BY_OPERATORS
    kinds = KINDS if principal.kind == "partner" else frozenset[KeyKind]({"application"})
    return AtMost(kinds, principal.scopes, principal.until)
