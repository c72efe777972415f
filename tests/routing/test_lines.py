"""What people see of a line, and what the nodes are told."""

from routing.types import (
    AgentGone,
    AgentReturned,
    ChatFinished,
    Line,
    Paired,
    QueueMoved,
    StatusChosen,
)
from tests.routing.desk import NAME, Desk


async def handled(desk: Desk, *times_ms: int) -> None:
    """Anna has handled chats, each for so long."""
    await desk.works("anna")
    for n, ms in enumerate(times_ms):
        await desk.waits(f"done{n}")
        await desk.pairs()
        await desk.clock.passes(ms)
        await desk.router.finish(NAME, f"done{n}")


async def test_a_line_tells_who_waits_since_when_and_who_could_take_them(desk: Desk) -> None:
    await desk.works("anna", capacity=3)
    await desk.works("bea", capacity=2)
    await desk.works("cleo", capacity=7)
    await desk.router.set_status(NAME, "cleo", "away")
    await desk.works("dora", capacity=7)
    await desk.router.detach(NAME, "dora")
    await desk.waits("a", "b", "c")
    await desk.pairs()
    await desk.waits("d")
    await desk.clock.passes(700)
    await desk.waits("e")
    await desk.clock.passes(300)
    assert await desk.line() == Line("sales", 2, 1000, 2, 2, 5, 0, "d")
    assert await desk.line("support") == Line("support", 0, 0, 0, 0, 0, 0, "")


async def test_places_count_from_1_and_move_up(desk: Desk) -> None:
    await desk.waits("a", "b", "c")
    assert [(await desk.place(chat)).position for chat in "abc"] == [1, 2, 3]
    await desk.router.finish(NAME, "a")
    assert [(await desk.place(chat)).position for chat in "bc"] == [1, 2]
    await desk.works("anna")
    await desk.pairs()
    assert [(await desk.place(chat)).position for chat in "bc"] == [0, 1]


async def test_the_longest_wait_is_the_longest_also_behind_a_chat_given_back(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("early")
    await desk.clock.passes(5000)
    await desk.waits("late")
    await desk.router.take(NAME, "late", "anna")
    await desk.router.detach(NAME, "anna")
    await desk.clock.passes(15_000)
    await desk.router.sweep(NAME)
    line = await desk.line()
    assert (line.head, line.longest_wait_ms) == ("late", 20_000)
    await desk.router.finish(NAME, "early")
    assert (await desk.line()).longest_wait_ms == 15_000


async def test_there_is_no_estimate_before_three_chats_were_handled(desk: Desk) -> None:
    await handled(desk, 60_000, 60_000)
    assert (await desk.line()).estimated_wait_s(1) is None


async def test_the_estimate_is_the_mean_handling_time_shared_by_all_places(desk: Desk) -> None:
    await handled(desk, 30_000, 60_000, 90_000)
    assert (await desk.line()).estimated_wait_s(1) == 60
    assert (await desk.line()).estimated_wait_s(3) == 180
    await desk.works("bea", capacity=3)
    assert (await desk.line()).estimated_wait_s(1) == 15


async def test_there_is_no_estimate_while_nobody_is_available(desk: Desk) -> None:
    await handled(desk, 30_000, 60_000, 90_000)
    await desk.router.set_status(NAME, "anna", "away")
    assert (await desk.line()).estimated_wait_s(1) is None


async def test_the_estimate_forgets_times_beyond_the_last_50(desk: Desk) -> None:
    await handled(desk, 3_600_000, *[1000] * 50)
    assert (await desk.line()).mean_handling_ms == 1000


async def test_chats_that_were_never_handled_do_not_shorten_the_estimate(desk: Desk) -> None:
    await handled(desk, 60_000, 60_000, 60_000)
    await desk.waits("a", "b")
    await desk.router.finish(NAME, "a")
    await desk.router.finish(NAME, "b")
    assert (await desk.line()).mean_handling_ms == 60_000


async def test_the_feed_tells_every_change_of_hands(desk: Desk) -> None:
    await desk.router.set_status(NAME, "anna", "available")
    await desk.router.attach(NAME, "anna", name="Anna “A.” Ünal", capacity=1, teams=["sales"])
    await desk.waits("a")
    await desk.clock.passes(250)
    await desk.pairs()
    await desk.router.detach(NAME, "anna")
    await desk.router.attach(NAME, "anna", name="Anna “A.” Ünal", capacity=1, teams=["sales"])
    await desk.router.finish(NAME, "a")
    assert await desk.told() == [
        StatusChosen("anna", "available"),
        Paired("a", "anna", "Anna “A.” Ünal", "sales", 1, 250),
        AgentGone("anna"),
        AgentReturned("anna"),
        ChatFinished("a", "sales", "anna"),
    ]


async def test_the_feed_tells_which_line_has_moved(desk: Desk) -> None:
    await desk.waits("s", team="sales")
    assert await desk.told_all() == [QueueMoved("sales")]
    await desk.waits("t", team="support")
    assert await desk.told_all() == [QueueMoved("support")]
    await desk.works("anna", teams=("support",))
    await desk.told_all()
    await desk.pairs("support")
    assert QueueMoved("support") in await desk.told_all()
    await desk.router.detach(NAME, "anna")
    assert QueueMoved("support") in await desk.told_all()
    await desk.router.finish(NAME, "s")
    assert QueueMoved("sales") in await desk.told_all()
