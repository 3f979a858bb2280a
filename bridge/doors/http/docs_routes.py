"""The routes `/openapi.json`, `/docs`, which is the same as a page, and `/`, which leads there.

The page has no scripts, and no files of other servers.
"""

from __future__ import annotations

import json
from functools import cache
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bridge import __version__
from bridge.doors.http.openapi import OPERATIONS, Operation, document
from bridge.doors.http.schema import EXAMPLE_BLOCK
from bridge.request.block import SPEC
from bridge.request.block.parameter import TYPES

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --accent: #2b7de9 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
section { border: 1px solid var(--line); border-radius: 8px; padding: .6rem 1rem; margin: .6rem 0 }
h2 { margin-top: 2rem } h3 { margin: 0; font: 600 15px ui-monospace, monospace }
b { color: var(--accent); text-transform: uppercase; margin-right: .6rem }
p { margin: .3rem 0 } pre { overflow-x: auto; background: #8881; padding: .8rem; border-radius: 8px }
table { border-collapse: collapse; width: 100% } td, th { border-bottom: 1px solid var(--line); padding: .3rem .5rem;
text-align: left; vertical-align: top }
"""


class DocRoutes:
    """Handlers of `/`, `/docs` and `/openapi.json`."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/", self.root), Route("/docs", self.page), Route("/openapi.json", self.document)]

    async def root(self, request: Request) -> Response:
        """Lead a browser to the page; tell a program where the descriptions are."""
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse("/docs")
        return JSONResponse(
            {"name": "Stem Bridge", "version": __version__, "docs": "/docs", "openapi": "/openapi.json"}
        )

    async def page(self, _: Request) -> Response:
        """Return the page."""
        return HTMLResponse(
            _page(), headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        )

    async def document(self, _: Request) -> Response:
        """Return the OpenAPI document."""
        return JSONResponse(document())


@cache
def _page() -> str:
    operations = "".join(_operation(operation) for operation in OPERATIONS)
    keys = "".join(
        f"<tr><td><code>{p.name}</code></td><td>{TYPES[p.kind]}</td><td>{escape(p.range)}</td><td>{escape(p.doc)}</td></tr>"
        for p in SPEC.values()
    )
    example = escape(json.dumps(EXAMPLE_BLOCK, indent=2))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Stem Bridge: HTTP API</title>"
        f"<style>{_STYLE}</style>"
        "<h1>Stem Bridge: HTTP API</h1><p>For programs: <a href=/openapi.json>/openapi.json</a> (OpenAPI 3.1). "
        'Errors are <code>{"error": "…"}</code>. Other machines send a key in <code>x-api-key</code>.</p>'
        f"<h2>Calls</h2>{operations}<h2>The parameter block</h2><pre>{example}</pre>"
        f"<table><tr><th>key<th>type<th>allowed<th>what it does</tr>{keys}</table></html>"
    )


def _operation(operation: Operation) -> str:
    answers = "".join(
        f"<p><code>{status}</code> {escape(text)}</p>" for status, (text, _) in operation.answers.items()
    )
    return (
        f"<section><h3><b>{operation.method}</b>{escape(operation.path)}</h3>"
        f"<p>{escape(operation.summary)}</p>{answers}</section>"
    )
