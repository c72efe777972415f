"""A site's own look: what bubble and panel are told of it, and the images that we serve for it."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import httpx
import msgspec
import pytest

from chat.settings import Settings
from chat.theme_settings import Icon, Shape, Texts, Theme
from chat.web.looks import ICONS, SHAPES
from tests.web.conftest import Service
from tests.web.test_pages import config, policy

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """On the site of a shop that has all of its own but the shape of the bubble in Russian."""
    logo, icon = tmp_path / "logo.png", tmp_path / "icon.svg"
    logo.write_bytes(b"\x89PNG")
    icon.write_text(SVG)
    theme = Theme(
        logo=str(logo),
        icon=str(icon),
        shape="pill",
        side_px=32,
        edge_px=90,
        texts=Texts(launcher={"en": "Ask us"}, greeting={"en": "Good day"}, start={"ru": "Спросить"}),
    )

    def themed(settings: Settings) -> Settings:
        shop = msgspec.structs.replace(settings.sites["shop"], theme=theme)
        return msgspec.structs.replace(settings, sites={**settings.sites, "shop": shop})

    with Service(tmp_path, themed) as running:
        async with running.browser() as client:
            yield client


async def look_of(visitor: httpx.AsyncClient, site: str, query: str = "") -> dict[str, Any]:
    """What the loader of a site's pages is told."""
    found = re.search(r"look='(.*)';", (await visitor.get(f"/api/sites/{site}/look.js?{query}")).text)
    assert found is not None
    look: dict[str, Any] = json.loads(found[1].replace("\\x3c", "<").replace("\\\\", "\\"))
    return look


def test_every_icon_and_shape_of_the_settings_can_be_drawn() -> None:
    assert set(ICONS) == set(get_args(Icon))
    assert set(SHAPES) == set(get_args(Shape))


async def test_the_bubble_gets_shape_distance_words_and_image_of_its_own(visitor: httpx.AsyncClient) -> None:
    look = await look_of(visitor, "shop")
    assert "--side:32px;--edge:90px" in look["css"]
    assert look["css"].endswith(SHAPES["pill"])
    assert (look["image"], look["icon"]) == ("/api/sites/shop/icon", ICONS["chat"])
    ours = (await look_of(visitor, "demo"))["label"]
    assert look["label"] == {"en": "Ask us", "ru": ours["ru"]}


async def test_the_panel_says_the_sites_own_words_and_ours_where_it_has_none(visitor: httpx.AsyncClient) -> None:
    english, russian = [config(await visitor.get(f"/panel/shop?locale={locale}")) for locale in ("en", "ru")]
    ours = config(await visitor.get("/panel/demo?locale=en"))["strings"]["en"]
    assert english["theme"]["logo"] == "/api/sites/shop/logo"
    assert english["strings"]["en"]["panel.hello"] == "Good day"
    assert english["strings"]["en"]["panel.start"] == ours["panel.start"]
    assert russian["strings"]["ru"]["panel.start"] == "Спросить"
    assert russian["strings"]["ru"]["panel.hello"] not in ("Good day", "panel.hello")
    assert (english["choices"], russian["choices"]) == ({}, {"Orders": "Заказы"})
    assert "Orders" not in russian["strings"]["ru"]  # where a choice might take the place of a word of ours


async def test_images_are_served_to_every_page_and_an_svg_can_run_nothing(visitor: httpx.AsyncClient) -> None:
    icon, logo = [await visitor.get(f"/api/sites/shop/{name}") for name in ("icon", "logo")]
    assert (icon.text, icon.headers["content-type"]) == (SVG, "image/svg+xml")
    assert (logo.content, logo.headers["content-type"]) == (b"\x89PNG", "image/png")
    assert logo.headers["cross-origin-resource-policy"] == "cross-origin"
    assert policy(icon)["default-src"] == ["'none'"]
    assert "script-src" not in policy(icon)
    assert "sandbox" in policy(icon)
    for path in ("/api/sites/demo/icon", "/api/sites/demo/logo"):
        assert (await visitor.get(path)).json()["code"] == "not_found"
