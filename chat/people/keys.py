"""Redis keys of ``people``: nothing but counters, named by a hash, so that no address is kept."""

from hashlib import sha256


def login_account(email: str) -> str:
    """Attempts to sign in to one account. Type: string (counter). Lifetime: 15 minutes from the first."""
    return f"mayfly:login:account:{_hash(email)}"


def login_address(ip: str) -> str:
    """Attempts to sign in from one network address. Type: string (counter). Lifetime: 15 minutes from the first."""
    return f"mayfly:login:address:{_hash(ip)}"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
