"""Everything in ``widget/static``, read once, under an address that changes with any of its bytes."""

import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.abc import Traversable
from importlib.resources import files

from rjsmin import jsmin
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ts": "application/typescript; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
COMPRESSED = {".css", ".js", ".json", ".svg", ".ts"}
FOR_A_YEAR = "public, max-age=31536000, immutable"
LOADER_WORDS = "loader-words.js"
LOADERS = {
    "/widget.js": ["loader.js"],
    "/widget/frame.js": [LOADER_WORDS, "loader-frame.js"],
    "/widget/invite.js": ["loader-invite.js"],
    "/widget/notices.js": ["loader-notices.js"],
    "/widget/faults.js": ["loader-faults.js"],
    "/widget.d.ts": ["mayfly.d.ts"],
}
"""What host pages load, by path, and the files it is put together from."""


@dataclass(frozen=True)
class Asset:
    """A file as it goes out."""

    body: bytes
    suffix: str
    etag: str

    @cached_property
    def gzipped(self) -> bytes | None:
        """As it goes to whom understands that; None if it would hardly get smaller. Made when it is first asked for."""
        return gzip.compress(self.body, 9, mtime=0) if self.suffix in COMPRESSED else None


class Assets:
    """The tree in memory, with what is ``made`` at the start. The hash is the whole tree's, so that modules importing each other never mix versions."""

    def __init__(self, root: Traversable | None = None, made: Mapping[str, bytes] | None = None) -> None:
        found = _walk(root or files("widget") / "static", "")
        self._assets = {path: _asset(path, body) for path, body in [*found, *(made or {}).items()]}
        self._loaders = {path: _asset(names[-1], self._together(names)) for path, names in LOADERS.items()}
        tree = sha256()
        for path, asset in sorted(self._assets.items()):
            tree.update(f"{path}\0{asset.etag}\0".encode())
        self.version = tree.hexdigest()[:12]

    def url(self, path: str) -> str:
        """The address of a file in the tree. Raises ``KeyError`` if there is no such file."""
        if path not in self._assets:
            raise KeyError(f"widget/static/{path} does not exist")
        return f"/static/{self.version}/{path}"

    async def serve(self, request: Request) -> Response:
        """``/static/{version}/{path}``."""
        asset = self._assets.get(request.path_params["path"])
        if asset is None or request.path_params["version"] != self.version:
            raise HTTPException(404)
        return _respond(request, asset, {"Cache-Control": FOR_A_YEAR})

    async def serve_loader(self, request: Request) -> Response:
        """``/widget.js`` and its further parts: addresses known to host pages, so they are cached for five minutes only."""
        headers = {
            "Cache-Control": "public, max-age=300",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Access-Control-Allow-Origin": "*",
        }
        return _respond(request, self._loaders[request.url.path], headers)

    def _together(self, names: Sequence[str]) -> bytes:
        """Those of the files that there are, one after the other; nothing is made for a tree that is only looked at."""
        return b"\n".join(self._assets[name].body for name in names if name in self._assets)


def _respond(request: Request, asset: Asset, headers: dict[str, str]) -> Response:
    headers = {"ETag": f'"{asset.etag}"', "Vary": "Accept-Encoding", **headers}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if headers["ETag"] in known:
        return Response(status_code=304, headers=headers)
    body = asset.body
    if "gzip" in request.headers.get("accept-encoding", "").lower() and asset.gzipped is not None:
        body = asset.gzipped
        headers |= {"Content-Encoding": "gzip", "ETag": f'W/"{asset.etag}"'}
    return Response(body, headers={"Content-Type": TYPES[asset.suffix], **headers})


BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def _light(text: str) -> str:
    """A stylesheet without comments and indentation: it relies on our own having no ``/*`` inside a string."""
    lines = (line.strip() for line in BLOCK_COMMENT.sub("", text).splitlines())
    return "\n".join(line for line in lines if line)


LIGHTENED = {".css": _light, ".js": jsmin}
"""Comments and white space are a third of the bytes, and for readers of the source only. ``make check`` compares what scripts mean."""


def _asset(path: str, body: bytes) -> Asset:
    suffix = path[path.rfind(".") :]
    if suffix in LIGHTENED:
        body = LIGHTENED[suffix](body.decode()).encode()
    return Asset(body, suffix, sha256(body).hexdigest()[:16])


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        path = prefix + entry.name
        if entry.is_dir():
            found += _walk(entry, path + "/")
        elif path[path.rfind(".") :] in TYPES and not entry.name.startswith("."):
            found.append((path, entry.read_bytes()))
    return found
