"""Passwords: argon2id, computed off the event loop and a few at a time."""

import asyncio
import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from chat.errors import Refused

MIN_LENGTH = 10
MAX_LENGTH = 200
AT_ONCE = 2
"""Hashes computed at the same time: each takes 64 MiB and a core, so a crowd at the login page has to queue."""

HASHER = PasswordHasher()
"""With argon2-cffi's parameters (RFC 9106's second recommendation)."""


def _of_nobody(hasher: PasswordHasher) -> str:
    """A hash in the PHC string format that no password has. To make a true one takes 0.15 s at every start."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (hasher.salt_len, hasher.hash_len)
    )
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${digest}"


class Passwords:
    """Hashes and verifies."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._nobody = _of_nobody(hasher)

    async def hash(self, password: str) -> str:
        """The hash of a new password. Raises ``Refused("invalid")`` when the password is too short or too long."""
        if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
            raise Refused(
                "invalid",
                f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters",
                fields={"password": "too_short" if len(password) < MIN_LENGTH else "too_long"},
            )
        return await self.renew(password)

    async def renew(self, password: str) -> str:
        """A hash with today's parameters of a password that was accepted long ago, whatever its length."""
        async with self._gate:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` fits; without a stored hash the same work is done for nothing, so time tells nothing."""
        if len(password) > MAX_LENGTH:
            return False
        async with self._gate:
            fits = await asyncio.to_thread(self._fits, stored or self._nobody, password)
        return fits and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether ``stored`` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _fits(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
