"""Which agents look at which ticket, on all nodes, so that two in one ticket see each other.

Each tab has a seat in Redis with a lease, which its node renews; the seats of a node that was killed run out. What the
nodes tell each other is delivery only: each renewal reads the truth again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Iterable
from importlib.resources import files
from typing import Any, cast

import msgspec
import structlog
from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat import protocol as wire
from chat.live import keys
from chat.live.bus import Seat
from chat.live.consoles import Console

logger = structlog.get_logger()

LEASE_S = 12.0
RENEW_EVERY_S = 4.0


class Place(Struct, frozen=True):
    """A ticket."""

    site: str
    number: int


class Viewers:
    """The tabs of this node that look at a ticket, and who else does."""

    def __init__(self, redis: "Redis", *, lease_s: float = LEASE_S) -> None:
        source = (files("chat") / "live" / "lua" / "look.lua").read_text()
        self._script = redis.register_script(source)
        self._lease_ms = round(lease_s * 1000)
        self._places: dict[Console, Place] = {}
        self._here: defaultdict[Place, set[Console]] = defaultdict(set)
        self._told: dict[Console, list[wire.TicketViewer]] = {}

    async def look(self, console: Console, place: Place | None) -> None:
        """A tab looks at a ticket, and away from the one before; None: only away. It is told who else looks.

        Raises ``redis.exceptions.RedisError``; the next renewal makes up for it.
        """
        before = self._places.pop(console, None)
        self._told.pop(console, None)
        if before is not None:
            self._here[before].discard(console)
            if not self._here[before]:
                del self._here[before]
        if place is not None:
            self._places[console] = place
            self._here[place].add(console)
        if before not in (None, place):
            await self._say(before, go=[console])
        if place is not None:
            self.heard(place.site, place.number, await self._say(place, come=[console]))

    def heard(self, site: str, number: int, seats: Iterable[Seat]) -> None:
        """These look at a ticket now. Those of this node who do are told, if that is news to them."""
        names = {seat.agent: seat.name for seat in seats}
        agents = [
            wire.TicketViewer(id=agent, name=name) for agent, name in sorted(names.items(), key=lambda a: a[::-1])
        ]
        for console in list(self._here.get(Place(site, number), ())):
            if self._told.get(console) != agents:
                self._told[console] = agents
                console.tell(wire.TicketViewers(site=site, number=number, agents=agents))

    async def renew(self) -> None:
        """Vouch for the tabs of this node, and learn who else looks at their tickets."""
        for place, consoles in list(self._here.items()):
            self.heard(place.site, place.number, await self._say(place, come=list(consoles)))

    async def keep_renewing(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            try:
                await self.renew()
            except RedisError as error:
                logger.warning("viewers not renewed", error=type(error).__name__)

    async def _say(self, place: Place, *, come: Iterable[Console] = (), go: Iterable[Console] = ()) -> list[Seat]:
        coming, going = [_seat(one) for one in come], [_seat(one) for one in go]
        head = f'{{"type":"ticket_looked_at","site":{_json(place.site)},"number":{place.number},"seats":['
        answer = self._script(
            keys=[keys.viewers(place.site, place.number)],
            args=[keys.NODES, head, self._lease_ms, len(coming), *coming, *going],
        )
        return [_decode_seat(seat) for seat in await cast(Awaitable[list[bytes]], answer)]


_decode_seat = msgspec.json.Decoder(Seat).decode


def _seat(console: Console) -> str:
    return _json(Seat(console.tab, console.agent.id, console.agent.name))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
