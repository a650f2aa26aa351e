"""The admin API: look into the system, inject faults, change settings. Not part of BroadWorks."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from broadworks_simulator import snapshot
from broadworks_simulator.simulator import Simulator


def routes(simulator: Simulator) -> list[Route]:
    admin = Admin(simulator)
    return [
        Route("/admin/health", admin.health),
        Route("/admin/state", admin.state),
        Route("/admin/reset", admin.reset, methods=["POST"]),
        Route("/admin/settings", admin.settings),
        Route("/admin/settings", admin.change_settings, methods=["PUT"]),
        Route("/admin/faults", admin.faults),
        Route("/admin/faults", admin.inject, methods=["POST"]),
        Route("/admin/faults", admin.clear_faults, methods=["DELETE"]),
        Route("/admin/faults/{fault_id}", admin.clear_fault, methods=["DELETE"]),
    ]


class Admin:
    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def state(self, _: Request) -> Response:
        return JSONResponse(snapshot.of_simulator(self._simulator))

    async def reset(self, _: Request) -> Response:
        self._simulator.reset()
        return Response(status_code=204)

    async def settings(self, _: Request) -> Response:
        return JSONResponse(self._simulator.settings.shown())

    async def change_settings(self, request: Request) -> Response:
        try:
            self._simulator.settings.update(await _object(request))
        except (TypeError, ValueError) as error:
            return _wrong(error)
        return await self.settings(request)

    async def faults(self, _: Request) -> Response:
        return JSONResponse({"faults": self._simulator.faults.shown()})

    async def inject(self, request: Request) -> Response:
        try:
            fault = self._simulator.faults.inject(await _object(request))
        except (TypeError, ValueError) as error:
            return _wrong(error)
        return JSONResponse({"id": fault.id}, 201)

    async def clear_faults(self, _: Request) -> Response:
        self._simulator.faults.clear()
        return Response(status_code=204)

    async def clear_fault(self, request: Request) -> Response:
        found = self._simulator.faults.clear(request.path_params["fault_id"])
        return Response(status_code=204 if found else 404)


async def _object(request: Request) -> dict[str, Any]:
    body = await request.json()
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


def _wrong(error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)
