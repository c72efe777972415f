"""What stands on the host page while the panel cannot: in all languages, for the loader knows one only when it is shown."""

import msgspec

from chat.web.i18n import Catalogues
from chat.web.rendering import js_string
from chat.web.static import LOADER_WORDS

KEYS = {"away": "frame.away", "refused": "frame.refused", "again": "notice.try_again", "close": "panel.close"}


def loader_words(catalogues: Catalogues) -> dict[str, bytes]:
    """By path, the line that goes out before ``/widget/frame.js``."""
    words = {
        locale: {name: catalogues.translate(locale)(key) for name, key in KEYS.items()} for locale in catalogues.locales
    }
    line = f"document.currentScript.dataset.words={js_string(msgspec.json.encode(words).decode())};"
    return {LOADER_WORDS: line.encode()}
