"""Writes what would otherwise be written twice; ``--check`` only looks, and fails when a file is stale.

Run as ``python -m scripts.generate [--check]`` from the repository's root.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from scripts.asyncapi import asyncapi_json
from scripts.javascript import protocol_d_ts, protocol_js
from scripts.openapi import openapi_json
from scripts.protocol_docs import protocol_md
from scripts.redis_docs import redis_keys_md
from scripts.settings_docs import example_toml, settings_md

ROOT = Path(__file__).parent.parent
GENERATED: dict[str, Callable[[], str]] = {
    "widget/static/shared/protocol.js": protocol_js,
    "widget/static/shared/protocol.d.ts": protocol_d_ts,
    "chat/web/asyncapi.json": asyncapi_json,
    "chat/web/openapi.json": openapi_json,
    "docs/protocol.md": protocol_md,
    "docs/redis-keys.md": redis_keys_md,
    "docs/settings.md": settings_md,
    "mayfly.example.toml": example_toml,
}


def stale() -> dict[Path, str]:
    """The files that differ from what would be written, with what would be written."""
    wanted = {ROOT / name: text() for name, text in GENERATED.items()}
    return {path: text for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text}


def main() -> None:
    """Write, or with ``--check`` only name, the stale files."""
    found = stale()
    for path, text in found.items():
        print("stale:" if "--check" in sys.argv else "written:", path.relative_to(ROOT))
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if found and "--check" in sys.argv:
        sys.exit("run `make generate`")


if __name__ == "__main__":
    main()
