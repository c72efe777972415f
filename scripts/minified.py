"""``python -m scripts.minified``: every script of ``widget/static`` as JSON, beside what is served of it."""

import json
from pathlib import Path

from chat.web.static import LIGHTENED

STATIC = Path(__file__).parent.parent / "widget" / "static"

if __name__ == "__main__":
    sources = {str(path): path.read_text("utf-8") for path in sorted(STATIC.rglob("*.js"))}
    print(json.dumps({path: [source, LIGHTENED[".js"](source)] for path, source in sources.items()}))
