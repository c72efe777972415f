"""What Redis sees of words: nothing that can be read without the service's secret and the chat's salt."""

import os

import pytest

from chat.live.seal import SALT_BYTES, Sealer, Unsealable

NEW, OLD = "n" * 40, "o" * 40
CHAT, WORDS = "c" * 32, "Где мой заказ? canary-7f3a".encode()


@pytest.fixture
def salt() -> bytes:
    return os.urandom(SALT_BYTES)


def test_what_was_sealed_is_opened_by_any_node_with_the_secret(salt: bytes) -> None:
    sealed = Sealer([NEW]).seal(CHAT, salt).close(WORDS)
    assert WORDS not in sealed
    assert Sealer([NEW]).seal(CHAT, salt).open(sealed) == WORDS


def test_the_same_words_never_look_the_same(salt: bytes) -> None:
    seal = Sealer([NEW]).seal(CHAT, salt)
    assert len({seal.close(WORDS) for _ in range(1000)}) == 1000


def test_without_the_salt_the_chat_or_the_secret_there_is_no_opening(salt: bytes) -> None:
    sealed = Sealer([NEW]).seal(CHAT, salt).close(WORDS)
    for stranger in (
        Sealer([NEW]).seal(CHAT, os.urandom(SALT_BYTES)),
        Sealer([NEW]).seal("d" * 32, salt),
        Sealer([OLD]).seal(CHAT, salt),
    ):
        with pytest.raises(Unsealable):
            stranger.open(sealed)


@pytest.mark.parametrize("at", [0, 20, -1])
def test_a_changed_byte_is_noticed(salt: bytes, at: int) -> None:
    seal = Sealer([NEW]).seal(CHAT, salt)
    sealed = bytearray(seal.close(WORDS))
    sealed[at] ^= 1
    with pytest.raises(Unsealable):
        seal.open(bytes(sealed))


@pytest.mark.parametrize("size", [0, 5, 20])
def test_a_stump_is_refused(salt: bytes, size: int) -> None:
    seal = Sealer([NEW]).seal(CHAT, salt)
    with pytest.raises(Unsealable):
        seal.open(seal.close(WORDS)[:size])


def test_chats_sealed_before_the_secret_was_changed_are_still_opened(salt: bytes) -> None:
    sealed = Sealer([OLD]).seal(CHAT, salt).close(WORDS)
    newest, before = Sealer([NEW, OLD]).seals(CHAT, salt)
    with pytest.raises(Unsealable):
        newest.open(sealed)
    assert before.open(sealed) == WORDS


def test_a_token_names_its_chat_and_cannot_be_made_up() -> None:
    sealer = Sealer([NEW])
    token = sealer.token(CHAT)
    assert sealer.chat_of(token) == CHAT
    assert Sealer([OLD]).chat_of(token) is None
    tag = token.partition(".")[2]
    for forged in ("", ".", CHAT, f"{CHAT}.", f"{CHAT}.{tag[:-1]}", f"{'d' * 32}.{tag}", f"{CHAT}.é", token + "0"):
        assert sealer.chat_of(forged) is None


def test_tokens_made_before_the_secret_was_changed_still_count() -> None:
    assert Sealer([NEW, OLD]).chat_of(Sealer([OLD]).token(CHAT)) == CHAT


def test_the_same_start_is_the_same_chat_and_another_is_another() -> None:
    sealer = Sealer([NEW])
    assert sealer.chat_id("shop", "ref-1") == sealer.chat_id("shop", "ref-1")
    others = {
        sealer.chat_id("shop", "ref-2"),
        sealer.chat_id("offers", "ref-1"),
        Sealer([OLD]).chat_id("shop", "ref-1"),
    }
    assert len(others | {sealer.chat_id("shop", "ref-1")}) == 4
