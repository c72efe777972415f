"""What a host page pays for the bubble, in a real Chromium on a CPU slowed down four times: ``python -m bench page``.

The same page is loaded with and without the snippet, in turns, each time by a browser that has never been there. Then
somebody opens the panel while our answers are held back and let through together, so that what waits for what is counted.
"""

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median
from typing import Any, Final

from msgspec import Struct
from playwright.async_api import Browser, CDPSession, Page, Route, async_playwright

from bench.others import PUBLISHED
from bench.report import Measured, Row
from bench.service import mayfly

SLOWER: Final = 4
"""As Lighthouse takes a phone to be."""

QUIET_MS: Final = 1500
"""How long a page is left alone after it has loaded."""

CALM_S: Final = 1.0
"""When nothing was asked for during so long, all that waits on each other's answers has been asked for."""

OPENINGS: Final = 3

REST_S: Final = 4.0
"""In which the rest comes that nobody waits for."""

TEXT: Final = "<p>" + "A page has words, and a browser has to lay them out. " * 12 + "</p>"
PAGE: Final = "<!doctype html><html lang=en><title>Shop</title><style>body{{max-width:60ch;margin:auto}}</style>{snippet}<h1>Shop</h1>{text}</html>"
SNIPPET: Final = '<script async src="{origin}/widget.js" data-site="bench"></script>'
SHIFTS: Final = """new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach(({value}) => (sum += value))).observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 100);
})"""
KEPT: Final = (
    "localStorage.length + sessionStorage.length + (indexedDB.databases ? (await indexedDB.databases()).length : 0)"
)


class Visit(Struct, frozen=True):
    """One load of a page: bytes over the wire with headers, the main thread's ms, and what the browser then keeps."""

    requests: int
    bytes: float
    main_ms: float
    script_ms: float
    shift: float
    kept: int


class Opening(Struct, frozen=True):
    """From the click to a form that can be sent: answers waited for one after the other, and all that was fetched."""

    trips: int
    requests: int
    bytes: float


class _Host(BaseHTTPRequestHandler):
    """The host's server: with ``/bubble`` its page has the snippet."""

    def __init__(self, origin: str, *args: Any) -> None:
        self._origin = origin
        super().__init__(*args)

    def do_GET(self) -> None:
        """Any path."""
        snippet = SNIPPET.format(origin=self._origin) if self.path == "/bubble" else ""
        body = PAGE.format(snippet=snippet, text=TEXT * 30).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def _host(origin: str, port: int) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Host, origin))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@asynccontextmanager
async def _chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        # In one process, so that one connection to the developer tools sees the panel's requests too.
        arguments = ["--no-sandbox", "--disable-site-isolation-trials", "--disable-features=LocalNetworkAccessChecks"]
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-headless-shell"), args=arguments
        )
        yield browser
        await browser.close()


class _Wire:
    """What goes over the wire for a page."""

    def __init__(self) -> None:
        self.requests = 0
        self.bytes = 0.0

    async def watch(self, devtools: CDPSession) -> None:
        """From now on."""
        await devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", lambda _: self._asked())
        devtools.on("Network.loadingFinished", lambda event: self._came(event["encodedDataLength"]))

    def _asked(self) -> None:
        self.requests += 1

    def _came(self, size: float) -> None:
        self.bytes += size


async def _visit(browser: Browser, url: str) -> Visit:
    context = await browser.new_context()
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    wire = _Wire()
    await wire.watch(devtools)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})  # CPU time, not the clock
    await page.goto(url)
    await page.wait_for_timeout(QUIET_MS)
    told = {one["name"]: one["value"] for one in (await devtools.send("Performance.getMetrics"))["metrics"]}
    shift = await page.evaluate(SHIFTS)
    kept = len(await context.cookies()) + await page.evaluate(f"(async () => {KEPT})()")
    await context.close()
    return Visit(wire.requests - 1, wire.bytes, told["TaskDuration"] * 1e3, told["ScriptDuration"] * 1e3, shift, kept)


class _Gate:
    """Holds what is asked for until nothing more is, then lets all of it through at once: a round trip."""

    def __init__(self) -> None:
        self._held: list[Route] = []
        self._last = 0.0

    async def hold(self, route: Route) -> None:
        """One more."""
        self._held.append(route)
        self._last = asyncio.get_running_loop().time()

    async def trips(self, done: asyncio.Future[Any]) -> int:
        """How many it takes until ``done``."""
        loop, trips = asyncio.get_running_loop(), 0
        while not done.done():
            await asyncio.sleep(0.05)
            if self._held and loop.time() - self._last > CALM_S:
                trips += 1
                await self.let_through()
        await done
        return trips

    async def let_through(self) -> None:
        """All that are held."""
        going, self._held = self._held, []
        await asyncio.gather(*(route.continue_() for route in going))


