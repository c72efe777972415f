"""What the sessions of visitors and agents stand on: the live part of the service, put together in ``services.py``."""

from dataclasses import dataclass

from chat.live.background import Background
from chat.live.board import Board
from chat.live.consoles import Consoles
from chat.live.conversations import Conversations
from chat.live.door import Door
from chat.live.hands import Hands
from chat.live.hub import Hub
from chat.live.identified import Identified
from chat.live.keeping import Keeping
from chat.live.lines import Lines
from chat.live.log import ChatLog
from chat.live.offers import Offers
from chat.live.supervision import Supervision
from chat.live.viewers import Viewers
from chat.metrics import Metrics
from chat.people.sessions import Sessions
from chat.settings import Settings


@dataclass(frozen=True, kw_only=True)
class LiveService:
    """The chats and consoles of this process, and the verbs."""

    settings: Settings
    metrics: Metrics
    background: Background
    door: Door
    sessions: Sessions
    log: ChatLog
    hub: Hub
    consoles: Consoles
    identified: Identified
    lines: Lines
    offers: Offers
    board: Board
    conversations: Conversations
    keeping: Keeping
    hands: Hands
    supervision: Supervision
    viewers: Viewers
