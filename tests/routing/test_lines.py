"""What people see of a line, and what the nodes are told."""

from routing.types import (
    AgentGone,
    AgentReturned,
    ChatFinished,
    Colleague,
    Entry,
    Line,
    MovedOn,
    Paired,
    QueueMoved,
    Rang,
    RangOff,
    StatusChosen,
    line_of,
)
from tests.routing.desk import NAME, RINGS_MS, Desk, to


async def handled(desk: Desk, *times_ms: int) -> None:
    """Anna has handled chats, each for so long."""
    await desk.works("anna")
    for n, ms in enumerate(times_ms):
        await desk.waits(f"done{n}")
        await desk.clock.passes(ms)
        await desk.router.finish(NAME, f"done{n}")


async def test_a_line_tells_who_waits_since_when_and_who_could_take_them(desk: Desk) -> None:
    await desk.works("anna", capacity=1)
    await desk.works("bea", capacity=2)
    await desk.works("cleo", capacity=7)
    await desk.becomes("cleo", "away")
    await desk.works("dora", capacity=7)
    await desk.leaves("dora")
    await desk.waits("a", "b", "c", "d")
    await desk.clock.passes(700)
    await desk.waits("e")
    await desk.clock.passes(300)
    assert await desk.line() == Line("sales", 2, 1000, 2, 0, 0, 3, 0, "d")
    assert await desk.line("support") == Line("support", 0, 0, 0, 0, 0, 0, 0, "")
    await desk.router.finish(NAME, "d")
    await desk.router.finish(NAME, "e")
    await desk.router.finish(NAME, "a")
    assert await desk.line() == Line("sales", 0, 0, 2, 1, 1, 3, 0, "")


async def test_the_line_of_an_agent_in_person_is_a_line(desk: Desk) -> None:
    await desk.works("anna", capacity=2)
    await desk.becomes("anna", "away")
    assert await desk.comes("a", to(line_of("anna"))) == "waiting"
    assert await desk.line(line_of("anna")) == Line("agent:anna", 1, 0, 0, 0, 0, 0, 0, "a")
    await desk.becomes("anna", "available")
    assert await desk.line(line_of("anna")) == Line("agent:anna", 0, 0, 1, 1, 1, 2, 0, "")


async def test_who_rings_is_in_the_line_but_not_next(desk: Desk) -> None:
    await desk.works("anna")
    await desk.waits("a", "b", accept_ms=RINGS_MS)
    line = await desk.line()
    assert (line.waiting, line.free_places, line.head) == (2, 0, "b")
    assert await desk.order() == ["a", "b"]


async def test_places_count_from_1_and_move_up(desk: Desk) -> None:
    await desk.waits("a", "b", "c")
    assert [(await desk.place(chat)).position for chat in "abc"] == [1, 2, 3]
    await desk.router.finish(NAME, "a")
    assert [(await desk.place(chat)).position for chat in "bc"] == [1, 2]
    await desk.works("anna")
    assert [(await desk.place(chat)).position for chat in "bc"] == [0, 1]
    assert await desk.router.positions(NAME, ["a", "b", "c"]) == {"c": ("sales", 1)}


async def test_the_longest_wait_is_the_longest_of_all_classes(desk: Desk) -> None:
    await desk.works("anna")
    await desk.becomes("anna", "away")
    await desk.waits("early")
    await desk.clock.passes(3000)
    await desk.waits("important", priority=50)
    await desk.clock.passes(2000)
    await desk.waits("late")
    await desk.router.take(NAME, "late", "anna")
    await desk.router.release(NAME, "anna")
    await desk.clock.passes(15_000)
    line = await desk.line()
    assert (line.head, line.longest_wait_ms) == ("late", 20_000)
    await desk.waits("newest")
    await desk.router.finish(NAME, "early")
    assert (await desk.line()).longest_wait_ms == 17_000
    await desk.router.finish(NAME, "important")
    assert (await desk.line()).longest_wait_ms == 15_000


async def test_there_is_no_mean_handling_time_before_three_chats_were_handled(desk: Desk) -> None:
    await handled(desk, 60_000, 60_000)
    assert (await desk.line()).mean_handling_ms == 0


async def test_the_mean_handling_time_is_that_of_the_last_50(desk: Desk) -> None:
    await handled(desk, 3_600_000, *[1000] * 49, 51_000)
    assert (await desk.line()).mean_handling_ms == 2000


async def test_chats_that_were_never_handled_do_not_count(desk: Desk) -> None:
    await handled(desk, 60_000, 60_000, 60_000)
    await desk.waits("a", "b")
    await desk.router.finish(NAME, "b")
    assert (await desk.line()).mean_handling_ms == 60_000


