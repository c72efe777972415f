"""Every Redis key of the help articles."""


def votes_from(address: str) -> str:
    """Votes on articles from an address this hour (a digest of it). Type: string (count). Lifetime: 1 hour."""
    return "mayfly:limit:votes:" + address


def comments_from(address: str) -> str:
    """Comments on articles from an address this hour (a digest of it). Type: string (count). Lifetime: 1 hour."""
    return "mayfly:limit:comments:" + address


def searches_from(address: str) -> str:
    """Searches without a result, of those that are kept, from an address this hour (a digest of it). Type: string (count). Lifetime: 1 hour."""
    return "mayfly:limit:searches:" + address


def voted(voter: str) -> str:
    """Whether a voter found an article helpful, so that they may think again: a keyed digest of article, and of ref or address. Type: string. Lifetime: 1 day."""
    return "mayfly:voted:" + voter
