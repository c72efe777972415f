"""When a chat is over, none of its words is left anywhere; while it lives, they are only where they must be."""

import json
import sys
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import jwt
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from tests.actors import Agent, Visitor
from tests.clients import http_client
from tests.live.canaries import Canaries, Overheard, overhearing
from tests.service import IDENTITY_SECRET, Installation, installation, until

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

OF_THE_CHAT = {
    "name", "email", "question", "visitor_said", "visitor_ref", "agent_said", "agent_ref", "note", "note_ref",
    "draft", "start_ref", "whisper", "handed_over",
}  # fmt: skip
OF_THE_TAB = {"sub", "claim", "url", "title", "next_url", "next_title"}
"""Who the visitor is and which page they are on: a tab that stays open keeps that for its next chat."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mayfly(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Two nodes that log all they can."""
    async with installation(tmp_path_factory.mktemp("mayfly")) as made:
        for _ in range(2):
            await made.node(MAYFLY_SERVER_LOG_LEVEL="debug", MAYFLY_SERVER_WIPE_MEMORY="true")
        yield made


@dataclass
class Talk:
    """A chat full of canaries, and what was overheard of it."""

    words: Canaries
    visitor: Visitor
    second_tab: Visitor
    anna: Agent
    chat: str
    overheard: Overheard
    redis: "Redis"
    workers: list[int]

    async def has_no_key(self) -> bool:
        """Whether Redis has no key of the chat, routing included."""
        return not await self.redis.keys(f"*{self.chat}*")

    def fields_in_memory(self) -> set[str]:
        """The fields whose words are in the memory of the nodes."""
        return {found.field for found in self.words.found_in_memory(*self.workers)}


@asynccontextmanager
async def talking(mayfly: Installation) -> AsyncIterator[Talk]:
    """A visitor with two tabs and an agent, on two nodes, say, note, draft, visit and reload all there is."""
    words, (one, two) = Canaries(), mayfly.nodes
    word = words.word
    claims = {"sub": word("sub"), "company": word("claim"), "exp": int(time.time()) + 600}
    identity = jwt.encode(claims, IDENTITY_SECRET, "HS256")
    page = {"url": f"https://shop.example.com/{word('url')}", "title": word("title")}
    async with (
        Redis.from_url(mayfly.redis.url) as redis,
        overhearing(mayfly.redis.port) as overheard,
        Agent(two, await mayfly.hire(f"Anna{len(mayfly.agents)}")) as anna,
        Visitor(one) as visitor,
        Visitor(two) as second_tab,
        Agent(one, await mayfly.hire(f"Susan{len(mayfly.agents)}", role="supervisor")) as susan,
    ):
        await redis.config_set("slowlog-log-slower-than", 0)
        await anna.opens()
        await anna.is_available()
        await visitor.opens(identity=identity, page=page)
        await visitor.sends(
            "start", ref=word("start_ref"), question=word("question"), name=word("name"), email=words.email("email")
        )
        visitor.token = second_tab.token = (await visitor.gets("started"))["token"]
        chat = await anna.is_given()
        await second_tab.opens(identity=identity, page=page)
        await visitor.sends("visit", url=f"https://shop.example.com/{word('next_url')}", title=word("next_title"))
        await anna.gets("visited")
        await visitor.sends("typing", draft=word("draft"))
        await anna.gets("typing", draft=word("draft"))
        await anna.sends("note", chat=chat, ref=word("note_ref"), text=word("note"))
        await anna.gets("noted")
        await the_supervisor_looks_in_and_is_asked_to_take_over(words, anna, susan, chat)
        await anna.leaves()
        assert (await anna.opens())["chats"][0]["visitor"]["claims"]["company"] == word("claim")
        await anna.says(chat, word("agent_said"), word("agent_ref"))
        await second_tab.hears(word("agent_said"))
        await visitor.says(word("visitor_said"), word("visitor_ref"))
        await anna.hears(word("visitor_said"))
        workers = [worker for node in mayfly.nodes for worker in (node.process.pid, *node.workers())]
        yield Talk(words, visitor, second_tab, anna, chat, overheard, redis, workers)


async def the_supervisor_looks_in_and_is_asked_to_take_over(
    words: Canaries, anna: Agent, susan: Agent, chat: str
) -> None:
    """She watches, whispers, and declines to have the chat herself."""
    welcome = await susan.opens()
    await susan.sends("watch", chat=chat)
    await susan.gets("watched")
    await susan.sends("note", chat=chat, ref="whisper", text=words.word("whisper"))
    await anna.gets("noted", text=words.word("whisper"))
    await susan.is_available()
    await anna.sends("transfer", chat=chat, agent=welcome["agent"]["id"], note=words.word("handed_over"))
    assert (await susan.gets("offered"))["question"] == words.word("question")
    await susan.sends("decline", chat=chat)
    await anna.gets("transfer_returned")


