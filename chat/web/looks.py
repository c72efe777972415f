"""How a site's widget looks, as its bubble and its framed pages are told."""

from typing import cast

from chat.settings import Language, Site
from chat.web.colour import palette
from chat.web.i18n import Catalogues

ICONS: dict[str, str] = {
    "chat": "M12 3.5c-5 0-9 3.4-9 7.7 0 2.5 1.4 4.7 3.5 6.1L6 21l4-2.2c5.5 1 11-2 11-7.6 0-4.3-4-7.7-9-7.7z",
    "question": "M9 9.2a3 3 0 0 1 6 .3c0 2.2-3 2.4-3 4.5m0 3v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
    "headset": "M4 16v-4a8 8 0 0 1 16 0v4m0 0a3.5 3.5 0 0 1-3.5 4H13M4 12.5h2.5V17H4zm16 0h-2.5V17H20z",
    "lifebuoy": "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zm-5.4 0a3.6 3.6 0 1 1-7.2 0 3.6 3.6 0 0 1 7.2 0zM5.6 5.6l3.8 3.8m5.2 5.2 3.8 3.8m0-12.8-3.8 3.8m-5.2 5.2-3.8 3.8",
    "smile": "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0zM8 14.2c.9 1.4 2.3 2.2 4 2.2s3.1-.8 4-2.2M9 9.3v.01m6-.01v.01",
    "mail": "M4.5 5.5h15a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM4 7l8 6 8-6",
}
"""Stroked on a 24-unit grid, each the ``d`` of one path."""

SHAPES = {
    "circle": "",
    "rounded": ".bubble{border-radius:18px}",
    "pill": ".bubble{grid-template-columns:28px auto;column-gap:10px;width:auto;max-width:calc(100vw - 40px);"
    "border-radius:30px;padding:0 24px 0 18px;font:600 16px/60px system-ui}"
    ".bubble::before{content:attr(data-label);grid-area:1/2;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}"
    ".open .bubble{display:grid;width:60px;padding:0;grid-template-columns:auto}.open .bubble::before{display:none}"
    ".none .bubble{display:none}",
}
"""What is added to the bubble's own style in ``loader.js``."""


def bubble_look(key: str, site: Site, catalogues: Catalogues) -> dict[str, object]:
    """All that the loader draws the bubble from. It asks before the visitor wants anything: no byte too many."""
    theme, colours = site.theme, palette(site.theme.accent)
    scheme = "light dark" if theme.mode == "auto" else theme.mode
    measures = f"--side:{theme.side_px}px;--edge:{theme.edge_px}px"
    css = f"div{{--accent:{colours.accent};--ink:{colours.text};{measures};color-scheme:{scheme}}}{SHAPES[theme.shape]}"
    labels = {
        locale: theme.texts.launcher.get(locale) or catalogues.translate(locale)("bubble.label")
        for locale in site.locales
    }
    own_icon = {} if theme.own_icon is None else {"image": f"/api/sites/{key}/icon"}
    return {
        "title": site.title,
        "position": site.position,
        "mode": theme.mode,
        "css": css,
        "icon": ICONS.get(theme.icon, ICONS["chat"]),
        "locales": site.locales,
        "label": labels,
        **own_icon,
        **(_invitations(site, catalogues) if site.invitations else {}),
    }


def _invitations(site: Site, catalogues: Catalogues) -> dict[str, object]:
    return {
        "invitations": site.invitations,
        "dismiss": {locale: catalogues.translate(locale)("bubble.dismiss") for locale in site.locales},
    }


def panel_theme(key: str, site: Site) -> dict[str, object]:
    """For the framed pages."""
    logo = {} if site.theme.logo is None else {"logo": f"/api/sites/{key}/logo"}
    return {"mode": site.theme.mode, "colours": palette(site.theme.accent).variables(), **logo}


def own_words(site: Site, locale: str) -> dict[str, str]:
    """The site's own texts in place of those of the catalogue, by the catalogue's keys."""
    texts = site.theme.texts
    own = {"panel.hello": texts.greeting, "panel.hello_text": texts.lead, "panel.start": texts.start}
    return {key: words[locale] for key, words in own.items() if words.get(locale)}


def choices_in(site: Site, locale: str) -> dict[str, str]:
    """What visitors choose from, in their language, by the word that is configured and kept; only where they differ."""
    return site.translations.get(cast("Language", locale), {})
