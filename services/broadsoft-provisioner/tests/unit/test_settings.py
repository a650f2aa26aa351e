"""BroadWorks is spoken to by https, and by http only where a setting allows it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from broadsoft_provisioner.settings import Settings
from chassis.process.faults import sentences
from testkit.certificates import Authority

OTHERS = {"database_url": "postgresql://h/d", "broadworks_password": "open-sesame"}


def fault(**given: object) -> str:
    with pytest.raises(ValidationError) as raised:
        Settings(**OTHERS, **given)  # type: ignore[arg-type]
    (told,) = sentences(raised.value, Settings)
    assert "sesame" not in f"{told} {raised.value}"
    return told


def test_http_is_refused_unless_it_is_allowed() -> None:
    assert fault(broadworks_url="http://bw/x") == (
        "BROADWORKS_URL: its scheme is 'http'. Accepted is https, or http where BROADWORKS_ALLOW_HTTP is true."
    )
    assert Settings(**OTHERS, broadworks_url="http://bw/x", broadworks_allow_http=True)  # type: ignore[arg-type]
    assert Settings(**OTHERS, broadworks_url="https://bw/x")  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["bw/x", "ftp://bw/x", "HTTP//bw"])
def test_what_is_neither_is_refused_always(url: str) -> None:
    told = fault(broadworks_url=url, broadworks_allow_http=True)
    assert told.endswith("Accepted is https or http.")


def test_an_authority_that_nobody_would_look_at_is_refused(tmp_path: Path) -> None:
    file = Authority(tmp_path).file
    assert fault(broadworks_url="http://bw/x", broadworks_allow_http=True, broadworks_ca_file=file) == (
        "BROADWORKS_CA_FILE: it is set, but BROADWORKS_URL is http, which makes no use of it."
    )


def test_an_authority_that_is_none_is_refused(tmp_path: Path) -> None:
    none = str(tmp_path / "none")
    assert fault(broadworks_url="https://bw/x", broadworks_ca_file=none) == (
        f"BROADWORKS_CA_FILE: '{none}' holds no CA certificates in PEM (no such file or directory). (is: '{none}')"
    )


def test_the_password_may_come_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "password").write_text("open-sesame\n")
    monkeypatch.setenv("BROADWORKS_PASSWORD_FILE", str(tmp_path / "password"))
    settings = Settings(database_url="postgresql://h/d", broadworks_url="https://bw/x")
    assert settings.broadworks_password.get_secret_value() == "open-sesame"
