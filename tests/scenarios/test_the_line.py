"""Nobody is left hanging: a waiting visitor sees where they stand, and may leave a request at any time."""

import asyncio
import json
import time
from datetime import datetime

import pytest
from redis.asyncio import Redis

from chat.live import keys as chat_keys
from routing import keys as routing_keys
from routing.router import source_of
from tests.actors import Agent, Visitor
from tests.service import Installation, Node, until


async def test_visitors_wait_in_order_and_see_their_place_move(mayfly: Installation, node: Node) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna", capacity=1)) as anna,
        Visitor(node) as first,
        Visitor(node) as second,
        Visitor(node) as third,
    ):
        for place, visitor in enumerate((first, second, third), 1):
            welcome = await visitor.opens()
            assert (welcome["availability"], welcome["nobody"]) == ("busy", True)
            await visitor.asks(f"question {place}")
            await visitor.gets("queued", position=place)
        await anna.opens()
        await anna.is_available()
        chat = await anna.gets("assigned")
        assert chat["visitor"]["question"] == "question 1"
        await first.gets("assigned")
        await second.gets("queued", position=1)
        await third.gets("queued", position=2)
        await second.sends("end")
        await second.gets("erased")
        await third.gets("queued", position=1)
        await anna.sends("end", chat=chat["chat"])
        assert (await anna.gets("assigned"))["visitor"]["question"] == "question 3"


async def test_a_visitor_is_told_how_many_agents_are_free_however_many_chats_each_could_take(
    mayfly: Installation, node: Node
) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna", capacity=3)) as anna,
        Agent(node, await mayfly.hire("Ben", capacity=1)) as ben,
        Visitor(node) as first,
        Visitor(node) as second,
    ):
        for agent in (anna, ben):
            await agent.opens()
            await agent.is_available()
        assert (await first.opens())["free"] == 2
        await first.asks()  # of two who are free the one with fewer chats for their capacity, then who came first
        await first.gets("assigned")
        await second.opens()
        await second.asks()
        await second.gets("assigned")
        async with Visitor(node) as third:
            welcome = await third.opens()
            assert (welcome["availability"], welcome["free"]) == ("online", 1)


async def test_agents_see_the_line_of_their_team(mayfly: Installation, node: Node) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna")) as anna,
        Agent(node, await mayfly.hire("Ben")) as ben,
        Visitor(node) as visitor,
    ):
        await ben.opens()
        (queue,) = (await anna.opens())["queues"]
        assert (queue["team"], queue["title"], queue["waiting"]) == ("support", "Support", 0)
        await visitor.opens()
        await visitor.asks()
        moved = await anna.gets("queue_changed", waiting=1)
        assert moved["head"] == visitor.chat
        await anna.sends("take", chat=moved["head"])
        assert await anna.is_given() == visitor.chat
        await anna.gets("queue_changed", waiting=0)
        await ben.sends("take", chat=visitor.chat)
        await ben.gets("failed", code="not_waiting")


async def test_taking_by_hand_stays_within_capacity_and_team(mayfly: Installation, node: Node) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna", capacity=1)) as anna,
        Agent(node, await mayfly.hire("Sam", "sales")) as sam,
        Visitor(node) as one,
        Visitor(node) as two,
    ):
        for someone in (anna, sam):
            await someone.opens()
        for visitor in (one, two):
            await visitor.opens()
            await visitor.asks()
        await anna.sends("take", chat=one.chat)
        await anna.is_given()
        await anna.sends("take", chat=two.chat)
        await anna.gets("failed", code="at_capacity")
        await sam.sends("take", chat=two.chat)
        await sam.gets("failed", code="not_yours")


async def test_when_no_agent_is_there_a_request_is_offered_and_the_place_kept(mayfly: Installation, node: Node) -> None:
    async with Visitor(node) as visitor, Agent(node, await mayfly.hire("Anna")) as anna:
        await visitor.opens()
        await visitor.asks()
        await visitor.gets("ticket_offered", reason="no_agents")
        await anna.opens()
        await anna.is_available()
        await visitor.gets("assigned")


async def test_that_nobody_is_there_is_taken_back_when_somebody_is_there_again(
    mayfly: Installation, node: Node
) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna", capacity=1)) as anna,
        Visitor(node) as served,
        Visitor(node) as waits,
    ):
        await anna.opens()
        await anna.is_available()
        for visitor in (served, waits):
            assert "nobody" not in await visitor.opens()
            await visitor.asks()
        for _ in range(2):
            await anna.sends("set_availability", status="away")
            await waits.gets("ticket_offered", reason="no_agents")
            await anna.is_available()
            await waits.gets("offer_withdrawn")
        await waits.leaves()
        waits.forgets()
        await waits.opens()
        await waits.synchronises()
        assert not waits.got("ticket_offered")


