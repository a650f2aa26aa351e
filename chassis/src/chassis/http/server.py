"""The HTTP server of a service: uvicorn, ended by the frame and not by its own signal handlers."""

import contextlib
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

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
    config = uvicorn.Config(
        api,
        host=settings.service_host,
        port=settings.service_port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_keep_alive=75,  # longer than any client keeps an idle connection, or both would race to close it
        timeout_graceful_shutdown=5,
    )
    return Server(config)
