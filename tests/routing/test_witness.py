"""The witness is as strict as what it can know, and no stricter."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import permutations

import msgspec
import pytest

from routing.types import Paired, Place
from tests.routing.desk import MISSED_MAX, NAME, Desk, to
from tests.routing.witness import Witness

CHATS = ("filler", "with sam", "important", "plain", "late")
OF_AGE, LATER = 0, 600_000


async def saw_a_chat_move_on(desk: Desk, *, fair_ms: int, looked: bool = False) -> tuple[Witness, dict[str, Place]]:
    """In support "important" and "plain" wait, and since sam went away "late" too; how they stand now.

    ``looked``: the witness also knows how they stood before.
    """
    await desk.works("busy", teams=("support",))
    await desk.works("sam")
    await desk.waits("filler", team="support")
    await desk.waits("with sam")
    await desk.waits("important", team="support", priority=9)
    await desk.waits("plain", team="support")
    await desk.comes("late", to("sales", fair_ms=fair_ms), to("support"))
    await desk.clock.passes(1)
    witness = Witness({"busy": 1, "sam": 1}, {"busy": ["support"], "sam": ["sales"]}, MISSED_MAX)
    await hears(witness, desk)
    if looked:
        witness.looks(await desk.router.places(NAME, CHATS))
    await desk.becomes("sam", "away")
    await hears(witness, desk)
    return witness, await desk.router.places(NAME, CHATS)


async def hears(witness: Witness, desk: Desk) -> None:
    witness.now = desk.clock.now
    for event in await desk.told():
        witness.hears(event)


def in_this_order(places: Mapping[str, Place], order: str) -> dict[str, Place]:
    positions = {chat: place for place, chat in enumerate(order.split(), 1)}
    return {chat: msgspec.structs.replace(place, position=positions.get(chat, 0)) for chat, place in places.items()}


@pytest.mark.parametrize("fair_ms", [OF_AGE, LATER])
async def test_a_chat_that_moved_on_unseen_stands_where_redis_has_put_it(desk: Desk, fair_ms: int) -> None:
    witness, places = await saw_a_chat_move_on(desk, fair_ms=fair_ms)
    witness.looks(places)
    witness.is_in_order()
    await desk.router.finish(NAME, "filler")
    await hears(witness, desk)
    assert witness.holders["late" if fair_ms == OF_AGE else "important"] == "busy"


@pytest.mark.parametrize(
    ("fair_ms", "looked", "orders"),
    [
        (OF_AGE, True, {"late important plain"}), (OF_AGE, False, {"late important plain", "important plain late"}),
        (LATER, True, {"important plain late"}), (LATER, False, {"important plain late"}),
    ],
)  # fmt: skip
async def test_it_accepts_each_order_that_may_be_and_no_other(
    desk: Desk, fair_ms: int, looked: bool, orders: set[str]
) -> None:
    witness, places = await saw_a_chat_move_on(desk, fair_ms=fair_ms, looked=looked)
    accepted = set()
    for order in map(" ".join, permutations(("important", "plain", "late"))):
        witness.looks(in_this_order(places, order))
        with suppress(AssertionError):
            witness.is_in_order()
            accepted.add(order)
    assert accepted == orders


@pytest.mark.parametrize(("fair_ms", "chat"), [(OF_AGE, "plain"), (LATER, "plain"), (LATER, "late")])
async def test_who_overtakes_for_certain_is_caught(desk: Desk, fair_ms: int, chat: str) -> None:
    witness, places = await saw_a_chat_move_on(desk, fair_ms=fair_ms)
    witness.looks(places)
    await desk.router.finish(NAME, "filler")
    finished, _ = await desk.told()
    witness.hears(finished)
    with pytest.raises(AssertionError, match=f"{chat} overtook"):
        witness.hears(Paired(chat, "busy", "Busy", "support", 1, 0))
