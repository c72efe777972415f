"""Redis keys of ``people``: counters, and keyed digests of codes, named by a hash, so that no address is kept."""

from hashlib import sha256


def login_account(email: str) -> str:
    """Attempts to sign in to one account. Type: string (counter). Lifetime: 15 minutes from the first."""
    return f"mayfly:login:account:{_hash(email)}"


def login_address(ip: str) -> str:
    """Attempts to sign in from one network address. Type: string (counter). Lifetime: 15 minutes from the first."""
    return f"mayfly:login:address:{_hash(ip)}"


def code(site: str, email: str) -> str:
    """A code that was mailed: a keyed digest of it, and how often it was tried. Type: hash. Lifetime: 10 minutes."""
    return f"mayfly:code:{_hash(f'{site} {email}')}"


def codes_to(recipient: str) -> str:
    """Codes mailed to an address about a site this hour (a digest of both). Type: string (counter). Lifetime: 1 hour."""
    return f"mayfly:limit:codes:to:{recipient}"


def codes_from(address: str) -> str:
    """Codes asked for from a network address this hour (a digest of it). Type: string (counter). Lifetime: 1 hour."""
    return f"mayfly:limit:codes:from:{address}"


def guesses_from(address: str) -> str:
    """Codes tried from a network address this hour (a digest of it). Type: string (counter). Lifetime: 1 hour."""
    return f"mayfly:limit:guesses:{address}"


def resets_to(recipient: str) -> str:
    """Password links mailed to an address this hour (a digest of it). Type: string (counter). Lifetime: 1 hour."""
    return f"mayfly:limit:resets:to:{recipient}"


def resets_from(address: str) -> str:
    """Password links asked for from a network address this hour (a digest). Type: string (counter). Lifetime: 1 hour."""
    return f"mayfly:limit:resets:from:{address}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
