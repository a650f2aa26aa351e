"""What a DATABASE_URL must be."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from chassis.process.faults import sentences
from chassis.runtime.database_url import NO_URL
from chassis.runtime.settings import ServiceSettings
from testkit.certificates import Authority

ACCEPTED = (
    "postgresql://u:p@h:5432/d",
    "postgres://h/d",
    "postgresql:///d?host=/run/postgresql",
    "postgresql://u:p%40%2F%23@h1:5432,h2:5433/d?target_session_attrs=primary",
    "postgresql://u:p@h/d?sslmode=require",
    "postgresql://u:p@h/d?sslmode=disable&application_name=x",
)
FILES = "A file that it names is not what it should be: "
REFUSED = {
    "mysql://u:sesame@h/d": "It must begin with postgresql://.",
    "host=h password=sesame": "It must begin with postgresql://.",
    "postgresql://u:se/same@h/d": NO_URL,
    "postgresql://u:1#same@h/d": NO_URL,
    "postgresql://h/d?sslmode=on": "Its sslmode is 'on'. Accepted are disable, allow, prefer, require, verify-ca,"
    " verify-full.",
    "postgresql://h/d?ssl=true": "It has the parameter 'ssl'. Accepted for TLS are sslmode, sslrootcert, sslcert,"
    " sslkey, sslpassword, sslcrl, sslnegotiation, ssl_min_protocol_version, ssl_max_protocol_version.",
    "postgresql://h/d?sslmode=verify-full": "Its sslmode verify-full needs an sslrootcert: a file in PEM with the CA"
    " of the server's certificate.",
    "postgresql://h/d?sslrootcert=/no": "It has an sslrootcert, but sslmode prefer verifies nothing. Accepted with it"
    " are require, verify-ca, verify-full.",
    "postgresql://h/d?sslmode=require&sslkey=/no": "It has an sslkey without an sslcert.",
    "postgresql://h/d?sslmode=require&sslrootcert=/no": f"{FILES}'/no' holds no CA certificates in PEM"
    " (no such file or directory).",
    "postgresql://h/d?sslmode=require&sslcert=/no&sslkey=/nokey": f"{FILES}'/no' and '/nokey' are no client certificate"
    " and its key without a pass phrase, in PEM (no such file or directory).",
}


@pytest.mark.parametrize("url", ACCEPTED)
def test_it_is_taken_as_it_is(url: str) -> None:
    assert ServiceSettings(database_url=url).database_url == url


@pytest.mark.parametrize("url", REFUSED)
def test_what_asyncpg_would_not_do_as_it_is_told_is_refused(url: str) -> None:
    with pytest.raises(ValidationError) as raised:
        ServiceSettings(database_url=url)
    assert list(sentences(raised.value, ServiceSettings)) == [f"DATABASE_URL: {REFUSED[url]}"]


def test_files_that_are_there_are_accepted(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("dialtone")
    ServiceSettings(
        database_url=f"postgresql://h/d?sslmode=verify-full&sslrootcert={authority.file}"
        f"&sslcert={certificate}&sslkey={key}"
    )
