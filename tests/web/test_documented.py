import re
from pathlib import Path

from chat.app import routes
from chat.web.static import Assets

TEXT = (Path(__file__).parent.parent.parent / "docs" / "http.md").read_text("utf-8")


def test_every_path_and_method_is_documented_and_nothing_else_is() -> None:
    served = {
        (method, re.sub(r":\w+", "", route.path))
        for route in routes(Assets())
        for method in (route.methods or set()) - {"HEAD"}
    }
    documented = set()
    for row in re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE):
        for method, path in re.findall(r"`(?:(GET|POST|PATCH|DELETE) )?(/[^`]*)`", row):
            documented.add((method or "GET", path))
    assert documented == served
