"""``mayfly serve`` says in one line why it cannot start."""

import socket

import pytest

from tests.cli.operator import Operator


def test_serve_refuses_a_faulty_configuration(operator: Operator) -> None:
    operator.writes('[sites.shop]\ntitle = "Shop"\norigins = ["shop"]\n')
    served = operator.runs("serve")
    assert (served.returncode, served.stdout) == (1, "")
    (line,) = served.stderr.splitlines()
    assert line.startswith("mayfly: sites.shop.origins[0]: expected an origin")


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"MAYFLY_REDIS_URL": "redis://:hush@127.0.0.1:1/0"}, "cannot reach Redis at redis://127.0.0.1:1/0"),
        ({"MAYFLY_DATABASE_URL": "postgresql://me:hush@127.0.0.1:1/x"}, "cannot reach the database"),
        ({"MAYFLY_SERVER_DATA_DIR": "/proc/none"}, "server.data_dir: /proc/none"),
    ],
)
def test_serve_says_in_one_line_what_it_cannot_reach(operator: Operator, environ: dict[str, str], why: str) -> None:
    served = operator.runs("serve", "--port", "0", **environ)
    assert served.returncode == 1
    (line,) = served.stderr.splitlines()
    assert line.startswith(f"mayfly: {why}")
    assert "hush" not in line


def test_serve_says_in_one_line_that_the_port_is_taken(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        served = operator.runs("serve", "--port", str(port))
    assert served.returncode == 1
    assert served.stderr == f"mayfly: cannot listen on 127.0.0.1:{port}: Address already in use\n"
