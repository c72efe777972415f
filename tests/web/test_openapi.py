"""The HTTP API is what its document says: every call that fits is answered as told, and none breaks the service."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from starlette.routing import Route

from chat.app import routes
from chat.web.operations import operation_of
from chat.web.static import Assets
from tests.web.conftest import Running, Service

DOCUMENT = Path(__file__).parent.parent.parent / "chat" / "web" / "openapi.json"
BY_OTHER_RULES = [checks.positive_data_acceptance, checks.negative_data_rejection]
"""A call may fit and still be refused (no such ticket), and a query parameter nobody knows is passed over."""
WITHOUT_JSON = {"/api/asyncapi.json", "/api/openapi.json"}

OPERATIONS = [cast(Any, one).ok() for one in schemathesis.openapi.from_path(str(DOCUMENT)).get_all_operations()]


def test_every_call_of_the_api_says_what_it_takes_and_gives() -> None:
    silent = [
        route.path
        for route in routes(Assets())
        if isinstance(route, Route)
        and route.path.startswith(("/api/", "/files/"))
        and operation_of(route.endpoint) is None
    ]
    assert set(silent) == WITHOUT_JSON


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Service(tmp_path_factory.mktemp("openapi")) as running:
        yield running


@pytest.fixture(scope="module")
def signed_in(served: Running) -> dict[str, str]:
    """Headers of the supervisor's console."""
    who = next(one for one in served.people if one.role == "supervisor")
    with httpx.Client(base_url=served.origin) as client:
        assert client.post("/api/session", json={"email": who.email, "password": who.password}).status_code == 204
        page = client.get("/console").text
        csrf = page.split('name="csrf" content="')[1].split('"')[0]
        return {"Cookie": f"mayfly_session={client.cookies['mayfly_session']}", "X-CSRF-Token": csrf}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_call_is_answered_as_the_document_tells(
    operation: Any, served: Running, signed_in: dict[str, str]
) -> None:
    headers = {} if operation.path == "/api/session" else signed_in  # signing out would end the others' session

    @given(case=operation.as_strategy())
    @settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def answers(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(base_url=served.origin, headers=headers, excluded_checks=BY_OTHER_RULES)

    answers()
