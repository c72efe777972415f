"""All requests of an e-mail address, for whoever proves to read its mail: a code by letter, then a token for a day.

Nothing here depends on whether the address has requests, so nobody learns it by asking.
"""

import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import jwt
from msgspec import Struct
from redis.asyncio import Redis

from chat.desk.mail.outbox import Outbox
from chat.errors import Refused
from chat.live.limits import count_from
from chat.people import keys
from chat.people.emails import is_email, normalise

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=10)
TRIES = 5
CODES_PER_EMAIL = 5
"""An hour, at one site: with ``TRIES`` each, one guess in 40,000 comes true."""
CODES_PER_IP = 30
GUESSES_PER_IP = 60
TOKEN_LIFETIME = timedelta(hours=24)
ISSUER = "mayfly"


class Pass(Struct, frozen=True):
    """What a right code is exchanged for; ``token`` goes where an identity would."""

    token: str
    expires_at: datetime


class Access:
    """Codes and tokens. ``outbox`` is None where mail is off: then there are no codes, and old tokens stay good."""

    def __init__(self, redis: Redis, outbox: Outbox | None, secret_keys: Sequence[str]) -> None:
        self._redis = redis
        self._outbox = outbox
        self._secrets = [secret.encode() for secret in secret_keys]

    async def ask(self, site: str, email: str, *, ip: str, locale: str) -> None:
        """Mail a code, which takes the place of an earlier one.

        Raises ``Refused("not_found")`` where mail is off, ``Refused("invalid")`` and ``Refused("too_many")``.
        """
        if self._outbox is None:
            raise Refused("not_found", "this service sends no mail")
        if not is_email(email := email.strip()):
            raise Refused("invalid", "this is not an e-mail address", fields={"email": "not_an_email"})
        who = normalise(email)
        await count_from(self._redis, keys.codes_from, ip, CODES_PER_IP, "codes")
        await count_from(self._redis, keys.codes_to, f"{site} {who}", CODES_PER_EMAIL, "codes")
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        key = keys.code(site, who)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(key)
            pipe.hset(key, "digest", self._digest(self._secrets[0], site, who, code))
            pipe.expire(key, CODE_LIFETIME)
            await pipe.execute()
        await self._outbox.mail_code(site, email, code, CODE_LIFETIME, locale)

    async def redeem(self, site: str, email: str, code: str, *, ip: str) -> Pass:
        """Exchange a code, once. Raises ``Refused("bad_code")`` for whatever is wrong, and ``Refused("too_many")``."""
        await count_from(self._redis, keys.guesses_from, ip, GUESSES_PER_IP, "codes")
        who = normalise(email)
        key = keys.code(site, who)
        async with self._redis.pipeline(transaction=True) as pipe:  # counted first, so that guesses made at once count
            pipe.hincrby(key, "tries", 1)
            pipe.hget(key, "digest")
            pipe.expire(key, CODE_LIFETIME, nx=True)
            tries, digest, _ = await pipe.execute()
        wanted = [self._digest(secret, site, who, code.strip()).encode() for secret in self._secrets]
        fits = digest is not None and any(hmac.compare_digest(digest, one) for one in wanted)
        if tries > TRIES or not fits or not await self._redis.delete(key):
            raise Refused("bad_code", "the code is wrong, used up or too old; ask for another")
        return self._pass(site, who, datetime.now(UTC))

    def email_of(self, token: str, site: str) -> str | None:
        """Whose requests ``token`` opens, if it is one of ours; None if it is something else.

        Raises ``Refused("identity_expired")``, or ``Refused("identity_invalid")`` for one that was made for elsewhere.
        """
        for secret in self._secrets:
            try:
                claims = jwt.decode(
                    token,
                    _signing_key(secret),
                    algorithms=["HS256"],
                    audience=_audience(site),
                    issuer=ISSUER,
                    options={"require": ["exp", "email"]},
                )
            except jwt.ExpiredSignatureError:
                raise Refused("identity_expired", "the access token has expired; ask for another code") from None
            except (jwt.DecodeError, jwt.InvalidAlgorithmError):  # signed by somebody else, or no token at all
                continue
            except jwt.InvalidTokenError as fault:
                why = type(fault).__name__
                raise Refused("identity_invalid", f"the access token cannot be used here: {why}") from None
            return str(claims["email"])
        return None

    def _pass(self, site: str, who: str, now: datetime) -> Pass:
        expires_at = now.replace(microsecond=0) + TOKEN_LIFETIME
        claims = {"iss": ISSUER, "aud": _audience(site), "email": who, "exp": expires_at}
        return Pass(jwt.encode(claims, _signing_key(self._secrets[0]), algorithm="HS256"), expires_at)

    @staticmethod
    def _digest(secret: bytes, site: str, who: str, code: str) -> str:
        """What is kept of a code: there are only a million, so a plain hash would tell it."""
        return hmac.new(secret, f"mayfly code {site} {who} {code}".encode(), "sha256").hexdigest()


def _signing_key(secret: bytes) -> bytes:
    return hmac.digest(secret, b"mayfly access token", "sha256")


def _audience(site: str) -> str:
    return f"mayfly:requests:{site}"
