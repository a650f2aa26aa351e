"""The kinds of tickets, and what ends them."""

from typing import Literal, get_args

from contracts.tickets import TicketKind

# Released messages name the kinds of the contract; a setup ticket has messages of its own.
Kind = Literal[TicketKind, "setup"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# What people build: done on a day that they tell, left to them when the order ends, and built anew for a newer run.
BUILT_BY_PEOPLE: tuple[Kind, ...] = ("trunking", "setup")
CLOSED_WITH_ORDER: tuple[Kind, ...] = ("order", "backorder", "e911")
