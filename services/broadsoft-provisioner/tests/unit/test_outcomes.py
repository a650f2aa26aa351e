import pytest

from broadsoft_provisioner.domain.outcomes import Answer, Verdict, classify, refused


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer(), "done"),
        (Answer("Warning", "4410", "[Warning 4410] Some services"), "partly-done"),
        (Answer("Error", "4501", "[Error 4501] Device Type not found"), "permanent"),
        (Answer("Error", "4200", "[Error 4200] anything"), "already-exists"),
        (Answer("Error", "9032", "Phone number Already Exists in the system"), "already-exists"),
        (Answer("Error", "1", "Domain already assigned: x"), "already-exists"),
        (Answer("Error", "", "Service provider not found: X"), "not-found"),
        (Answer("Error", "77", "It does not exist."), "not-found"),
        (Answer("Error", "77", "The moon is full."), "unclear"),
    ],
)
def test_the_table_comes_before_the_text_and_the_severity_before_both(answer: Answer, verdict: Verdict) -> None:
    assert classify(answer) == verdict


def test_a_refusal_tells_the_operation_the_number_and_the_words() -> None:
    no = refused("UserAddRequest22V2", Answer("Error", "4909", "[Error 4909] Invalid extension.", "5 to 5"))
    assert (no.code, no.operation, no.oci_code, no.detail) == (
        "broadworks-refused",
        "UserAddRequest22V2",
        "4909",
        "5 to 5",
    )
    assert "Invalid extension" in no.reason
