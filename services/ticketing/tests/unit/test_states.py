"""The transition table of a ticket."""

from itertools import product
from typing import get_args

import pytest

from ticketing.domain.states import ENDED, NEXT, OPEN, NotAllowed, State, move

STATES: tuple[State, ...] = get_args(State)


def test_every_state_has_its_moves_and_is_either_open_or_ended() -> None:
    assert set(NEXT) == set(STATES)
    assert sorted([*OPEN, *ENDED]) == sorted(STATES)


@pytest.mark.parametrize(("state", "to"), list(product(STATES, STATES)))
def test_a_move_that_is_not_in_the_table_is_refused(state: State, to: State) -> None:
    if to in NEXT[state]:
        assert move(state, to) == to
    else:
        with pytest.raises(NotAllowed, match=f"A {state} ticket cannot be {to}"):
            move(state, to)


@pytest.mark.parametrize("state", OPEN)
def test_an_open_ticket_can_be_resolved_closed_and_cancelled(state: State) -> None:
    assert {"resolved", "closed", "cancelled"} <= NEXT[state]


@pytest.mark.parametrize("state", ["cancelled", "resolved"])
def test_what_a_replay_may_want_again_comes_back_to_the_beginning_and_nowhere_else(state: State) -> None:
    assert NEXT[state] == {"acknowledged"}


@pytest.mark.parametrize("state", ["closed", "rejected"])
def test_what_ended_with_its_order_or_was_rejected_never_comes_back(state: State) -> None:
    assert not NEXT[state]


def test_a_refused_move_of_an_ended_ticket_has_a_stable_code() -> None:
    with pytest.raises(NotAllowed) as refused:
        move("closed", "resolved")
    assert refused.value.code == "ticket-ended"
