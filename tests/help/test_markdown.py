"""What an author writes, as a tree and as HTML."""

from typing import Any

import msgspec
import pytest

from chat.help.markdown import Places, Rendered, Source, render


def image(written: str) -> Source:
    if written != "a.png":
        raise ValueError("there is no such file")
    return Source("/images/1/a.png", (640, 480))


def rendered(text: str) -> Rendered:
    return render(text, Places(article=lambda slug: f"/help/{slug}", image=image))


def tree(text: str) -> Any:
    return msgspec.json.decode(msgspec.json.encode(rendered(text).body))


def test_text_with_its_marks() -> None:
    assert tree("A **very *small* ~~old~~** `x < 1`  \nthing\nhere") == [
        {
            "type": "paragraph",
            "children": [
                {"type": "text", "text": "A "},
                {
                    "type": "strong",
                    "children": [
                        {"type": "text", "text": "very "},
                        {"type": "emphasis", "children": [{"type": "text", "text": "small"}]},
                        {"type": "text", "text": " "},
                        {"type": "struck", "children": [{"type": "text", "text": "old"}]},
                    ],
                },
                {"type": "text", "text": " "},
                {"type": "code", "text": "x < 1"},
                {"type": "break"},
                {"type": "text", "text": "thing"},
                {"type": "text", "text": " "},
                {"type": "text", "text": "here"},
            ],
        }
    ]


def test_lists_quotes_code_tables_and_rules() -> None:
    def words(text: str) -> list[dict[str, object]]:
        return [{"type": "text", "text": text}]

    def block(text: str) -> list[dict[str, object]]:
        return [{"type": "paragraph", "children": words(text)}]

    assert tree("3. one\n4. two\n   - inner\n\n> said\n\n```toml\nx = 1\n```\n\n---\n") == [
        {
            "type": "list",
            "ordered": True,
            "start": 3,
            "items": [
                block("one"),
                [*block("two"), {"type": "list", "ordered": False, "start": 1, "items": [block("inner")]}],
            ],
        },
        {"type": "quote", "children": block("said")},
        {"type": "code_block", "text": "x = 1\n", "language": "toml"},
        {"type": "rule"},
    ]
    (table,) = tree("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert table["head"] == [{"children": words("a"), "align": None}, {"children": words("b"), "align": "right"}]
    assert table["rows"] == [[{"children": words("1"), "align": None}, {"children": words("2"), "align": "right"}]]


def test_headings_stand_below_the_title_and_have_names_of_their_own() -> None:
    found = rendered("# Ваш счёт & `чек`\n\n## Ваш счёт чек\n\n## !\n")
    assert [(one.level, one.id) for one in found.body] == [  # type: ignore[union-attr]
        (2, "ваш-счёт-чек"),
        (2, "ваш-счёт-чек-2"),
        (2, "section"),
    ]
    assert '<h2 id="ваш-счёт-чек">' in found.html


def test_links_lead_to_articles_headings_and_the_world() -> None:
    found = rendered("[a](../en/other.md#top) [b](#here) [c](https://example.com/?a=1&b=2) [d](mailto:a@example.com)")
    links = [one for one in msgspec.to_builtins(found.body)[0]["children"] if one["type"] == "link"]
    assert [(one["href"], one["article"], one["anchor"]) for one in links] == [
        ("/help/other#top", "other", "top"),
        ("#here", None, "here"),
        ("https://example.com/?a=1&b=2", None, None),
        ("mailto:a@example.com", None, None),
    ]
    assert found.faults == []
    assert [(one.slug, one.anchor) for one in found.references] == [("other", "top"), (None, "here")]


@pytest.mark.parametrize("target", ["/console", "other", "//evil.example", "ftp://a/b", "other.md?x", "https:x", "#"])
def test_a_link_elsewhere_is_a_fault_and_only_its_words_are_left(target: str) -> None:
    found = rendered(f"[words]({target})")
    assert len(found.faults) == 1
    assert found.faults[0].startswith(f"link {target}: expected")
    assert msgspec.to_builtins(found.body)[0]["children"] == [{"type": "text", "text": "words"}]
    assert "href" not in found.html


def test_pictures_are_served_by_us_or_not_at_all() -> None:
    found = rendered("![A *nice* one](a.png) ![gone](b.png)")
    assert msgspec.to_builtins(found.body)[0]["children"] == [
        {"type": "image", "src": "/images/1/a.png", "alt": "A nice one", "width": 640, "height": 480},
        {"type": "text", "text": " "},
        {"type": "text", "text": "gone"},
    ]
    assert found.faults == ["image b.png: there is no such file"]
    assert '<img src="/images/1/a.png" alt="A nice one" width="640" height="480" loading="lazy">' in found.html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,1)",
        "![x](data:image/svg+xml,1)",
        "<https://example.com/\"onmouseover='alert(1)'>",
        "| a |\n|--|\n| <b onclick=x> |",
    ],
)
def test_nothing_that_runs_gets_through(text: str) -> None:
    html = rendered(text).html
    assert "<script" not in html
    assert "<b " not in html
    assert "javascript:alert" not in html.lower().replace("](javascript:alert", "")
    assert "<img" not in html or "src=" not in html.partition("<img")[2].partition(">")[0]
    assert "style=" not in html
    assert "'alert" not in html.partition("href=")[2].partition('"')[0]
