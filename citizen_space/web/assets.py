"""Static files, held in memory under one fingerprint: a browser never asks twice for the same."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
_FOREVER = b"public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """One file as it goes over the wire."""

    content: bytes
    packed: bytes | None
    media_type: str


def _read(path: Path, content: bytes) -> Asset:
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_text = media_type.startswith("text/") or "json" in media_type or "xml" in media_type
    if is_text and "xml" not in media_type:
        media_type += "; charset=utf-8"
    packed = gzip.compress(content, 9, mtime=0) if is_text and len(content) > 500 else None
    return Asset(content, packed, media_type)


def _collect() -> dict[str, Asset]:
    found = {
        path.relative_to(STATIC).as_posix(): _read(path, path.read_bytes())
        for path in sorted(STATIC.rglob("*"))
        if path.is_file()
    }
    htmx = files("django_htmx") / "static" / "django_htmx" / "htmx-2.min.js"
    found["htmx.min.js"] = _read(Path("htmx.min.js"), htmx.read_bytes())
    return found


class Assets:
    """Serves `/static/<fingerprint>/<name>`; one fingerprint for all, so that modules may import each other."""

    def __init__(self) -> None:
        self._assets = _collect()
        digest = hashlib.sha256()
        for name, asset in sorted(self._assets.items()):
            digest.update(name.encode() + b"\0" + asset.content)
        self.fingerprint = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Give the address of a file; a misspelt name is a mistake of ours and raises."""
        if name not in self._assets:
            raise LookupError(f"no static file {name!r}")
        return f"/static/{self.fingerprint}/{name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for `/static/…`."""
        path: str = scope["path"].removeprefix("/static/")
        mark, _, name = path.partition("/")
        asset = self._assets.get(name) or self._assets.get(path)
        if asset is None:
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
            return
        headers = [
            (b"content-type", asset.media_type.encode()),
            (b"cache-control", _FOREVER if mark == self.fingerprint else b"no-cache"),
            (b"vary", b"Accept-Encoding"),
            (b"x-content-type-options", b"nosniff"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        body = asset.content
        if asset.packed is not None and _takes_gzip(scope):
            headers.append((b"content-encoding", b"gzip"))
            body = asset.packed
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
