"""Secrets by environment or by file, and never in what is printed."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from chassis.process.faults import sentences
from chassis.runtime.settings import PrincipalKey, ServiceSettings

HASH = "a1" * 32
URL = "postgresql://dialtone:open-sesame@localhost:5432/catalog"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def faults(**given: object) -> list[str]:
    """What a service would print at its start."""
    with pytest.raises(ValidationError) as raised:
        ServiceSettings(**given)  # type: ignore[arg-type]
    assert "sesame" not in f"{raised.value} {raised.value!r}"
    return list(sentences(raised.value, ServiceSettings))


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_may_come_by_file_without_its_line_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    (tmp_path / "url").write_text(URL + end, newline="")
    (tmp_path / "keys").write_text(f'{{"olga": "{HASH}"}}{end}', newline="")
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("OPERATOR_KEYS_FILE", str(tmp_path / "keys"))
    settings = ServiceSettings()
    assert settings.database_url == URL
    assert settings.operator_keys == {"olga": PrincipalKey(sha256=HASH)}


def test_every_secret_may_come_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = [name for name, field in ServiceSettings.model_fields.items() if not field.repr]
    assert secrets == ["kafka_sasl_password", "database_url", "operator_keys"]
    for name in secrets:
        monkeypatch.setenv(f"{name.upper()}_FILE", str(tmp_path / name))
    assert sorted(faults()) == sorted(
        f"{name.upper()}: {name.upper()}_FILE names '{tmp_path / name}', which cannot be read: No such file or"
        " directory."
        for name in secrets
    )


def test_both_ways_at_once_are_refused_and_an_empty_variable_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "url").write_text(URL)
    monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
    monkeypatch.setenv("DATABASE_URL", "")
    assert ServiceSettings().database_url == URL
    monkeypatch.setenv("DATABASE_URL", URL)
    assert faults() == ["DATABASE_URL: DATABASE_URL and DATABASE_URL_FILE are both set: accepted is one of them."]


def test_a_file_that_holds_no_secret_is_told_with_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for content, reason in ((b"\n", "which is empty"), (b"\xff\xfe", "which is no text in UTF-8")):
        (tmp_path / "url").write_bytes(content)
        monkeypatch.setenv("DATABASE_URL_FILE", str(tmp_path / "url"))
        assert faults() == [f"DATABASE_URL: DATABASE_URL_FILE names '{tmp_path / 'url'}', {reason}."]


def test_what_is_wrong_is_told_all_at_once_and_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_PORT", "http")
    monkeypatch.setenv("OPERATOR_KEYS", '{"olga": open-sesame}')
    monkeypatch.setenv("KAFKA_SASL_PASSWORD", "open-sesame")
    assert sorted(faults()) == [
        "DATABASE_URL: it is not set (or DATABASE_URL_FILE), and there is no default.",
        "OPERATOR_KEYS: This is not JSON.",
        "SERVICE_PORT: 'http' does not fit; expected a whole number, in digits alone",
    ]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('{"olga": "open-sesame"}', "at 'olga': this is no key; accepted is the SHA-256 of a key in hex (64 digits"),
        (
            '{"olga": {"sha256": "open-sesame", "kind": "boss"}}',
            "at 'olga': 'kind', 'sha256' does not fit; accepted is",
        ),
        ('{"olga": ["open-sesame"]}', "at 'olga': this is no key; accepted is the SHA-256 of a key"),
        ('["open-sesame"]', "its value (not shown) does not fit; expected an object"),
    ],
)
def test_a_wrong_key_of_ours_is_one_sentence_without_it(monkeypatch: pytest.MonkeyPatch, keys: str, told: str) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("OPERATOR_KEYS", keys)
    (sentence,) = faults()
    assert sentence.startswith(f"OPERATOR_KEYS: {told}")
    assert "sesame" not in sentence


def test_no_fault_of_a_setting_is_in_the_words_of_pydantic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    wrong = {"BATCH_SIZE": "0", "IN_PLACE_SECONDS": "soon", "BUSINESS_TIME_AHEAD": "soon", "HTTP_CORS_ORIGINS": "[1]"}
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    assert sorted(faults()) == [
        "BATCH_SIZE: '0' does not fit; expected at least 1",
        "BUSINESS_TIME_AHEAD: 'soon' does not fit; expected seconds, or a duration such as P35D",
        "HTTP_CORS_ORIGINS: at 0: 1 is written as a number; expected text, in quotes",
        "IN_PLACE_SECONDS: 'soon' does not fit; expected a number",
    ]


def test_settings_do_not_show_their_secrets() -> None:
    settings = ServiceSettings(
        database_url=URL,
        operator_keys={"olga": PrincipalKey(sha256=HASH)},
        kafka_security_protocol="SASL_PLAINTEXT",
        kafka_sasl_mechanism="PLAIN",
        kafka_sasl_username="dialtone",
        kafka_sasl_password="open-sesame",
    )
    shown = f"{settings} {settings!r}"
    assert "sesame" not in shown
    assert HASH not in shown