async def test_who_waits_when_the_desk_closes_is_told_at_once_though_agents_are_still_busy_there(
    mayfly: Installation, node: Node
) -> None:
    two = await mayfly.node()
    async with (
        Agent(node, await mayfly.hire("Anna", capacity=1)) as anna,
        Visitor(node) as served,
        Visitor(node) as waits,
        _redis(mayfly) as redis,
    ):
        await anna.opens()
        await anna.is_available()
        for visitor in (served, waits):
            await visitor.opens()
            await visitor.asks()
        key, now_ms = routing_keys.chat("main", waits.chat), round(time.time() * 1000)
        closes, opens = now_ms, now_ms + 8000
        (step,) = json.loads(await redis.hget(key, "steps") or "")
        step[-1] = [[0, closes], [opens, opens + 60_000]]
        await redis.hset(key, "steps", json.dumps([step]))  # as if admitted under such hours
        await waits.leaves()
        await waits.opens(two)
        told = await waits.gets("ticket_offered", reason="closed")
        assert datetime.fromisoformat(told["reopens_at"]).timestamp() == pytest.approx(opens / 1000, abs=0.01)
        await waits.gets("offer_withdrawn")
        await served.sends("end")
        await waits.gets("assigned")


async def test_after_the_longest_wait_a_request_is_offered_and_the_place_kept(mayfly: Installation, node: Node) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna", "swift", capacity=1)) as anna,
        Visitor(node, "swift") as one,
        Visitor(node, "swift") as two,
    ):
        await anna.opens()
        await anna.is_available()
        for visitor in (one, two):
            await visitor.opens()
            await visitor.asks()
        await two.gets("queued", position=1)
        await two.gets("ticket_offered", reason="waited")
        await one.sends("end")
        await two.gets("assigned")


async def test_who_is_back_in_the_line_is_offered_a_request_again(mayfly: Installation, node: Node) -> None:
    async with Agent(node, await mayfly.hire("Anna", "swift")) as anna, Visitor(node, "swift") as visitor:
        await visitor.opens()
        await visitor.asks()
        await visitor.gets("ticket_offered", reason="no_agents")
        await visitor.gets("ticket_offered", reason="waited")
        await anna.opens()
        await anna.is_available()
        assert await anna.is_given() == visitor.chat
        await anna.sends("offer_ticket", chat=visitor.chat)
        await visitor.gets("ticket_offered", reason="agent")
        await anna.sends("hand_over")
        await visitor.gets("said", text="requeued")
        await visitor.gets("ticket_offered")


async def test_a_place_that_could_not_be_read_is_told_once_it_can(mayfly: Installation, node: Node) -> None:
    async with Visitor(node) as first, Visitor(node) as second, _redis(mayfly) as redis:
        for place, visitor in enumerate((first, second), 1):
            await visitor.opens()
            await visitor.asks()
            await visitor.gets("queued", position=place)
        async with redis.pipeline(transaction=True) as pipe:
            pipe.eval(source_of("prioritise"), 1, routing_keys.prefix("main"), 3, second.chat, 50)
            pipe.execute_command("CLIENT", "PAUSE", 8000, "ALL")
            await pipe.execute()
        await second.gets("queued", position=1)


async def test_a_full_line_offers_a_request_and_starts_nothing(node: Node) -> None:
    async with Visitor(node, "narrow") as one, Visitor(node, "narrow") as two:
        await one.opens()
        await one.asks()
        await two.opens()
        await two.sends("start", ref="second", question="Me too")
        await two.gets("ticket_offered", reason="queue_full", ref="second")
        await two.says("anyone?")
        await two.gets("failed", code="no_chat")
        await one.sends("end")
        await one.gets("erased")
        await two.sends("start", ref="third", question="Me too")
        await two.gets("started", ref="third")


