"""The playground of the demo page: what is in its address is what one gets."""

import re
from html import unescape

import httpx
import jwt
import pytest

from chat.demo import PLANS, STAGES
from tests.web.conftest import Running
from tests.web.test_looks import look_of
from tests.web.test_pages import config


def snippet(page: httpx.Response) -> dict[str, str]:
    """The attributes of the tag that brings the bubble."""
    tag = re.search(r"<script async ([^>]*)>", page.text)
    assert tag is not None
    return {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag[1])}


async def test_the_choices_of_the_look_reach_bubble_panel_and_what_is_to_be_copied(visitor: httpx.AsyncClient) -> None:
    chosen = "mode=dark&accent=facc15&shape=pill&icon=mail&position=top-right"
    page = await visitor.get(f"/demo?desk=rentals&lang=en&{chosen}")
    tag = snippet(page)
    assert tag["data-site"] == "rentals"
    assert tag["src"].endswith(f"/widget.js?{chosen}")
    look = await look_of(visitor, "rentals", chosen)
    assert (look["position"], look["mode"]) == ("top-right", "dark")
    assert "--accent:#facc15" in look["css"]
    theme = config(await visitor.get(f"/panel/rentals?locale=en&{chosen}"))["theme"]
    assert (theme["mode"], theme["colours"]["--accent"]) == ("dark", "#facc15")
    toml = unescape(page.text.partition("[sites.rentals.theme]\n")[2].partition("</code>")[0])
    assert toml.splitlines() == ['accent = "#facc15"', 'mode = "dark"', 'shape = "pill"', 'icon = "mail"']
    for value in ("rentals", "dark", "facc15", "pill", "mail", "top-right"):
        assert re.search(rf'value="{value}"[^>]* checked', page.text), value


async def test_without_choices_each_desk_looks_as_it_does(visitor: httpx.AsyncClient) -> None:
    assert snippet(await visitor.get("/demo"))["src"].endswith("/widget.js")
    for desk in ("hotel", "platform", "rentals", "travel"):
        tag = snippet(await visitor.get(f"/demo?desk={desk}"))
        assert tag["data-site"] == desk
        assert "data-identity" not in tag


@pytest.mark.parametrize(
    "bad", ["desk=shopp", "accent=red", "shape=star", "icon=../x", "position=middle", "who=root", "lang=xx"]
)
async def test_what_there_is_not_is_passed_over(visitor: httpx.AsyncClient, bad: str) -> None:
    page = await visitor.get(f"/demo?{bad}")
    assert page.status_code == 200
    assert snippet(page)["data-site"] == "demo"
    assert bad.partition("=")[2] not in snippet(page).values()


@pytest.mark.parametrize(
    ("desk", "choice", "claims"),
    [
        ("platform", "plan=enterprise", {"plan": "enterprise", "role": "staff", "company": "Aurora"}),
        ("platform", "plan=starter", {"plan": "standard"}),
        ("travel", "stage=customer", {"stage": "customer", "curator": "anna@demo.test"}),
        ("demo", "", {"name": "Ada Lindqvist"}),
    ],
)
async def test_a_customer_comes_with_an_identity_for_that_desk_alone(
    visitor: httpx.AsyncClient, running: Running, desk: str, choice: str, claims: dict[str, str]
) -> None:
    token = snippet(await visitor.get(f"/demo?desk={desk}&who=customer&{choice}"))["data-identity"]
    (secret,) = running.settings.sites[desk].identity_secrets
    told = jwt.decode(token, secret, algorithms=["HS256"], options={"require": ["exp"]})
    assert claims.items() <= told.items()
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await visitor.get(f"/api/sites/{desk}/tickets", headers=bearer)).status_code == 200
    assert (await visitor.get("/api/sites/shop/tickets", headers=bearer)).status_code == 401


async def test_plans_and_stages_are_those_of_the_desks(running: Running) -> None:
    assert {one for plans in PLANS.values() for one in plans} <= running.settings.plans.keys()
    routes = running.settings.sites["travel"].routes
    assert set(STAGES["travel"]) == {route.when["stage"] for route in routes if "stage" in route.when}


async def test_it_can_be_left_out(visitor: httpx.AsyncClient) -> None:
    assert 'class="play"' in (await visitor.get("/demo")).text
    assert 'class="play"' not in (await visitor.get("/demo?playground=off&desk=hotel")).text
