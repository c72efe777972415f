"""The scripts and ``keys.py`` name the same keys, and keep them as it says."""

import inspect
import re

from routing import keys
from routing.router import HOLD_MS
from routing.types import line_of
from tests.routing.desk import NAME, NODES, RINGS_MS, Desk, names, to

WEEK_S = 604_800
BUILDERS = {
    name: builder
    for name, builder in inspect.getmembers(keys, inspect.isfunction)
    if builder.__module__ == keys.__name__ and name != "prefix"
}
LINES = ["sales", "support", line_of("anna"), line_of("bea")]
ARGUMENTS = {"desk": [NAME], "line": LINES, "team_name": ["sales", "support"],
             "agent_id": ["anna", "bea"], "chat_id": ["a", "b", "c", "d"]}  # fmt: skip
REDIS_TYPES = {"string": "string", "hash": "hash", "set": "set", "list": "list", "sorted set": "zset"}


def documented(builder: str, what: str) -> str:
    """What a builder's docstring says after ``what:``, up to the full stop."""
    found = re.search(rf"{what}: ([^.]+)\.", BUILDERS[builder].__doc__ or "")
    assert found, f"{builder} does not tell its {what.lower()}"
    return found[1]


def built() -> dict[str, str]:
    """Every key that can be of this story, with the name of its builder."""
    made = {}
    for name, builder in BUILDERS.items():
        desk, *rest = inspect.signature(builder).parameters
        assert desk == "desk"
        for arguments in [[value] for parameter in rest for value in ARGUMENTS[parameter]] or [[]]:
            made[builder(NAME, *arguments)] = name
    return made


async def busy(desk: Desk) -> None:
    """Every script has run; someone waits, rings, is served, is handed over, was given back; nobody may be assigned."""
    for router in desk.nodes.values():
        await router.ensure_mark(NAME)
    await desk.works("anna", capacity=2, teams=("sales", "support"))
    await desk.works("bea", capacity=2, teams=("support",), node=NODES[1])
    await desk.waits("a", "b")
    await desk.waits("c", "d", team="support", accept_ms=RINGS_MS)
    await desk.router.accept(NAME, "c", "bea")
    await desk.router.decline(NAME, "d", "bea")
    await desk.router.finish(NAME, "a")
    await desk.router.take(NAME, "d", "anna")
    await desk.router.transfer(NAME, "d", "anna", to(line_of("bea")))
    await desk.router.cancel_transfer(NAME, "d", "anna")
    await desk.router.release(NAME, "bea")
    await desk.router.prioritise(NAME, "c", 9)
    await desk.becomes("bea", "available")
    await desk.clock.passes(5000)
    await desk.router.renew(NAME, ["anna"], ["b", "c", "d"])
    await desk.router.sweep(NAME)
    await desk.router.restore_agent(NAME, "anna", "away")
    await desk.router.restore_chats(NAME, (await desk.router.places(NAME, ["b", "c", "d"])).values())
    await desk.router.detach(NAME, "bea")
    await desk.nodes[NODES[1]].attach(NAME, "bea", name="Bea", capacity=2, teams=["support"])


async def test_the_scripts_make_exactly_the_keys_of_the_builders_with_the_types_they_tell(desk: Desk) -> None:
    await busy(desk)
    await desk.redis.delete("clock")
    known = built()
    found = names([key async for key in desk.redis.scan_iter()])
    assert set(found) <= set(known)
    for key in found:
        (kind,) = names([await desk.redis.type(key)])
        assert kind == REDIS_TYPES[documented(known[key], "Type")], key
    stored = {name for name in BUILDERS if "channel" not in documented(name, "Type")}
    assert {known[key] for key in found} == stored


async def test_the_feed_is_published_where_the_nodes_listen(desk: Desk) -> None:
    assert documented("feed", "Type") == "pub/sub channel"
    await desk.waits("a")
    assert await desk.told_all()


async def test_all_keys_of_a_desk_share_one_hash_slot() -> None:
    assert all(key.startswith(keys.prefix(NAME)) for key in built())
    assert re.fullmatch(r"[^{}]*\{s:shop\}[^{}]*", keys.prefix(NAME))


async def test_keys_live_as_long_as_is_told(desk: Desk) -> None:
    await busy(desk)
    await desk.redis.delete("clock")
    known = built()
    for key in names([key async for key in desk.redis.scan_iter()]):
        lifetime, left_ms = documented(known[key], "Lifetime"), await desk.redis.pttl(key)
        if lifetime.startswith("7 days"):
            assert (WEEK_S - 60) * 1000 < left_ms <= WEEK_S * 1000, key
        elif lifetime.startswith("3 s"):
            assert 0 < left_ms <= HOLD_MS == 3000, key
        else:
            assert left_ms == -1, key
