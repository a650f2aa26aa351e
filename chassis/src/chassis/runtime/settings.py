"""The settings every service shares, read once from the environment by `__main__`."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from chassis.runtime.clock import Clock, MovedBy
from chassis.runtime.database_url import DatabaseUrl
from chassis.runtime.http_limits import HttpLimits
from chassis.runtime.kafka_access import KafkaAccess
from contracts.bounds import Sha256
from contracts.partners import SCOPES, Scope


class PrincipalKey(BaseModel):
    """A key of a technician, an application, or an operator who may do less. Without `scopes`: those of its kind."""

    model_config = ConfigDict(extra="forbid")

    sha256: Sha256
    kind: Literal["operator", "technician", "application"] = "operator"
    scopes: frozenset[Scope] | None = None


def principal_key(value: Any) -> PrincipalKey:
    """A digest alone is an operator's key. One sentence whatever is wrong with it, and no value: it is a secret."""
    try:
        return PrincipalKey.model_validate({"sha256": value} if isinstance(value, str) else value)
    except ValidationError as error:
        at_fault = sorted({repr(str(one["loc"][0])) for one in error.errors() if one["loc"]})
        faulty = "this is no key" if isinstance(value, str) or not at_fault else f"{', '.join(at_fault)} does not fit"
        accepted = (
            'the SHA-256 of a key in hex (64 digits 0-9a-f), or {"sha256": that, "kind": operator, technician or'
            f' application, "scopes": some of {", ".join(SCOPES)}}}'
        )
        raise PydanticCustomError(
            "principal_key", "{sentence}", {"sentence": f"{faulty}; accepted is {accepted}."}
        ) from None


class ServiceSettings(KafkaAccess, HttpLimits):
    """Durations without a unit in their name are seconds; those of the outside world are in real time."""

    service_host: str = "127.0.0.1"
    service_port: int = 8000
    database_url: DatabaseUrl = Field(
        repr=False,
        description="postgresql://user:password@host:port/database?sslmode=verify-full&sslrootcert=/path/to/ca.pem,"
        " or DATABASE_URL_FILE names a file with it",
    )
    database_connections: int = Field(default=8, ge=2, description="largest number of pooled connections")
    kafka_fetch_max_wait_ms: int = Field(default=500, description="10 with the embedded broker, which does not wake up")
    kafka_session_timeout_ms: int = 10_000
    kafka_metadata_max_age_ms: int = 60_000
    operator_keys: dict[str, Annotated[PrincipalKey, BeforeValidator(principal_key)]] = Field(
        default={},
        repr=False,
        description='JSON: name -> SHA-256 (hex) of an operator\'s key, or {"sha256", "kind": operator, technician or '
        'application, "scopes": [...]}; or OPERATOR_KEYS_FILE names a file with it',
    )
    batch_size: int = Field(default=500, ge=1, description="most records handled in one transaction")
    waiting_attempts: int = Field(default=8, ge=1, description="tries of a waiting message before it is given up")
    waiting_first_delay: float = Field(default=1.0, gt=0, description="seconds; doubles with each try, up to a minute")
    waiting_in_hand_seconds: float = Field(
        default=15.0, gt=0, description="after which messages of a process that says nothing more are taken by others"
    )
    in_place_seconds: float = Field(
        default=2.0, ge=0, description="how long the transient failures of a batch are retried in place, together"
    )
    batch_seconds: float = Field(
        default=60.0, ge=0, le=200, description="after which what is left of a batch is polled again, later"
    )
    business_time_ahead: timedelta = Field(
        default=timedelta(0), description="moves dates, gates, billing and due dates; seconds, or ISO 8601 as P35D"
    )
    business_time_file: Path | None = Field(
        default=None, description="a file with such a length of time, by which it is ahead too; read when it changes"
    )
    facts_told_every: float = Field(
        default=3600, gt=0, description="seconds until what stands on compacted topics is told again"
    )
    log_level: str = "INFO"
    version: str = "0.1.0"
    commit: str = "unknown"

    @property
    def clock(self) -> Clock:
        """The clock of business time."""
        return Clock(self.business_time_ahead, MovedBy(self.business_time_file) if self.business_time_file else None)
