"""What a `DATABASE_URL` must be. It holds a password, so no sentence here repeats any of it but names of parameters.

asyncpg leaves out without a word what it has no use for, and tells of wrong files only when it connects; what it would
not do as it is told is refused at the start instead.
"""

from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from chassis.runtime.tls import client_context

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
VERIFYING = ("require", "verify-ca", "verify-full")  # `require` verifies the CA where one is named, as in libpq
SSL_PARAMETERS = (
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "sslpassword",
    "sslcrl",
    "sslnegotiation",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
)
NO_URL = "This is no URL: characters such as @ : / # in a password are written %40 %3A %2F %23."


def _fault(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = [urlsplit(f"//{host}").port for host in parts.netloc.rpartition("@")[2].split(",")]
    except ValueError:
        return NO_URL
    if parts.fragment:
        return NO_URL
    if parts.scheme not in ("postgresql", "postgres"):
        return "It must begin with postgresql://."
    given = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    unknown = [name for name in given if name.startswith("ssl") and name not in SSL_PARAMETERS]
    if unknown:
        return f"It has the parameter {unknown[0]!r}. Accepted for TLS are {', '.join(SSL_PARAMETERS)}."
    return _tls_fault(given)


def _tls_fault(given: dict[str, str]) -> str | None:
    mode, root = given.get("sslmode", "prefer"), given.get("sslrootcert")
    if mode not in SSL_MODES:
        return f"Its sslmode is {mode!r}. Accepted are {', '.join(SSL_MODES)}."
    if root and mode not in VERIFYING:
        return (
            f"It has an sslrootcert, but sslmode {mode} verifies nothing. Accepted with it are {', '.join(VERIFYING)}."
        )
    if mode.startswith("verify") and not root:
        return f"Its sslmode {mode} needs an sslrootcert: a file in PEM with the CA of the server's certificate."
    if given.get("sslkey") and not given.get("sslcert"):
        return "It has an sslkey without an sslcert."
    if mode in VERIFYING and (root or given.get("sslcert")):
        return _files_fault(root, given)
    return None


def _files_fault(root: str | None, given: dict[str, str]) -> str | None:
    """A key with a pass phrase is left for asyncpg to open."""
    own = given.get("sslcert") if "sslpassword" not in given else None
    key = given.get("sslkey")
    try:
        client_context(Path(root) if root else None, Path(own) if own else None, Path(key) if own and key else None)
    except ValueError as error:
        return f"A file that it names is not what it should be: {error}"
    return None


def checked(url: str) -> str:
    """The URL as it is. Raises what pydantic tells users."""
    if fault := _fault(url):
        raise PydanticCustomError("database_url", "{fault}", {"fault": fault})
    return url


DatabaseUrl = Annotated[str, AfterValidator(checked)]