async def test_the_longest_idle_of_equals_gets_the_chat_and_load_is_relative_to_capacity(
    mayfly: Installation, node: Node
) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna", capacity=2)) as anna,
        Agent(node, await mayfly.hire("Ben", capacity=4)) as ben,
    ):
        visitors = [Visitor(node) for _ in range(6)]
        for agent in (anna, ben):
            await agent.opens()
            await agent.is_available()
        for visitor in visitors:
            await visitor.opens()
            await visitor.asks()
            await visitor.gets("assigned")
        for _ in range(2):
            await anna.is_given()
        for _ in range(4):
            await ben.is_given()
        await asyncio.gather(*(visitor.leaves() for visitor in visitors))


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"question": "  "}, {"field": "question", "message": "required"}),
        ({"question": "?", "email": "nonsense"}, {"field": "email", "message": "not_an_email"}),
        ({"question": "?", "name": "x" * 201}, {"field": "name", "message": "too_long"}),
    ],
)
async def test_a_form_at_fault_is_refused_by_field_and_may_be_sent_again(
    node: Node, form: dict[str, str], fault: dict[str, str]
) -> None:
    async with Visitor(node) as visitor:
        await visitor.opens()
        await visitor.sends("start", ref="first", **form)
        assert (await visitor.gets("failed", ref="first", code="invalid"))["errors"] == [fault]
        await visitor.asks()


async def test_a_visitor_whom_the_line_has_forgotten_is_put_back_into_it(mayfly: Installation, node: Node) -> None:
    async with Visitor(node) as visitor, Agent(node, await mayfly.hire("Anna")) as anna, _redis(mayfly) as redis:
        await visitor.opens()
        await visitor.asks()
        await visitor.gets("queued", position=1)
        await redis.delete(routing_keys.chat("main", visitor.chat), routing_keys.queue("main", "support"))
        await anna.opens()
        await anna.is_available()
        assert await anna.is_given() == visitor.chat


async def test_who_ends_a_chat_of_one_team_is_free_for_the_other_team_too(mayfly: Installation, node: Node) -> None:
    async with (
        Agent(node, await mayfly.hire("Anna", "support", "sales", capacity=1)) as anna,
        Visitor(node, "shop") as one,
        Visitor(node, "offers") as two,
    ):
        await anna.opens()
        await anna.is_available()
        await one.opens()
        await one.asks()
        assert await anna.is_given() == one.chat
        await two.opens()
        await two.asks()
        await anna.gets("queue_changed", team="sales", waiting=1)
        await anna.sends("end", chat=one.chat)
        assert await anna.is_given() == two.chat


async def test_the_wait_is_told_in_round_numbers_once_it_can_be_estimated(mayfly: Installation, node: Node) -> None:
    async with Agent(node, await mayfly.hire("Anna", capacity=1)) as anna:
        await anna.opens()
        await anna.is_available()
        for _ in range(3):
            async with Visitor(node) as visitor:
                await visitor.opens()
                await visitor.asks()
                await anna.sends("end", chat=await anna.is_given())
                await visitor.gets("erased")
        async with Visitor(node) as one, Visitor(node) as two:
            await one.opens()
            await one.asks()
            await two.opens()
            await two.asks()
            assert (await two.gets("queued", position=1))["wait_s"] == 30


async def test_the_wait_that_was_told_does_not_jump_when_the_page_changes_or_the_only_agent_reloads(
    mayfly: Installation, node: Node
) -> None:
    two = await mayfly.node()
    async with (
        Agent(node, await mayfly.hire("Anna", capacity=1)) as anna,
        Visitor(node) as served,
        Visitor(node) as waits,
        Visitor(node) as later,
        _redis(mayfly) as redis,
    ):
        times = routing_keys.times("main", "support")
        await redis.lpush(times, *[60_000] * 50)
        await anna.opens()
        await anna.is_available()
        for visitor in (served, waits, later):
            await visitor.opens()
            await visitor.asks()
        assert (await waits.gets("queued", position=1))["wait_s"] == 60
        await later.gets("queued", position=2)

        await redis.lpush(times, *[3_600_000] * 50)
        await later.sends("end")
        await later.gets("erased")
        for there in (node, two):
            await waits.leaves()
            await until(
                lambda: redis.hexists(chat_keys.chat(0, waits.chat), "left"), "it is known that the page is gone"
            )
            waits.forgets()
            assert (await waits.opens(there))["chat"]["wait_s"] < 600, (
                "an hour, by the new times; it rises step by step"
            )
        await anna.leaves()
        await waits.gets("queued", wait_s=None)
        await anna.opens()
        while "wait_s" not in (told := await waits.gets("queued")):
            pass
        assert max(event.get("wait_s", 0) for event in waits.got("queued")) <= told["wait_s"] < 600


def _redis(mayfly: Installation) -> "Redis":
    return Redis.from_url(mayfly.redis.url)
