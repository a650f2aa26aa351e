"""The table of errors: recorded ones as recorded, invented ones movable."""

from broadworks_simulator import errors
from broadworks_simulator.errors import Problem
from broadworks_simulator.settings import Settings
from broadworks_simulator.simulator import Simulator

from .client import Client

PROBLEMS = [problem for problem in vars(errors).values() if isinstance(problem, Problem)]


def test_every_code_is_used_once() -> None:
    codes = [problem.code for problem in PROBLEMS]
    assert len(codes) == len(set(codes))


def test_invented_codes_are_apart_from_recorded_ones() -> None:
    assert all((problem.code >= 9000) is problem.invented for problem in PROBLEMS)


def test_only_invented_codes_move() -> None:
    client = Client(Simulator(Settings(invented_code_offset=500)))
    assert client.do("SystemDomainDeleteRequest", domain="x").summary == "[Error 9502] Domain not found: x"
    assert client.do("UserGetRequest23V2", userId="x").summary == "[Error 4008] User not found: x"
