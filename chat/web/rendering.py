"""Pages out of templates: words, assets and values in, HTML out."""

import gzip
from collections.abc import Mapping
from datetime import datetime

import jinja2
import msgspec
from babel.dates import format_date, format_datetime
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from chat.web.i18n import Catalogues, cldr, direction
from chat.web.static import Assets


class Rendering:
    """The templates of ``widget/templates`` with what they all need."""

    def __init__(self, catalogues: Catalogues, assets: Assets) -> None:
        self.catalogues = catalogues
        self.assets = assets
        self._environment = jinja2.Environment(
            loader=jinja2.PackageLoader("widget", "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["static"] = assets.url

    def page(
        self, template: str, locale: str, headers: Mapping[str, str], values: Mapping[str, object], status: int = 200
    ) -> HTMLResponse:
        """``templates/{template}`` in ``locale``. Values reach the template by name, beside ``lang``, ``dir``, ``t`` and ``static``."""
        html = self._environment.get_template(template).render(
            lang=locale,
            dir=direction(locale),
            t=self.catalogues.translate(locale),
            format_datetime=lambda at: _moment(at, locale),
            format_date=lambda day: format_date(day, "long", locale=cldr(locale)),
            **values,
        )
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store", **headers})


def compressed(page: HTMLResponse, accept_encoding: str) -> Response:
    """The same page gzipped, where that is understood. Only for pages without a secret in them (see the BREACH attack)."""
    if "gzip" not in accept_encoding.lower():
        return page
    headers = dict(page.headers) | {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    del headers["content-length"]
    return Response(gzip.compress(bytes(page.body), 6, mtime=0), page.status_code, headers)


def script_json(value: object) -> Markup:
    """JSON that may stand inside ``<script type="application/json">``, whatever a person has typed into it."""
    text = msgspec.json.encode(value).decode()
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(escaped)  # noqa: S704  what could end the element is escaped above


def js_string(text: str) -> str:
    """A single-quoted JavaScript string literal."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("<", "\\x3c")
    return "'" + escaped.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "'"


def _moment(at: datetime | str, locale: str) -> str:
    """Date and time in UTC; the page's own module then shows it in the reader's zone."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{format_datetime(moment, 'medium', locale=cldr(locale))} UTC"
