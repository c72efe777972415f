"""Everybody can use it: every state is looked at as people who see, hear, read or move otherwise would meet it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser.conftest import chromium
from tests.gallery import STORIES, customer
from tests.gallery.house import gallery
from tests.gallery.inspection import faults_if_spaced, faults_of
from tests.gallery.stage import Stage, Story
from tests.service import Installation, Node

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT_FORM = [customer.talking, customer.turned_away, customer.reading]
"""They show most of what there is."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Installation, Node]]:
    async with gallery(tmp_path_factory.mktemp("gallery")) as house:
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_axe_finds_nothing_every_word_is_from_the_catalogue_and_all_is_there_at_200_percent_and_in_forced_colours(
    house: tuple[Installation, Node], browser: Browser, story: Story, full: bool
) -> None:
    found = []
    async with Stage(*house, browser, "en-XA") as stage:
        async for state in story(stage):
            found += await faults_of(state, full)
    assert "\n".join(dict.fromkeys(found)) == ""


@pytest.mark.parametrize(
    "story",
    [story if story in SHORT_FORM else pytest.param(story, marks=pytest.mark.full) for story in customer.STORIES],
    ids=lambda story: story.__name__,
)
async def test_from_right_to_left_with_text_spaced_out_and_on_280_px_nothing_is_cut_off(
    house: tuple[Installation, Node], browser: Browser, story: Story
) -> None:
    found = []
    async with Stage(*house, browser, "ar-XB") as stage:
        async for state in story(stage):
            assert not state.place or await (await state.frame()).evaluate("document.dir") == "rtl"
            found += await faults_if_spaced(state)
    assert "\n".join(dict.fromkeys(found)) == ""
