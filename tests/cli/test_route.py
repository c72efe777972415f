"""``mayfly route``: where a visitor would go, and why."""

import pytest

from tests.cli.operator import SHOP, Operator


def test_route_tells_where_a_visitor_would_go_and_why(operator: Operator) -> None:
    operator.writes(SHOP)
    operator.runs(
        *("agent", "add", "vera@b.example", "--name", "Vera", "--team", "sales", "--password-stdin"), says="x" * 12
    )
    claims = '{"plan": "vip", "role": "buyer", "manager": "Vera@b.example", "time_zone": "Asia/Tokyo", "exp": 1}'
    told = operator.runs("route", "--site", "shop", "--claims", "-", "--at", "2026-11-23 16:30", says=claims)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "At Mon 23 Nov 2026 16:30 Asia/Tokyo, the visitor's time:",
        "  plan vip",
        "  routes[0] is taken, for plan is vip",
        "  1. agent:{manager}, Vera <vera@b.example> of team sales: closed until Mon 23 Nov 2026 09:00 Europe/Berlin"
        " (calendar office)",
        "  2. team:sales: closed until Mon 23 Nov 2026 09:00 Europe/Berlin (calendar office)",
        "  3. team:on-call: always open",
        "Open for them. A chat goes to the first step that is open and has somebody available.",
        "Priority 80.",
        "The panel offers chat, form.",
        "A request is answered within 2h-4h of open time: by Mon 23 Nov 2026 20:30 Asia/Tokyo.",
    ]


def test_route_tells_who_finds_it_closed_and_who_is_not_eligible(operator: Operator) -> None:
    operator.writes(SHOP)
    anonymous = operator.runs("route", "--site", "shop", "--at", "2026-11-28T12:00:00Z")
    assert anonymous.stdout.splitlines()[-1] == (
        "Closed for them until Mon 30 Nov 2026 09:00 Europe/Berlin. They are offered the request form."
    )
    (operator.folder / "guest.json").write_text('{"role": "guest"}', "utf-8")
    refused = operator.runs("route", "--site", "shop", "--claims", "guest.json", "--at", "2026-11-23 09:30")
    assert (refused.returncode, refused.stdout.splitlines()[1:]) == (
        0,
        [
            "  not eligible: it asks that signed_in is false, not true",
            "  not eligible: it asks that role is buyer, not guest",
            "Not for them. They are told: Please call us.",
        ],
    )
    assert not (operator.folder / "data").exists()


@pytest.mark.parametrize(
    ("words", "says", "why"),
    [
        (("--site", "shopp"), "", "no site 'shopp' in the configuration, only shop"),
        (("--site", "shop", "--topic", "Honey"), "", "no topic 'Honey' in the configuration, only Money"),
        (("--site", "shop", "--locale", "de"), "", "no locale 'de' in the configuration, only en, ru"),
        (
            ("--site", "shop", "--time-zone", "Berlin"),
            "",
            "no time zone 'Berlin': expected an IANA name like Europe/Berlin",
        ),
        (
            ("--site", "shop", "--at", "noon"),
            "",
            """expected a time like "2026-11-23 09:30" or RFC 3339; got 'noon'""",
        ),
        (("--site", "shop", "--claims", "none.json"), "", "none.json: cannot be read: No such file or directory"),
        (
            ("--site", "shop", "--claims", "-"),
            "[]",
            """-: expected a JSON object like {"plan": "vip"}: Expected `object`, got `array`""",
        ),
    ],
)
def test_route_refuses_what_it_does_not_understand(
    operator: Operator, words: tuple[str, ...], says: str, why: str
) -> None:
    operator.writes(SHOP)
    refused = operator.runs("route", *words, says=says)
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", f"mayfly: {why}\n")
