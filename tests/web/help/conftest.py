"""A shop with a shelf of help articles."""

import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import msgspec
import pytest

from chat.settings import Settings
from tests.help.shelf import PIXEL, Shelf
from tests.web.conftest import IDENTITY_SECRET, Running, Service

SECTIONS = "stay: {title: {en: Your stay, ru: Проживание}}\nmoney: {title: {en: Money, ru: Деньги}}\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "articles")
    shelf.put("sections.yaml", SECTIONS)
    shelf.put("images/door.png", PIXEL)
    shelf.write("en/checkout", "Leave *late*.\n\n![The door](../images/door.png)", title="Late check-out", section="stay",
                author="Mira", published="2026-03-01", keywords="[departure]")  # fmt: skip
    shelf.write("ru/checkout", "Уезжайте позже.", title="Поздний выезд", section="stay")
    shelf.write("en/refund", "Money goes back.", title="Refunds", section="money")
    shelf.write("en/margins", "For partners.", title="Margins", section="money", audience="{plan: gold}")
    return shelf


@pytest.fixture
def running(tmp_path: Path, shelf: Shelf) -> Iterator[Running]:
    def with_articles(settings: Settings) -> Settings:
        site = msgspec.structs.replace(settings.sites["shop"], articles=str(shelf.root), search_report=True)
        return msgspec.structs.replace(settings, sites={**settings.sites, "shop": site})

    with Service(tmp_path, with_articles) as running:
        yield running


def signed(**claims: object) -> dict[str, str]:
    token = jwt.encode({"sub": "1", "exp": int(time.time()) + 600, **claims}, IDENTITY_SECRET, "HS256")
    return {"Authorization": f"Bearer {token}"}
