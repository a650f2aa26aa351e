"""How much one caller may ask of a service over HTTP."""

from pydantic import Field

from chassis.runtime.secrets import FromEnvironment


class HttpLimits(FromEnvironment):
    """Each replica counts for itself."""

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
    http_reading_seconds: float = Field(
        default=300, gt=0, description="a client that has not read its answer by then is cut off, however it dawdles"
    )
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
