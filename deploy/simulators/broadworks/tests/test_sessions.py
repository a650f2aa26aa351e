"""Logging in, staying in, being thrown out."""

import pytest

from broadworks_simulator.commands.logins import signed
from broadworks_simulator.settings import Settings
from broadworks_simulator.simulator import Outcome, Simulator

from .client import Client
from .oci import Answer, answers, command, document

PING = command("AvailabilityTestRequest")
LOGIN = command("LoginRequest22V5", userId="admin", password="admin")


def first(outcome: Outcome) -> Answer:
    return answers(outcome.text)[0]


def test_the_signature_agrees_with_the_known_vector() -> None:
    assert signed("1234567890123", "password") == "77e4a6de3a1e00be05e121cf0ebee860"


def test_the_classic_login_signs_a_nonce_that_is_never_the_same(simulator: Simulator) -> None:
    asked = [simulator.answer(document(name, command("AuthenticationRequest", userId="admin"))) for name in "ab"]
    nonces = [first(outcome).text("nonce") or "" for outcome in asked]
    assert nonces[0] != nonces[1]
    login = command("LoginRequest14sp4", userId="admin", signedPassword=signed(nonces[0], "admin"))
    reply = first(simulator.answer(document("a", login), asked[0].cookie))
    assert reply.type_name == "LoginResponse14sp4"
    assert reply.text("loginType") == "System"


def test_a_nonce_is_good_for_one_attempt(simulator: Simulator) -> None:
    asked = simulator.answer(document("a", command("AuthenticationRequest", userId="admin")))
    nonce = first(asked).text("nonce") or ""
    wrong = command("LoginRequest14sp4", userId="admin", signedPassword="0" * 32)
    right = command("LoginRequest14sp4", userId="admin", signedPassword=signed(nonce, "admin"))
    replies = answers(simulator.answer(document("a", wrong, right), asked.cookie).text)
    assert [reply.summary for reply in replies] == ["[Error 4962] Invalid userId or password."] * 2


@pytest.mark.parametrize("name", ["LoginRequest22", "LoginRequest22V2", "LoginRequest22V3", "LoginRequest22V4"])
def test_every_newer_login_takes_the_password_in_clear(simulator: Simulator, name: str) -> None:
    outcome = simulator.answer(document("a", command(name, userId="admin", password="admin")))
    assert first(outcome).type_name == name.replace("Request", "Response")
    assert outcome.cookie is not None


@pytest.mark.parametrize("content", [{"password": "wrong"}, {"signedPassword": "0" * 32}, {}])
def test_a_login_without_the_password_is_refused(simulator: Simulator, content: dict[str, str]) -> None:
    reply = first(simulator.answer(document("a", command("LoginRequest22V5", userId="admin", **content))))
    assert reply.summary == "[Error 4962] Invalid userId or password."
    assert len(simulator.sessions) == 0


def test_a_disabled_account_says_so() -> None:
    reply = first(Simulator(Settings(account_disabled=True)).answer(document("a", LOGIN)))
    assert reply.summary == "[Error 5202] Account is disabled."


@pytest.mark.parametrize(("session_id", "keep_cookie"), [("client", False), ("other", True)])
def test_cookie_and_session_id_are_good_only_as_a_pair(client: Client, session_id: str, *, keep_cookie: bool) -> None:
    outcome = client.simulator.answer(document(session_id, PING), client.cookie if keep_cookie else None)
    assert outcome.kind == "fault"
    assert "<faultstring>INVALID_REQUEST</faultstring>" in outcome.text
    assert "Cannot process any request before user is logged in." in outcome.text


def test_a_session_id_in_use_cannot_be_taken_by_another(client: Client) -> None:
    assert client.simulator.answer(document(client.session_id, LOGIN)).kind == "fault"


def test_after_logout_the_session_is_gone(client: Client) -> None:
    assert client.do("LogoutRequest", userId="admin", reason="Client Logout").succeeded
    assert client.post(PING).kind == "fault"


def test_a_logout_for_a_reason_that_does_not_exist_is_invalid(client: Client) -> None:
    assert client.do("LogoutRequest", userId="admin", reason="Connection close").summary.startswith("[Error 6004]")


def test_sessions_are_limited_and_a_logout_makes_room() -> None:
    simulator = Simulator(Settings(max_sessions=1))
    client = Client(simulator)
    assert "NO_OCS_CONNECTION" in simulator.answer(document("second", LOGIN)).text
    client.do("LogoutRequest", userId="admin")
    assert simulator.answer(document("second", LOGIN)).kind == "reply"


def test_an_idle_session_expires_and_makes_room() -> None:
    simulator = Simulator(Settings(max_sessions=1, session_idle_seconds=60))
    outcome = simulator.answer(document("a", LOGIN), now=0)
    assert simulator.answer(document("a", PING), outcome.cookie, now=59).kind == "reply"
    assert simulator.answer(document("a", PING), outcome.cookie, now=120).kind == "fault"
    assert simulator.answer(document("b", LOGIN), now=121).kind == "reply"


def test_more_requests_than_the_rate_allows_are_turned_away_until_time_passes() -> None:
    simulator = Simulator(Settings(rate_limit_per_second=2))
    kinds = [simulator.answer(document("a", LOGIN), now=0).kind for _ in range(3)]
    assert kinds[-1] == "empty-503"
    assert simulator.answer(document("b", LOGIN), now=1).kind == "reply"


def test_a_lower_administrator_may_not_add_domains_or_providers() -> None:
    client = Client(Simulator(Settings(login_type="Service Provider")))
    assert client.do("SystemDomainAddRequest", domain="x.example").summary == "[Error 5404] Unauthorized transaction."
