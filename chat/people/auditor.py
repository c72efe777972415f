"""The agent of `mayfly audit`, and the tokens by which its visitors, and they alone, reach it.

A token is signed with a key of this use alone, derived from the service's own secret: a site, which holds only its
``identity_secrets``, can make none, and what it claims under this name is dropped. Even a token in the wrong hands reaches
nobody else: only an account that an audit has made for itself is taken, and that is gone when the audit is over.
"""

import hmac
import secrets
import time
from collections.abc import Mapping

import jwt

from chat.people.agents import Agent, NewAgent

CLAIM = "mayfly_auditor"
"""The id of the agent."""
DOMAIN = "@audit.invalid"
GOOD_FOR_S = 600


def new_auditor() -> NewAgent:
    """An account of no team, so that nobody else's chats come to it."""
    return NewAgent(email=f"{secrets.token_hex(8)}{DOMAIN}", name="mayfly audit", teams=())


def is_auditor(agent: Agent) -> bool:
    """Whether an audit has made this account."""
    return agent.email.endswith(DOMAIN) and not agent.teams


def sign(secret_key: str, agent_id: str, claims: Mapping[str, str]) -> str:
    """The token of a visitor with these claims, for ten minutes."""
    told = {**claims, CLAIM: agent_id, "exp": int(time.time()) + GOOD_FOR_S}
    return jwt.encode(told, signing_key(secret_key), algorithm="HS256")


def signing_key(secret_key: str) -> str:
    """What ``sign`` signs with."""
    return hmac.digest(secret_key.encode(), b"mayfly audit", "sha256").hex()
