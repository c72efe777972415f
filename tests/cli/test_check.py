"""``mayfly check``: faults, each on its own line."""

import os

from tests.cli.operator import SHOP, Operator


def test_check_names_every_fault_on_its_own_line_and_fails(operator: Operator) -> None:
    operator.writes("[chat]\nresume_grace = 3\nmax_text = 0\n")
    checked = operator.runs("check", MAYFLY_REDIS_URI="redis://x")
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        "MAYFLY_REDIS_URI: unknown variable; did you mean MAYFLY_REDIS_URL?",
        "chat.resume_grace: unknown key; did you mean chat.resume_grace_s?",
        "chat.max_text: expected a whole number from 1 to 16000; got 0",
    ]


def test_check_of_a_good_file_succeeds_and_leaves_nothing_behind(operator: Operator) -> None:
    operator.writes("[chat]\nmax_text = 100\n")
    checked = operator.runs("check")
    assert (checked.returncode, checked.stdout) == (0, "mayfly.toml: no faults\n")
    assert os.listdir(operator.folder) == ["mayfly.toml"]
    assert (
        operator.runs("check", "--config", "other.toml").stdout
        == "other.toml: cannot be read: No such file or directory\n"
    )


def test_check_names_rules_that_can_never_match(operator: Operator) -> None:
    operator.writes(
        SHOP
        + """
        [[sites.shop.routes]]
        when = { plan = "vip", locale = "ru" }
        to = ["team:sales"]
        [[sites.shop.routes]]
        when = { signed_in = false }
        to = ["agent:{manager}", "team:sales"]
        [[sites.shop.routes]]
        when = { topic = "Money" }
        to = ["team:sales"]
        [sites.bare]
        title = "Bare"
        origins = []
        team = "sales"
        eligible.when = [{ role = "staff" }]
        eligible.otherwise = { en = "No." }
        """
    )
    checked = operator.runs("check")
    assert checked.returncode == 1
    assert checked.stdout.splitlines() == [
        "sites.shop.routes[1]: can never match: routes[0] comes before it and takes everyone it is for",
        "sites.shop.routes[2].to[0]: can never be found: who is not signed in has no claim manager",
        "sites.shop.routes[3]: can never match: no topic is Money: the site asks for none",
        "sites.bare.eligible.when[0]: can never match: nobody can sign in, since the site has no identity_secrets",
    ]


def test_check_names_faults_of_all_kinds_at_once_and_none_that_only_follow_from_another(operator: Operator) -> None:
    operator.writes(
        """
        [chat]
        max_txt = 3
        [calendars.day]
        time_zone = 7
        open = ["mon-fri 9-5"]
        [calendars.night]
        time_zone = "Europe/Nowhere"
        open = ["always"]
        [teams.sales]
        max_wait_s = "long"
        calendar = "days"
        [sites.shop]
        origins = ["https://shop.example.com/"]
        team = "sales"
        [[sites.shop.routes]]
        when = { topic = "Money" }
        to = ["team:sales", "somebody"]
        """
    )
    checked = operator.runs("check")
    assert checked.returncode == 1
    assert [line.split(": ")[0] for line in checked.stdout.splitlines()] == [
        "chat.max_txt", "calendars.day.time_zone", "teams.sales.max_wait_s", "sites.shop.title", "calendars.day.open[0]",
        "calendars.night.time_zone", "teams.sales.calendar", "sites.shop.origins[0]", "sites.shop.routes[0].to[1]",
        "sites.shop.routes[0]",
    ]  # fmt: skip


def test_check_names_teams_nobody_is_in_once_there_are_accounts(operator: Operator) -> None:
    operator.writes(SHOP)
    assert operator.runs("check").returncode == 0
    add = ("agent", "add", "--name", "Ann", "--team", "sales", "--password-stdin")
    operator.runs(*add, "ann@b.example", says="x" * 12)
    operator.runs(*add, "--team", "on-call", "ben@b.example", says="x" * 12)
    assert operator.runs("check").stdout == "mayfly.toml: no faults\n"
    operator.runs("agent", "disable", "ben@b.example")
    checked = operator.runs("check")
    assert checked.returncode == 1
    assert checked.stdout == (
        "teams.on-call: nobody is in this team; add somebody with mayfly agent add EMAIL --name NAME --team on-call\n"
    )


def test_check_says_nothing_of_accounts_it_cannot_read(operator: Operator) -> None:
    operator.writes(SHOP)
    for url in ("postgresql://me:hush@127.0.0.1:1/x", "sqlite:///empty.db"):
        (operator.folder / "empty.db").touch()
        checked = operator.runs("check", MAYFLY_DATABASE_URL=url)
        assert (checked.returncode, checked.stdout, checked.stderr) == (0, "mayfly.toml: no faults\n", "")