async def _open(browser: Browser, url: str, origin: str, *, touch: bool) -> Opening:
    """By a finger there is nothing before the click; a mouse rests on the bubble for as long as one answer takes."""
    context = await browser.new_context(has_touch=touch)
    page = await context.new_page()
    await page.goto(url)
    bubble = page.locator("mayfly-widget .bubble")
    await bubble.wait_for()
    devtools = await context.new_cdp_session(page)
    wire, gate = _Wire(), _Gate()
    await wire.watch(devtools)
    await page.route(f"{origin}/**", gate.hold)
    if not touch:
        await bubble.hover()
        await gate.trips(
            asyncio.ensure_future(
                page.wait_for_function(f"performance.getEntriesByName('{origin}/widget/frame.js').length")
            )
        )
    await (bubble.tap() if touch else bubble.click())
    trips = await gate.trips(asyncio.ensure_future(_usable(page)))
    await gate.trips(asyncio.ensure_future(asyncio.sleep(REST_S)))
    await context.close()
    return Opening(trips, wire.requests, wire.bytes)


async def _soonest(browser: Browser, host: str, origin: str, *, touch: bool) -> Opening:
    """The best of some: a busy machine may take a round trip apart, and cannot join two."""
    opened = [await _open(browser, f"{host}/bubble", origin, touch=touch) for _ in range(OPENINGS)]
    return min(opened, key=lambda one: one.trips)


async def _usable(page: Page) -> None:
    """The question can be written and sent."""
    panel = page.frame_locator("mayfly-widget iframe")
    await panel.locator("textarea").first.fill("Is this all it takes?")
    await panel.locator("button[type=submit]").first.click(trial=True)


async def measure(visits: int, port: int = 28_080) -> list[Measured]:
    """So many visits to each of the two pages."""
    async with mayfly(nodes=1, agents=0, host_port=port) as servers, _chromium() as browser:
        origin = servers.origins[0]
        with _host(origin, port):
            host = f"http://localhost:{port}"
            pages: dict[str, list[Visit]] = {"/": [], "/bubble": []}
            await _visit(browser, host + "/bubble")  # the first of all warms up
            for _ in range(visits):
                for path, made in pages.items():
                    made.append(await _visit(browser, host + path))
            opened = {
                "by mouse, which rests on the bubble first": await _soonest(browser, host, origin, touch=False),
                "by finger": await _soonest(browser, host, origin, touch=True),
            }
    return [_weight(*pages.values()), _opened(opened), _published()]


def _row(case: str, visits: Sequence[Visit]) -> Row:
    return {
        "case": case,
        "requests": median(one.requests for one in visits),
        "kb": median(one.bytes for one in visits) / 1e3,
        "main": median(one.main_ms for one in visits),
        "script": median(one.script_ms for one in visits),
        "shift": max(one.shift for one in visits),
        "kept": max(one.kept for one in visits),
    }


def _weight(without: Sequence[Visit], with_bubble: Sequence[Visit]) -> Measured:
    rows = [_row("the page alone", without), _row("with the bubble", with_bubble)]
    alone, bubble = rows
    rows.append(
        {"case": "the bubble", **{what: float(bubble[what]) - float(alone[what]) for what in alone if what != "case"}}
    )
    columns = {
        "case": "",
        "requests": "further requests",
        "kb": "kB over the wire",
        "main": "ms of the main thread",
        "script": "of them scripts",
        "shift": "layout shift",
        "kept": "cookies and stored",
    }
    note = f"Medians of {len(without)} first visits, CPU {SLOWER} times slower; gzip, headers included; before anybody opens it."
    return Measured("page", "A host page with and without the bubble", note, columns, rows)


def _opened(opened: dict[str, Opening]) -> Measured:
    columns = {"case": "", "trips": "round trips", "requests": "requests", "kb": "kB over the wire"}
    rows: list[Row] = [
        {"case": case, "trips": one.trips, "requests": one.requests, "kb": one.bytes / 1e3}
        for case, one in opened.items()
    ]
    note = "From the click until the question can be sent; what is fetched while somebody types counts among requests and kB."
    return Measured("page", "Opening the panel for the first time", note, columns, rows)


def _published() -> Measured:
    columns = {"case": "", "kb": "kB", "script": "ms of scripts", "source": "source"}
    rows: list[Row] = [
        {
            "case": one.product,
            **({} if one.kb is None else {"kb": one.kb}),
            **({} if one.script_ms is None else {"script": one.script_ms}),
            "source": one.source,
        }
        for one in PUBLISHED
    ]
    note = "Not measured here, and not by one method: what others have published of other chats on a page that nobody has opened."
    return Measured("page", "Beside it: published weights of other chats", note, columns, rows)
