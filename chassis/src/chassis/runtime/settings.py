"""The settings every service shares, read once from the environment by `__main__`."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings

from chassis.runtime.clock import Clock


class ServiceSettings(BaseSettings):
    """Durations without a unit in their name are seconds; those of the outside world are in real time."""

    service_host: str = "127.0.0.1"
    service_port: int = 8000
    database_url: str = Field(description="postgresql://user:password@host:port/database")
    database_connections: int = Field(default=8, ge=2, description="largest number of pooled connections")
    kafka_bootstrap: str = Field(default="127.0.0.1:9092", description="host:port, several separated by commas")
    kafka_fetch_max_wait_ms: int = Field(default=500, description="10 with the embedded broker, which does not wake up")
    kafka_session_timeout_ms: int = 10_000
    kafka_metadata_max_age_ms: int = 60_000
    operator_keys: dict[str, str] = Field(default={}, description="operator name -> SHA-256 (hex) of their key")
    http_body_bytes: int = Field(default=1 << 20, ge=1, description="largest body of a request, imports apart")
    http_requests_per_second: float = Field(
        default=50,
        gt=0,
        description="of one key; each replica counts for itself, so N replicas let N times as many by",
    )
    http_requests_burst: int = Field(default=100, ge=1, description="requests of one key that may come at once")
    http_wrong_keys_per_second: float = Field(
        default=0.5,
        gt=0,
        description="of one address; then it is answered 429; each replica counts for itself",
    )
    http_wrong_keys_burst: int = Field(default=20, ge=1, description="wrong keys of one address that may come at once")
    http_arrival_seconds: float = Field(default=30, gt=0, description="a request that has not arrived whole is dropped")
    http_idle_seconds: int = Field(
        default=75, ge=1, description="an idle connection is closed; longer than any client keeps it, or both race"
    )
    http_connections: int = Field(
        default=1000,
        ge=1,
        description="at once; if all are taken, the one that is silent longest gives way, else 503",
    )
    http_answer_seconds: float = Field(default=30, gt=0, description="a request without an answer by then is 503")
    http_cors_origins: tuple[str, ...] = Field(
        default=(),
        description='JSON list of origins whose pages may ask, as ["https://portal.example"]; else none',
    )
    http_trusted_proxies: str = Field(
        default="", description="addresses or networks, by commas, whose X-Forwarded-For is believed"
    )
    batch_size: int = Field(default=500, ge=1, description="most records handled in one transaction")
    waiting_attempts: int = Field(default=8, ge=1, description="tries of a waiting message before it is given up")
    waiting_first_delay: float = Field(default=1.0, gt=0, description="seconds; doubles with each try, up to a minute")
    in_place_seconds: float = Field(default=2.0, ge=0, description="how long a transient failure is retried in place")
    business_time_ahead: timedelta = Field(
        default=timedelta(0), description="moves dates, gates, billing and due dates; seconds, or ISO 8601 as P35D"
    )
    log_level: str = "INFO"
    version: str = "0.1.0"
    commit: str = "unknown"

    @property
    def clock(self) -> Clock:
        """The clock of business time."""
        return Clock(self.business_time_ahead)
