"""What tests of the whole service share."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.service import Installation, installation
from tests.standing import Standing


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    standing = Standing(lambda: tmp_path_factory.mktemp("mayfly"))
    yield standing
    standing.end()


@pytest.fixture
async def mayfly(tmp_path: Path, request: pytest.FixtureRequest, standing: Standing) -> AsyncIterator[Installation]:
    """An installation; with ``@pytest.mark.configured(max_waiting=1)`` a new one with these settings."""
    mark = request.node.get_closest_marker("configured")
    async with installation(tmp_path, **mark.kwargs) if mark else standing.lent() as made:
        yield made
