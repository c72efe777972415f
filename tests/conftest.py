"""What tests of the whole service share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service import Installation, installation


@pytest.fixture
async def mayfly(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Installation]:
    """An installation without nodes; ``@pytest.mark.configured(max_waiting=1)`` changes its settings."""
    mark = request.node.get_closest_marker("configured")
    async with installation(tmp_path, **(mark.kwargs if mark else {})) as made:
        yield made
