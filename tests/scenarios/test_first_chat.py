"""The main job: a visitor asks, an agent answers, and then nothing is left."""

from tests.actors import Agent, Visitor
from tests.service import Installation


async def test_a_visitor_and_an_agent_talk_on_two_nodes(mayfly: Installation) -> None:
    one, two = await mayfly.node(), await mayfly.node()
    async with Agent(two, await mayfly.hire("Anna")) as anna, Visitor(one) as visitor:
        assert (await anna.opens())["availability"] == "away"
        await anna.is_available()

        welcome = await visitor.opens(locale="en", page={"url": "https://shop.example.com/cart", "title": "Cart"})
        assert welcome["availability"] == "online"
        await visitor.asks("Where is my order?", name="Vera")
        chat = await anna.gets("assigned")
        assert chat["visitor"]["question"] == "Where is my order?"
        assert chat["visitor"]["name"] == "Vera"
        assert chat["visitor"]["page"]["title"] == "Cart"
        assert (await visitor.gets("assigned"))["agent"]["name"] == "Anna"
        assert (await visitor.gets("said", author="system"))["text"] == "joined"

        ref = await visitor.says("Hello?")
        heard = await anna.hears("Hello?")
        assert heard["author"] == "visitor"
        assert (await visitor.gets("said", ref=ref))["seq"] == heard["seq"]
        await visitor.gets("delivered", seq=heard["seq"])
        await anna.sends("see", chat=chat["chat"], seq=heard["seq"])
        await visitor.gets("seen", seq=heard["seq"])

        await anna.sends("typing", chat=chat["chat"])
        await visitor.gets("typing")
        await anna.says(chat["chat"], "On its way.")
        assert (await visitor.hears("On its way."))["name"] == "Anna"

        await anna.sends("end", chat=chat["chat"])
        assert (await visitor.gets("ended"))["by"] == "agent"
        await visitor.gets("erased")
        await anna.gets("erased", chat=chat["chat"])
        await visitor.sends("rate", score=5)
        await visitor.synchronises()
        assert not visitor.got("failed")
