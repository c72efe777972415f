"""Is it alive, is it ready, and what has it counted."""

import asyncio

from prometheus_client import CONTENT_TYPE_LATEST
from redis.exceptions import RedisError
from starlette.responses import JSONResponse, PlainTextResponse, Response

from chat.errors import Unavailable
from chat.web.problems import problem
from chat.web.request import Request


async def healthz(_request: Request) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


async def readyz(request: Request) -> Response:
    """Redis and the database answer too; 503 names what does not."""
    services = request.state["services"]

    async def redis_away() -> str | None:
        try:
            await services.redis.ping()
        except (RedisError, OSError):
            return "redis"
        return None

    async def database_away() -> str | None:
        try:
            await services.database.ping()
        except Unavailable:
            return "database"
        return None

    away = [name for name in await asyncio.gather(redis_away(), database_away()) if name]
    if away:
        return problem(503, "unavailable", f"not reachable: {', '.join(away)}", retry_after_s=1)
    return JSONResponse({"redis": "ok", "database": "ok"}, headers={"Cache-Control": "no-store"})


async def metrics(request: Request) -> Response:
    """Counts and durations for Prometheus: no words, nobody's data."""
    body = request.state["services"].metrics.expose()
    return Response(body, headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})
