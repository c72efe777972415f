"""At home on any page: applications that draw it anew, tag managers, two sites, strict policies, and mistakes."""

import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jwt
from playwright.async_api import Browser, expect

from tests.actors import Agent
from tests.browser.guest import PAGE, SHOP, Guest
from tests.service import IDENTITY_SECRET, Installation, Node, until

STATIC = Path(__file__).parent.parent.parent / "widget" / "static"
EMBED = (STATIC.parent.parent / "docs" / "embed.md").read_text("utf-8")


def documented(pattern: str) -> str:
    """What the guide tells site owners to write, so that it is what is tried here."""
    found = re.search(pattern, EMBED, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


STUB = documented(r"^(<script>\nwindow\.Mayfly \|\|= .*?</script>)$").replace("<script>", '<script nonce="n0nce">')
STRICTEST = documented(r"^(default-src 'none'; script-src [^\n]+)$").replace("nonce-…", "nonce-n0nce")
WITH_POLICY_OF_ITS_OWN = STRICTEST.replace("https://chat.example.com", "{origin}").replace("mayfly", "mayfly page")
CREATE = """(address) => new Promise((done) => {
  window.policy ??= trustedTypes.createPolicy('page', {createScriptURL: (url) => url});
  const script = document.createElement('script');
  script.src = policy.createScriptURL(address);
  script.nonce = 'n0nce';
  script.onload = () => { Mayfly.on('ready', done); script.remove(); };
  document.head.append(script);
})"""
VIOLATIONS = "window.violations = []; addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI))"
ROUNDS = 50


def token(**claims: Any) -> str:
    return jwt.encode({"sub": "42", "exp": time.time() + 600, **claims}, IDENTITY_SECRET)


def test_the_types_name_the_events_that_there_are() -> None:
    said = re.search(r"const EVENTS = '([^']+)'", (STATIC / "loader.js").read_text())
    typed = re.search(r"interface MayflyEvents \{(.*?)\n\}", (STATIC / "mayfly.d.ts").read_text(), re.DOTALL)
    assert said is not None
    assert typed is not None
    assert set(said[1].split()) == set(re.findall(r"^  (\w+):", typed[1], re.MULTILINE))


async def test_every_verb_can_be_called_before_the_script_has_arrived_and_every_event_is_told(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    events = ["ready", "open", "close", "status", "unread", "chat_started", "chat_ended", "ticket_left"]
    calls = f"""<script nonce="n0nce">
window.heard = [];
window.never = () => heard.push(['never']);
for (const name of {events}) Mayfly.on(name, (detail) => heard.push([name, detail ?? null]));
Mayfly.on('ready', never);
Mayfly.off('ready', never);
Mayfly.identify('{token(name="Vera")}');
Mayfly.prefill({{question: 'Where is my order?'}});
Mayfly.setLocale('ru');
Mayfly.visit('/lamps', 'Lamps');
Mayfly.toggle();
</script>"""
    async with (
        Agent(node, await mayfly.hire("Anna")) as anna,
        await Guest.of(browser, node, head=STUB + calls) as vera,
    ):
        await anna.opens()
        await anna.is_available()
        await vera.arrives()
        await expect(vera.panel.get_by_label("Ваш вопрос")).to_have_value("Where is my order?")
        await vera.panel.get_by_role("button", name="Начать чат").click()
        assigned = await anna.gets("assigned")
        assert (assigned["visitor"]["name"], assigned["visitor"]["page"]["title"]) == ("Vera", "Lamps")
        await vera.api("Mayfly.close()")
        await anna.says(assigned["chat"], "It is on its way.")
        await expect(vera.page.locator("mayfly-widget b")).to_have_text("1")
        await anna.sends("end", chat=assigned["chat"])
        await until(lambda: vera.api("heard.some(([name]) => name === 'chat_ended')"), "the end of the chat")
        heard = await vera.api("heard")
        told = dict(map(tuple, heard))
        assert told["chat_ended"] == "agent"
        assert [name for name, _ in heard][:2] == ["ready", "open"]
        assert ["unread", 1] in heard
        assert ["status", "online"] in heard
        assert {"chat_started", "close"} <= told.keys()
        assert "never" not in told
        await vera.api("Mayfly.reset()")
        await vera.api("Mayfly.destroy()")
        assert vera.complaints == []


async def test_an_application_changes_page_and_the_agent_is_told(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    async with Agent(node, await mayfly.hire("Anna")) as anna, await Guest.of(browser, node) as vera:
        await anna.opens()
        await anna.is_available()
        await vera.arrives()
        await vera.asks()
        await anna.gets("assigned")
        await vera.api("history.pushState(null, '', '/lamps?colour=red'), void (document.title = 'Red lamps')")
        assert (await anna.gets("visited"))["page"] == {"url": SHOP + "/lamps?colour=red", "title": "Red lamps"}
        await vera.api("history.back()")
        assert (await anna.gets("visited"))["page"]["url"] == SHOP + "/"
        await vera.api("Mayfly.visit('/checkout', 'Step 2 of 3'), history.pushState(null, '', '/unnoticed')")
        assert (await anna.gets("visited"))["page"] == {"url": SHOP + "/checkout", "title": "Step 2 of 3"}
        await vera.says("Here I am")
        await anna.hears("Here I am")
        assert [event["page"]["url"] for event in anna.events if event["type"] == "visited"][3:] == []


async def test_destroyed_and_made_again_fifty_times_it_leaves_nothing_behind(node: Node, browser: Browser) -> None:
    async with await Guest.of(browser, node, policy=WITH_POLICY_OF_ITS_OWN) as vera:
        await vera.arrives()
        devtools = await vera.context.new_cdp_session(vera.page)
        await devtools.send("Performance.enable")

        async def left() -> dict[str, int]:
            await devtools.send("HeapProfiler.collectGarbage")
            counted = await devtools.send("Memory.getDOMCounters")
            metrics = {one["name"]: one["value"] for one in (await devtools.send("Performance.getMetrics"))["metrics"]}
            globals_ = await vera.api("Object.getOwnPropertyNames(window).length")
            return {**counted, "frames": metrics["Frames"], "globals": globals_}

        async def anew(site: str) -> None:
            await vera.api("Mayfly.destroy()")
            await vera.page.evaluate(CREATE, f"{node.origin}/widget.js?site={site}")

        async def opened() -> None:
            await vera.api("Mayfly.open('chat')")
            await expect(vera.panel.get_by_label("Your question")).to_be_visible()

        for _ in range(2):
            await anew("shop")
            await opened()
        await anew("shop")
        before = await left()
        for number in range(ROUNDS):
            await anew("shop")
            if number % 10 == 0:
                await opened()
        await anew("shop")

        async def is_back() -> bool:
            now = await left()
            return all(now[what] <= before[what] for what in before)

        await until(is_back, f"no more is left than before: {before}")
        await vera.api("Mayfly.destroy()")
        await vera.api("Mayfly.prefill({question: 'Was kept'}), Mayfly.open('chat')")
        assert await vera.page.locator("mayfly-widget").count() == 0
        await vera.page.evaluate(CREATE, f"{node.origin}/widget.js?site=shop")
        await expect(vera.panel.get_by_label("Your question")).to_have_value("Was kept")
        assert await vera.api("Object.keys(Mayfly.sites)") == ["shop"]
        assert vera.complaints == []


async def test_a_page_with_two_sites_has_a_bubble_for_each_and_neither_is_in_the_others_way(
    node: Node, browser: Browser
) -> None:
    second = """<script async src="{origin}/widget.js" data-site="offers" nonce="n0nce"></script>"""
    async with await Guest.of(browser, node, head=second) as vera:
        await vera.page.goto(SHOP)
        widgets = vera.page.locator("mayfly-widget")
        await expect(widgets.locator(".bubble")).to_have_count(2)
        boxes = [await bubble.bounding_box() for bubble in await widgets.locator(".bubble").all()]
        assert abs(boxes[0]["x"] - boxes[1]["x"]) > 300  # type: ignore[index]
        assert await vera.api("Object.keys(Mayfly.sites).sort()") == ["offers", "shop"]
        assert await vera.api("Object.values(Mayfly.sites).includes(Mayfly)")
        await vera.api("Mayfly.sites.offers.prefill({name: 'of offers'})")
        await vera.api("document.querySelector('[data-mayfly-open]').dataset.mayflySite = 'offers'")
        await vera.page.get_by_role("link", name="Talk to us").click()
        await expect(widgets.locator("iframe")).to_have_count(1)
        await expect(vera.panel.get_by_label("Name")).to_have_value("of offers")
        await vera.api("Mayfly.sites.offers.destroy()")
        await expect(widgets).to_have_count(1)
        await vera.api("Mayfly.sites.shop.open()")
        await expect(vera.panel.get_by_label("Name")).to_have_value("")
        assert vera.complaints == []


async def test_a_tag_manager_may_make_the_script_without_an_attribute_under_strict_dynamic(
    node: Node, browser: Browser
) -> None:
    policy = "script-src 'nonce-n0nce' 'strict-dynamic'; frame-src {origin}; style-src 'none'; connect-src 'none'; img-src 'none'"
    tag = """<script nonce="n0nce">addEventListener('load', () => {
      const script = document.createElement('script');
      script.async = true;
      script.src = '{origin}/widget.js?site=shop';
      document.body.append(script);
    })</script>"""
    async with await Guest.of(browser, node, site="nobody", head=tag, policy=policy) as vera:
        await vera.page.add_init_script(VIOLATIONS)
        await vera.page.route("**/widget.js", lambda route: route.abort())  # the page's own snippet
        await vera.page.goto(SHOP)
        await vera.opens_the_panel()
        await expect(vera.panel.get_by_label("Your question")).to_be_visible()
        assert await vera.api("violations") == []


async def test_under_the_strictest_policy_everything_works_and_no_violation_is_reported(
    mayfly: Installation, node: Node, browser: Browser
) -> None:
    attributes = f'data-identity="{token(name="Vera")}"'
    async with (
        Agent(node, await mayfly.hire("Anna")) as anna,
        await Guest.of(browser, node, policy=WITH_POLICY_OF_ITS_OWN, attributes=attributes) as vera,
    ):
        await vera.page.add_init_script(VIOLATIONS)
        await anna.opens()
        await anna.is_available()
        await vera.arrives()
        await vera.asks()
        await anna.is_given()
        await expect(vera.page.locator("mayfly-notice iframe")).to_be_attached()
        await vera.api("Mayfly.destroy()")
        await vera.page.evaluate(CREATE, f"{node.origin}/widget.js?site=shop")
        await expect(vera.bubble).to_be_visible()
        assert await vera.api("violations") == []
        assert vera.complaints == []


class Mistake(NamedTuple):
    """A page that its owner got wrong, what the console has to tell them, and what a visitor then sees."""

    tells: Sequence[str]
    options: dict[str, Any] = {}
    url: str = SHOP
    away: str = ""
    sees: str = ""


REFUSED = "The chat cannot be opened on this page."
MISTAKES = {
    "no site": Mistake(["names no site", "widget.js?site=KEY"], {"site": ""}),
    "an unknown site": Mistake(['no site "shopp" at http://127.0.0.1', "key of a [sites.…] table"], {"site": "shopp"}),
    "a foreign origin": Mistake(
        ["https://elsewhere.example.com is not among", '[sites.shop]\norigins = ["https://shop.example.com","https://elsewhere.example.com"]'],
        url="https://elsewhere.example.com", sees=REFUSED,
    ),
    "another port": Mistake(
        ["https://shop.example.com:8443 is not among", "scheme and port have to be the same"], url="https://shop.example.com:8443", sees=REFUSED
    ),
    "twice": Mistake(["on this page twice"], {"head": '<script async src="{origin}/widget.js" data-site="shop" nonce="n0nce"></script>'}),
    "an expired identity": Mistake(
        ["identity_expired", "Mayfly.identify(token)"], {"attributes": f'data-identity="{token(exp=1)}"'}, sees="Your sign-in has expired."
    ),
    "another secret": Mistake(
        ["identity_invalid", "signed with none of the site's secrets", "[sites.shop] identity_secrets"],
        {"attributes": f'data-identity="{jwt.encode({"exp": time.time() + 600}, "of-somebody-else-entirely-0000001")}"'},
        sees="We could not confirm who you are.",
    ),
    "a promise of a token": Mistake(
        ["identity_invalid", "no JWT signed with HS256"],
        {"head": '<script nonce="n0nce">addEventListener("load", () => Mayfly.identify(Promise.resolve("x")))</script>'},
        sees="We could not confirm who you are.",
    ),
    "a policy without frame-src": Mistake(
        ["Content-Security-Policy", "frame-src http://127.0.0.1"], {"policy": "default-src 'none'; script-src 'nonce-n0nce'"}, sees=REFUSED
    ),
    "a service that is away": Mistake(["cannot be reached from this page"], away="/(api|widget)/"),
    "a panel that is away": Mistake(["/panel/shop does not answer"], away="/panel/", sees="The chat cannot be reached right now."),
}  # fmt: skip


async def explained(owner: Guest, mistake: Mistake) -> str:
    """Go to the page, do what a visitor does there, and wait for what the console says."""
    lines: list[str] = []
    owner.page.on("console", lambda line: lines.append(line.text) if "Mayfly:" in line.text else None)
    if mistake.away:
        await owner.page.route(re.compile(re.escape(owner.node.origin) + mistake.away), lambda route: route.abort())
    await owner.page.clock.install()
    await owner.page.goto(mistake.url)
    if mistake.sees:
        await owner.bubble.click()
    if mistake.away == "/panel/":
        await expect(owner.page.locator("mayfly-widget iframe")).to_be_attached()
        await owner.page.clock.fast_forward(20_000)
    await until(lambda: lines, "an explanation")
    return "\n".join(lines)


async def test_every_mistake_is_explained_in_the_console_and_breaks_nothing(node: Node, browser: Browser) -> None:
    for name, mistake in MISTAKES.items():
        async with await Guest.of(browser, node, **mistake.options) as owner:
            told = await explained(owner, mistake)
            assert [words for words in mistake.tells if words not in told] == [], (name, told)
            if mistake.sees:
                place = owner.panel if "identity" in told else owner.page
                await expect(place.get_by_text(mistake.sees).first, name).to_be_visible()
            assert owner.broken == [], name


async def test_a_page_opened_as_a_file_is_told_to_be_served(node: Node, browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text(PAGE.format(lang="es", title="Shop", head="", origin=node.origin, site="shop", attributes=""))
    async with await Guest.of(browser, node) as owner:
        await owner.page.goto(page.as_uri())
        await until(lambda: any("python3 -m http.server" in line for line in owner.complaints), "an explanation")
        await owner.bubble.click()
        await expect(owner.page.get_by_text("The chat cannot be opened on this page.")).to_be_visible()
