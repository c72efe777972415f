"""Two agents in one ticket see each other, on whichever nodes they are."""

from tests.actors import Agent, Event
from tests.service import Installation, Node


def names(event: Event) -> list[str]:
    return [agent["name"] for agent in event["agents"]]


async def sees(agent: Agent, *who: str) -> None:
    """The agent is told, sooner or later, that exactly these look."""
    while names(await agent.gets("ticket_viewers", site="shop", number=1001)) != list(who):
        pass


async def test_two_agents_on_two_nodes_see_each_other_in_a_ticket(
    mayfly: Installation, node: Node, anna: Agent
) -> None:
    two = await mayfly.node()
    async with Agent(two, await mayfly.hire("Ben")) as ben, Agent(two, mayfly.agents["Ben"]) as other_tab:
        await ben.opens()
        await other_tab.opens()
        await anna.sends("look_at", site="shop", number=1001)
        await sees(anna, "Anna")
        await ben.sends("look_at", site="shop", number=1001)
        await sees(ben, "Anna", "Ben")
        await sees(anna, "Anna", "Ben")
        await other_tab.sends("look_at", site="shop", number=1002)
        assert names(await other_tab.gets("ticket_viewers", number=1002)) == ["Ben"]
        await ben.sends("look_at")
        await sees(anna, "Anna")
        await ben.sends("look_at", site="shop", number=1001)
        await sees(anna, "Anna", "Ben")
        await ben.vanishes()
        await sees(anna, "Anna")
        assert other_tab.got("ticket_viewers")[1:] == []