async def the_visitor_ends(talk: Talk) -> None:
    await talk.visitor.sends("end")


async def the_agent_ends(talk: Talk) -> None:
    await talk.anna.sends("end", chat=talk.chat)


async def the_visitor_leaves(talk: Talk) -> None:
    await talk.visitor.vanishes()
    await talk.second_tab.leaves()


@pytest.mark.parametrize(
    "ending",
    [the_visitor_ends, *(pytest.param(one, marks=pytest.mark.full) for one in (the_agent_ends, the_visitor_leaves))],
)
async def test_no_word_of_a_chat_is_left(mayfly: Installation, ending: Callable[[Talk], Awaitable[None]]) -> None:
    async with talking(mayfly) as talk:
        words = talk.words
        assert talk.fields_in_memory() >= {"name", "email", "question", "sub", "claim", "next_url", "next_title"}
        assert await words.found_in_redis(talk.redis) == []

        await ending(talk)
        await talk.anna.gets("erased", chat=talk.chat)
        await until(talk.has_no_key, "no key of the chat is left")
        await until(lambda: talk.fields_in_memory() <= OF_THE_TAB, "the words have left the nodes' memory", 5)
        await talk.visitor.leaves()
        await talk.second_tab.leaves()
        await until(lambda: not talk.fields_in_memory(), "nothing of the visitor is in the nodes' memory", 5)

        assert await words.found_in_redis(talk.redis) == []
        assert words.found_in_memory(mayfly.redis.pid) == []
        assert words.found_in_files(mayfly.folder) == []
    assert talk.overheard.said.count(b'"EVALSHA"') > 20
    assert talk.overheard.said.count(b'"XADD"') >= 3
    assert words.found_in(talk.overheard.said) == []


async def test_what_is_searched_for_in_the_help_is_kept_nowhere(mayfly: Installation) -> None:
    words, node = Canaries(), mayfly.nodes[0]
    async with (
        http_client(base_url=node.origin) as client,
        Redis.from_url(mayfly.redis.url) as redis,
        overhearing(mayfly.redis.port) as overheard,
    ):
        await redis.config_set("slowlog-log-slower-than", 0)
        for locale, known in (("en", "deposit"), ("ru", "залог")):
            for telling, finds in ((known, True), ("", False)):
                search = {"q": f"{telling} {words.word('sought')}", "done": True}
                answer = await client.post("/api/sites/innkeep/searches", params={"locale": locale}, json=search)
                assert bool(answer.json()["found"]) == finds
        workers = (node.process.pid, *node.workers())

        async def are_forgotten() -> bool:
            """What is only freed is overwritten by whatever is searched for next."""
            await client.post("/api/sites/innkeep/searches", json={"q": "deposit " * 12, "done": True})
            return words.found_in_memory(*workers) == []

        await until(are_forgotten, "the words have left the node's memory")
        assert await words.found_in_redis(redis) == []
    assert words.found_in_memory(mayfly.redis.pid) == []
    assert words.found_in_files(mayfly.folder) == []
    assert b"limit:searches:" in overheard.said, "a search that found nothing is counted, without its words"
    assert words.found_in(overheard.said) == []


async def test_the_search_finds_what_is_there_to_be_found(mayfly: Installation, tmp_path: Path) -> None:
    words = Canaries()
    async with Redis.from_url(mayfly.redis.url) as redis, overhearing(mayfly.redis.port) as overheard:
        await redis.config_set("slowlog-log-slower-than", 0)
        await redis.xadd("planted", {"b": b"sealed? " + words.word("stream").encode()})
        assert {found.field for found in await words.found_in_redis(redis)} == {"stream"}
        await redis.delete("planted")
        assert {found.field for found in await words.found_in_redis(redis)} == {"stream"}, "the slow log"
        await redis.slowlog_reset()
        assert await words.found_in_redis(redis) == []
        assert words.found_in_memory(mayfly.redis.pid), "deleted, and still there"
    assert {found.field for found in words.found_in(overheard.said)} == {"stream"}
    deep = tmp_path / "data"
    deep.mkdir()
    (deep / "mayfly.db-wal").write_bytes(b"\0" * 5000 + b64encode(words.word("file").encode()))
    (deep / "node.log").write_text(json.dumps({"event": words.word("log")}))
    (found,) = [found for found in words.found_in_files(tmp_path) if found.form != "base64"]
    assert found.field == "log"
    assert len(words.found_in_files(tmp_path)) == 2
