"""What is generated is fresh, and does not lie."""

import tomllib

from msgspec import structs

from chat.settings import Site, Team, read
from scripts import generate


def test_every_generated_file_is_fresh() -> None:
    assert [str(path.relative_to(generate.ROOT)) for path in generate.stale()] == [], "run `make generate`"


def test_the_example_file_is_valid_and_holds_the_defaults() -> None:
    path = generate.ROOT / "mayfly.example.toml"
    example, default = read(path, {}), read(None, {})
    assert structs.replace(example, sites={}) == default
    assert example.sites["example"] == Site(title="Example", origins=["https://www.example.com"])


def test_the_example_file_names_every_key() -> None:
    text = (generate.ROOT / "mayfly.example.toml").read_text("utf-8")
    tables = tomllib.loads(text.replace("\n# url =", "\nurl =").replace("\n# public_url =", "\npublic_url ="))
    assert tables["teams"]["support"].keys() == {one.name for one in structs.fields(Team)}
    assert tables["sites"]["example"].keys() == {one.name for one in structs.fields(Site)}
    assert "url" in tables["redis"]
