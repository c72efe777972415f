"""Chats that ring at agents who are here, with what an agent must see to decide."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Literal

import msgspec
from redis.exceptions import RedisError

from chat import protocol as wire
from chat.live.background import Background
from chat.live.consoles import Consoles
from chat.live.hub import Hub
from chat.live.livechat import rfc3339
from chat.live.reception import plan_of
from chat.settings import Settings
from routing.router import Router
from routing.types import Place, Rang, Ring, agent_of

RETRY_S = 1.0


class Offers:
    """What rings at the agents of this process: agent → chat → until when, and the offer once its card was read."""

    def __init__(
        self,
        *,
        settings: Settings,
        router: Router,
        hub: Hub,
        consoles: Consoles,
        background: Background,
        desk: str,
        name_of: Callable[[str], Awaitable[str]],
    ) -> None:
        self._settings = settings
        self._router = router
        self._hub = hub
        self._consoles = consoles
        self._background = background
        self._desk = desk
        self._name_of = name_of
        self._until: dict[tuple[str, str], int] = {}
        self._offers: dict[tuple[str, str], wire.Offer] = {}
        self._heard = 0

    def of(self, agent_id: str) -> list[wire.Offer]:
        """What rings at an agent now."""
        return [offer for (agent, _), offer in self._offers.items() if agent == agent_id]

    # ── what the routing tells ───────────────────────────────────────────────────────────────────────────────

    def rang(self, event: Rang) -> None:
        """A chat rings at somebody; their consoles here show it."""
        self._heard += 1
        if event.agent in self._consoles:
            self._until[event.agent, event.chat] = event.until_ms
            self._background.start(self._show_in_the_end(event))

    def rang_off(
        self, chat_id: str, agent_id: str, reason: Literal["accepted", "declined", "missed", "withdrawn"]
    ) -> None:
        """It rings there no more."""
        self._heard += 1
        if self._until.pop((agent_id, chat_id), None) is not None:
            self._offers.pop((agent_id, chat_id), None)
            self._consoles.tell(agent_id, wire.OfferExpired(chat=chat_id, reason=reason))

    async def learn(self, agent_id: str, rings: Iterable[Ring]) -> None:
        """What rings at an agent by the router's answer, after they or this node have been away."""
        known = [chat_id for agent, chat_id in self._until if agent == agent_id]
        places = await self._places([*known, *(ring.chat for ring in rings)])
        for chat_id in known:
            if chat_id not in places or places[chat_id].offered_to != agent_id:
                self.rang_off(chat_id, agent_id, "withdrawn")
        for place in places.values():
            until_ms = place.offer_until_ms
            if place.offered_to == agent_id and self._until.get((agent_id, place.chat)) != until_ms:
                self._until[agent_id, place.chat] = until_ms
                team = place.transfer.team if place.transfer is not None else place.team
                await self._show(Rang(place.chat, agent_id, team, until_ms, place.agent))

    async def _places(self, chats: Sequence[str]) -> dict[str, Place]:
        """Where chats stand. An answer that an event has overtaken is asked for again."""
        while True:
            before = self._heard
            places = await self._router.places(self._desk, chats)
            if self._heard == before:
                return places

    def forget(self, agent_id: str) -> None:
        """The agent's last tab here is gone."""
        for agent, chat_id in list(self._until):
            if agent == agent_id:
                del self._until[agent, chat_id]
                self._offers.pop((agent, chat_id), None)

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _show_in_the_end(self, rang: Rang) -> None:
        """Redis may be away for a moment: as long as it rings, try again."""
        while self._until.get((rang.agent, rang.chat)) == rang.until_ms:
            try:
                await self._show(rang)
                break
            except RedisError:
                await asyncio.sleep(RETRY_S)

    async def _show(self, rang: Rang) -> None:
        offer = await self._read(rang)
        key = rang.agent, rang.chat
        if offer is not None and self._until.get(key) == rang.until_ms:
            self._offers[key] = offer
            self._consoles.tell(rang.agent, wire.Offered(**msgspec.structs.asdict(offer)))

    async def _read(self, rang: Rang) -> wire.Offer | None:
        sight = await self._hub.look(rang.chat)
        if sight is None:
            return None
        return wire.Offer(
            chat=rang.chat,
            site=sight.site,
            team=rang.team,
            visitor=sight.card,
            question=sight.card.question,
            expires_at=rfc3339(rang.until_ms),
            transferred_by=(await self._name_of(rang.by) or None) if rang.by else None,
            to_you=bool(rang.by) and await self._is_personal(rang),
            plan=plan_of(self._settings, sight.card),
        )

    async def _is_personal(self, rang: Rang) -> bool:
        place = (await self._places([rang.chat])).get(rang.chat)
        return place is not None and place.transfer is not None and agent_of(place.transfer.line) == rang.agent
