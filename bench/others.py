"""What other chats weigh, as somebody has published it: figures, who measured, and when. Nothing here is measured by us."""

from typing import Final

from msgspec import Struct

HTTP_ARCHIVE: Final = "https://github.com/patrickhulce/third-party-web (HTTP Archive, after 2024-07)"


class Published(Struct, frozen=True):
    """A figure: ``kb`` over the wire on every page, or ``script_ms`` of its scripts on a phone as Lighthouse emulates it."""

    product: str
    kb: float | None
    script_ms: float | None
    source: str


PUBLISHED: Final = (
    Published("Crisp", 130, None, "https://help.crisp.chat/en/article/will-crisp-slow-down-my-website-1wfqufw/ (2026)"),
    Published("Chatwoot", 174, None, "https://github.com/chatwoot/chatwoot/issues/2658 (2021-07), the panel's script"),
    Published("Intercom", 344, None, "https://github.com/AvdLee/RocketSimApp/pull/1045 (2026-06), scripts only"),
    Published("Zendesk", 628, None, "https://github.com/langgenius/dify/pull/41653 (2026-09), 36 requests"),
    Published("Crisp", None, 31, HTTP_ARCHIVE),
    Published("Tawk.to", None, 396, HTTP_ARCHIVE),
    Published("LiveChat", None, 946, HTTP_ARCHIVE),
    Published("Zendesk", None, 1247, HTTP_ARCHIVE),
    Published("Intercom", None, 1294, HTTP_ARCHIVE),
)
