from urllib.parse import parse_qs, urlsplit

from chat.desk.links import key_fits, ticket_key, ticket_link

OLD, NEW, FOREIGN = "o" * 32, "n" * 32, "f" * 32


def test_a_key_opens_its_own_ticket_only() -> None:
    key = ticket_key(NEW, "shop", 1042)
    assert len(key) >= 22
    assert key_fits([NEW], "shop", 1042, key)
    assert not key_fits([NEW], "shop", 1043, key)
    assert not key_fits([NEW], "shop2", 1042, key)
    assert not key_fits([FOREIGN], "shop", 1042, key)
    for damaged in ("", key[:-1], key + "=", "ключ"):
        assert not key_fits([NEW], "shop", 1042, damaged)


def test_keys_made_with_an_earlier_secret_stay_good() -> None:
    assert key_fits([NEW, OLD], "shop", 1042, ticket_key(OLD, "shop", 1042))


def test_the_link_holds_the_key() -> None:
    link = urlsplit(ticket_link("https://chat.example.com", NEW, "shop", 1042))
    assert link.path == "/tickets/shop/1042"
    assert key_fits([NEW], "shop", 1042, parse_qs(link.query)["key"][0])
