"""Who looks at a ticket, when a node dies or Redis loses its memory; each ``Viewers`` stands for a process."""

import asyncio
import re
from typing import cast

import pytest
from redis.asyncio import Redis

from chat import protocol as wire
from chat.live import keys
from chat.live.bus import Seat
from chat.live.consoles import Console
from chat.live.viewers import Place, Viewers
from chat.people.agents import Agent
from tests.service import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

TICKET = Place("shop", 1001)


class Tab:
    """A console tab that remembers who it was told looks."""

    def __init__(self, name: str) -> None:
        self.tab = f"{name} {id(self)}"
        self.agent = Agent(
            id=name.lower(), email="", name=name, role="agent", teams=(), capacity=1, disabled=False, has_password=True
        )
        self.seen: list[list[str]] = []

    def tell(self, event: wire.TicketViewers) -> None:
        self.seen.append([agent.name for agent in event.agents])


def console(tab: Tab) -> Console:
    return cast(Console, tab)


async def test_the_viewers_of_a_node_that_was_killed_vanish(redis: "Redis") -> None:
    here, killed = Viewers(redis), Viewers(redis, lease_s=0.3)
    anna, ben = Tab("Anna"), Tab("Ben")
    await killed.look(console(ben), TICKET)
    await here.look(console(anna), TICKET)
    assert anna.seen == [["Anna", "Ben"]]

    async def vanished() -> bool:
        await here.renew()
        return anna.seen[-1] == ["Anna"]

    await until(vanished, "Ben's seat has run out")
    assert anna.seen == [["Anna", "Ben"], ["Anna"]], "each change is told once"


async def test_what_another_node_said_first_is_not_said_again(redis: "Redis") -> None:
    here, anna = Viewers(redis), Tab("Anna")
    looking = asyncio.create_task(here.look(console(anna), TICKET))
    await asyncio.sleep(0)  # it has asked Redis
    here.heard(TICKET.site, TICKET.number, [Seat(anna.tab, anna.agent.id, anna.agent.name)])
    await looking
    assert anna.seen == [["Anna"]]


async def test_who_looks_is_registered_again_in_a_redis_that_has_lost_its_memory(redis: "Redis") -> None:
    one, two = Viewers(redis), Viewers(redis)
    anna, ben = Tab("Anna"), Tab("Ben")
    await one.look(console(anna), TICKET)
    await two.look(console(ben), TICKET)
    await redis.flushall()
    await one.renew()
    await two.renew()
    await one.renew()
    assert (anna.seen[-1], ben.seen[-1]) == (["Anna", "Ben"], ["Anna", "Ben"])


async def test_an_agent_with_two_tabs_is_one_who_stays_until_the_last_has_gone(redis: "Redis") -> None:
    here, there = Viewers(redis), Viewers(redis)
    anna, first, second = Tab("Anna"), Tab("Ben"), Tab("Ben")
    await here.look(console(anna), TICKET)
    for tab in (first, second):
        await there.look(console(tab), TICKET)
    await here.renew()
    await there.look(console(first), None)
    await here.renew()
    assert anna.seen[-1] == ["Anna", "Ben"]
    await there.look(console(second), Place("shop", 1002))
    await here.renew()
    assert anna.seen[-1] == ["Anna"]
    assert second.seen[-1] == ["Ben"]


async def test_looking_again_is_answered_again(redis: "Redis") -> None:
    here, anna = Viewers(redis), Tab("Anna")
    for _ in range(2):
        await here.look(console(anna), TICKET)
    assert anna.seen == [["Anna"]] * 2


async def test_seats_are_kept_as_documented_and_go_by_themselves(redis: "Redis") -> None:
    here, anna = Viewers(redis), Tab("Anna")
    await here.look(console(anna), TICKET)
    (name,) = await redis.keys("*")
    assert isinstance(name, bytes)
    assert name.decode() == keys.viewers("shop", 1001)
    assert "Type: sorted set" in (keys.viewers.__doc__ or "")
    assert await redis.type(name) == b"zset"
    seconds = re.search(r"Lifetime: (\d+) seconds", keys.viewers.__doc__ or "")
    assert seconds is not None
    assert 0 < await redis.ttl(name) <= int(seconds[1])
    await here.look(console(anna), None)
    assert await redis.keys("*") == []
