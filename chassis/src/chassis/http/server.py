"""The HTTP server of a service: uvicorn, ended by the frame and not by its own signal handlers."""

import contextlib
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from chassis.http.connections import Bounds, Config
from chassis.runtime.settings import ServiceSettings


class Server(uvicorn.Server):
    """uvicorn's signal handlers would end the process before the batch in hand is finished."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def leave(self) -> None:
        """Finish the requests in hand and return from `serve`."""
        self.should_exit = True


def server_of(api: FastAPI, settings: ServiceSettings) -> Server:
    """Serves `api` where the settings say."""
    config = Config(
        api,
        bounds=Bounds(settings.http_arrival_seconds, settings.http_reading_seconds, settings.http_connections),
        host=settings.service_host,
        port=settings.service_port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_keep_alive=settings.http_idle_seconds,
        timeout_graceful_shutdown=5,
        proxy_headers=bool(settings.http_trusted_proxies),
        forwarded_allow_ips=settings.http_trusted_proxies or None,
    )
    return Server(config)