async def test_what_an_agent_handled_in_person_counts_for_the_team(desk: Desk) -> None:
    await desk.works("anna")
    for n in range(3):
        await desk.comes(f"c{n}", to(line_of("anna")))
        await desk.clock.passes(9000)
        await desk.router.finish(NAME, f"c{n}")
    assert (await desk.line("sales")).mean_handling_ms == 9000


async def test_colleagues_are_all_who_are_connected_or_within_the_grace(desk: Desk) -> None:
    await desk.works("anna", capacity=3, teams=("sales", "support"))
    await desk.waits("a", "b")
    await desk.waits("r", accept_ms=RINGS_MS)
    await desk.works("bea", capacity=1, teams=())
    await desk.leaves("bea")
    await desk.works("cleo")
    await desk.leaves("cleo")
    await desk.clock.passes(1)
    await desk.works("cleo")
    await desk.becomes("cleo", "away")
    assert sorted(await desk.router.colleagues(NAME), key=lambda who: who.agent) == [
        Colleague("anna", "Anna", "available", 3, ("sales", "support"), 3, gone=False),
        Colleague("bea", "Bea", "available", 1, (), 0, gone=True),
        Colleague("cleo", "Cleo", "away", 1, ("sales",), 0, gone=False),
    ]
    await desk.later(15_000)
    assert {who.agent for who in await desk.router.colleagues(NAME)} == {"anna", "cleo"}


async def test_the_board_shows_who_waits_by_their_turn_then_who_is_served_the_longest(desk: Desk) -> None:
    start = desk.clock.now
    await desk.works("anna", capacity=2)
    await desk.waits("served")
    await desk.clock.passes(1000)
    await desk.waits("served later")
    await desk.waits("patient", team="support")
    await desk.clock.passes(1000)
    await desk.waits("important", priority=7)
    await desk.waits("rings", accept_ms=RINGS_MS, team="repairs")
    await desk.works("bea", teams=("repairs",))
    assert await desk.router.entries(NAME) == [
        Entry("rings", "repairs", "waiting", "bea", True, 0, start + 2000, 1),
        Entry("important", "sales", "waiting", "", False, 7, start + 2000, 1),
        Entry("patient", "support", "waiting", "", False, 0, start + 1000, 1),
        Entry("served", "sales", "active", "anna", False, 0, start, 0),
        Entry("served later", "sales", "active", "anna", False, 0, start + 1000, 0),
    ]


async def test_the_feed_tells_every_change_of_hands(desk: Desk) -> None:
    await desk.becomes("anna", "available")
    await desk.router.attach(NAME, "anna", name="Anna “A.” Ünal", capacity=1, teams=["sales"])
    await desk.waits("a", "b", accept_ms=RINGS_MS)
    await desk.clock.passes(250)
    await desk.router.accept(NAME, "a", "anna")
    await desk.leaves("anna")
    await desk.router.attach(NAME, "anna", name="Anna “A.” Ünal", capacity=1, teams=["sales"])
    await desk.router.finish(NAME, "a")
    until = desk.clock.now + RINGS_MS
    assert await desk.told() == [
        StatusChosen("anna", "available"),
        Rang("a", "anna", "sales", until - 250),
        RangOff("a", "anna", "accepted"),
        Paired("a", "anna", "Anna “A.” Ünal", "sales", 1, 250),
        AgentGone("anna"),
        AgentReturned("anna"),
        ChatFinished("a", "sales", "anna"),
        Rang("b", "anna", "sales", until),
    ]


async def test_the_feed_tells_which_line_has_moved(desk: Desk) -> None:
    async def moved() -> set[str]:
        return {event.line for event in await desk.told_all() if isinstance(event, QueueMoved)}

    await desk.waits("s", team="sales")
    assert await moved() == {"sales"}
    await desk.waits("t", team="support")
    assert await moved() == {"support"}
    await desk.works("anna", teams=("support",))
    assert "support" in await moved()
    await desk.leaves("anna")
    assert "support" in await moved()
    await desk.router.prioritise(NAME, "s", 3)
    assert await moved() == {"sales"}
    await desk.clock.passes(600_000)
    await desk.router.sweep(NAME)
    assert "sales" in await moved()


async def test_both_lines_have_moved_when_a_chat_goes_from_one_to_the_other(desk: Desk) -> None:
    await desk.comes("a", to("sales"), to("support"))
    await desk.works("anna", teams=("support",), capacity=1)
    await desk.waits("filler", team="support")
    await desk.told_all()
    await desk.later(2000)
    told = await desk.told_all()
    assert MovedOn("a", "support", "support", 1) in told
    assert {QueueMoved("sales"), QueueMoved("support")} <= set(told)
