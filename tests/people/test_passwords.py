import statistics
import time

import pytest

from chat.errors import Refused
from chat.people.passwords import Passwords


async def test_an_unknown_account_takes_as_long_to_refuse_as_a_wrong_password() -> None:
    passwords = Passwords()
    stored = await passwords.hash("correct horse battery")

    async def refusal_s(known: str | None) -> float:
        started = time.perf_counter()
        assert not await passwords.verify(known, "wrong password")
        return time.perf_counter() - started

    known = statistics.median([await refusal_s(stored) for _ in range(3)])
    unknown = statistics.median([await refusal_s(None) for _ in range(3)])
    assert unknown > known / 3
    assert known > 0.005, "argon2 with these parameters cannot be that fast"


async def test_a_password_has_ten_to_two_hundred_characters() -> None:
    for password, fault in (("123456789", "too_short"), ("x" * 201, "too_long")):
        with pytest.raises(Refused) as refusal:
            await Passwords().hash(password)
        assert refusal.value.fields == {"password": fault}


async def test_a_damaged_hash_fits_nothing() -> None:
    assert not await Passwords().verify("not a hash", "correct horse battery")
