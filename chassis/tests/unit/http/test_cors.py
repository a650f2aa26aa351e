"""Pages of other origins."""

from testkit.http import client

from .toy import KEY, toy_api

PORTAL = "https://portal.example"
PREFLIGHT = {
    "origin": PORTAL,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization",
}


async def test_no_page_may_ask_by_default() -> None:
    async with client(toy_api(), KEY) as http:
        preflight = await http.options("/notes", headers=PREFLIGHT)
        plain = await http.get("/notes", headers={"origin": PORTAL})
    assert preflight.status_code == 405
    assert not [name for answer in (preflight, plain) for name in answer.headers if name.startswith("access-control-")]


async def test_pages_of_listed_origins_may_ask() -> None:
    async with client(toy_api(http_cors_origins=[PORTAL]), KEY) as http:
        preflight = await http.options("/notes", headers=PREFLIGHT)
        plain = await http.get("/notes", headers={"origin": PORTAL})
        refused = await http.get("/nothing", headers={"origin": PORTAL})
        stranger = await http.options("/notes", headers={**PREFLIGHT, "origin": "https://evil.example"})
        elsewhere = await http.get("/notes", headers={"origin": "https://evil.example"})
    for answer in (preflight, plain, refused):
        assert answer.headers["access-control-allow-origin"] == PORTAL
    assert (preflight.status_code, stranger.status_code) == (200, 400)
    assert "access-control-allow-origin" not in {**stranger.headers, **elsewhere.headers}
