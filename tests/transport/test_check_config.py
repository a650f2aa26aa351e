"""`check-config` of every service tells all that is wrong with its settings, and no secret."""

import hashlib
import subprocess

import pytest

from dialtone.stack.services import BROADSOFT_PROVISIONER, SERVICES, Service

SECRETS = {
    "OPERATOR_KEYS": f'{{"olga": "{hashlib.sha256(b"open-sesame").hexdigest()}"}}',
    "KAFKA_SASL_PASSWORD": "open-sesame",
    "BROADWORKS_PASSWORD": "open-sesame",
    "BROADWORKS_URL": "https://broadworks.example/x",
}
URL = {"DATABASE_URL": "postgresql://dialtone:open-sesame@localhost/x"}


def checked(service: Service, environment: dict[str, str]) -> tuple[int, str]:
    """Exit code and output."""
    command = service.command("check-config")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert "sesame" not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.name)
def test_no_fault_shows_a_secret(service: Service) -> None:
    more = "BROADWORKS_URL: it is not set, and there is no default.\n" if service == BROADSOFT_PROVISIONER else ""
    without = {name: value for name, value in SECRETS.items() if name != "BROADWORKS_URL"}
    assert checked(service, without) == (
        2,
        f"DATABASE_URL: it is not set (or DATABASE_URL_FILE), and there is no default.\n{more}",
    )
    code, said = checked(service, {**SECRETS, **URL})
    assert (code, said.split(",")[0]) == (2, "KAFKA_SASL_PASSWORD: it is set")
    code, said = checked(service, {**SECRETS, **URL, "KAFKA_SASL_PASSWORD": "", "OPERATOR_KEYS": '{"olga": "sesame"}'})
    assert (code, said.split(";")[0]) == (2, "OPERATOR_KEYS: at 'olga': this is no key")
    assert checked(service, {**SECRETS, **URL, "KAFKA_SASL_PASSWORD": ""}) == (
        0,
        f"{service.module}: the settings are valid\n",
    )
