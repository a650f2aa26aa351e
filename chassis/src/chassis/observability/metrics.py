"""`/metrics` and the facts about the process; each other metric is defined in the file that counts it."""

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import Response

BUILD_INFO = Gauge("build_info", "What runs.", ["service", "version", "commit"])


async def endpoint(_: Request) -> Response:
    """What Prometheus scrapes."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
