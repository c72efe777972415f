"""Sealing: Redis only ever sees ciphertext of what people typed.

AES-256-GCM (NIST SP 800-38D) under a key of the chat, derived by HKDF-SHA256 (RFC 5869) from the service secret
and the chat's random salt. Erasing the salt erases every word, wherever copies of the ciphertext are.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SALT_BYTES = 32
NONCE_BYTES = 12


class Unsealable(Exception):
    """Not sealed with this chat's key."""


class Seal:
    """The key of one chat."""

    __slots__ = ("_aead", "_chat")

    def __init__(self, aead: AESGCM, chat: bytes) -> None:
        self._aead = aead
        self._chat = chat

    def close(self, plain: bytes) -> bytes:
        """Seal: nonce, ciphertext and tag; the chat's id is authenticated with it."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, self._chat)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Raises Unsealable."""
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._chat)
        except (InvalidTag, ValueError):  # ValueError: too short to hold even a nonce
            raise Unsealable from None


class Sealer:
    """Derives keys, ids and tokens from the service's secret keys. The first makes new ones, all are tried for old ones."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = [key.encode() for key in secret_keys]

    def seals(self, chat: str, salt: bytes) -> list[Seal]:
        """The chat's possible keys, the likeliest first."""
        return [self._derive(key, chat, salt) for key in self._keys]

    def seal(self, chat: str, salt: bytes) -> Seal:
        """The key for a new chat."""
        return self._derive(self._keys[0], chat, salt)

    @staticmethod
    def _derive(key: bytes, chat: str, salt: bytes) -> Seal:
        derived = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"mayfly chat " + chat.encode()).derive(key)
        return Seal(AESGCM(derived), chat.encode())

    def chat_id(self, site: str, start: str) -> str:
        """The id of the chat that ``start`` (unguessable by others) begins: the same again, so that a repeated start finds it."""
        return hmac.new(self._keys[0], f"id {site} {start}".encode(), hashlib.sha256).hexdigest()[:32]

    def sources(self, site: str, who: str) -> list[str]:
        """What stands for a visitor of a site without telling who it is, the likeliest first."""
        return [hmac.new(key, f"source {site} {who}".encode(), hashlib.sha256).hexdigest()[:32] for key in self._keys]

    def token(self, chat: str) -> str:
        """The bearer token that resumes ``chat``."""
        return f"{chat}.{self._tag(self._keys[0], chat)}"

    def chat_of(self, token: str) -> str | None:
        """The chat that ``token`` resumes, or None if it was not made here."""
        chat, _, tag = token.partition(".")
        for key in self._keys:
            if hmac.compare_digest(tag.encode(), self._tag(key, chat).encode()):
                return chat
        return None

    @staticmethod
    def _tag(key: bytes, chat: str) -> str:
        return hmac.new(key, f"token {chat}".encode(), hashlib.sha256).hexdigest()
