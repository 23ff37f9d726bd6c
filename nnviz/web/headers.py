"""What every answer tells the browser: which scripts may run, who may frame the page, what must not be guessed."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from nnviz.web.hosts import host_name

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@lru_cache(256)
def response_headers(host: str) -> list[tuple[bytes, bytes]]:
    """Names in small letters, and values, for answers under this `Host`."""
    headers = {
        "content-security-policy": _policy(host),
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return [(name.encode(), value.encode()) for name, value in headers.items()]


def _policy(host: str) -> str:
    """Nothing from elsewhere, nothing to elsewhere.

    `blob:` scripts and inline styles are how Streamlit brings its components and its look, WebAssembly is for its
    64-bit numbers; `data:` pictures are Plotly's and our sheets of digits, `data:` fonts are in Streamlit's styles.
    """
    sockets = f" ws://{host} wss://{host}" if host_name(host) else ""  # 'self' is not a WebSocket's in every browser
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' blob: 'wasm-unsafe-eval' {' '.join(_inline_scripts())}".rstrip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self'{sockets}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


@cache
def _inline_scripts() -> list[str]:
    """Streamlit's page has a line of script of its own: its hash lets it run, and no other."""
    spec = find_spec("streamlit")
    if spec is None or not spec.submodule_search_locations:
        return []
    page = (Path(spec.submodule_search_locations[0]) / "static" / "index.html").read_text("utf-8")
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(page))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
