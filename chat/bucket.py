"""The address of an S3-compatible bucket, as ``storage.url`` gives it."""

from re import fullmatch
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

NAMES = ("endpoint", "region", "access_key_id", "secret_access_key", "session_token", "virtual_hosted")
EXPECTED = "expected an address like s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1"


class Bucket(Struct, frozen=True):
    """Where objects are kept. What is None is taken from the usual ``AWS_…`` variables, or from the machine's role."""

    name: str
    prefix: str | None = None
    endpoint: str | None = None
    region: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None
    session_token: str | None = None
    virtual_hosted: bool = False


def parse_bucket(url: str) -> Bucket:
    """Read an address. Raises ValueError with a line for each fault; no line repeats what it holds: keys may be in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError(EXPECTED) from None
    if parts.scheme != "s3" or not fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", parts.netloc) or parts.fragment:
        raise ValueError(EXPECTED)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    given = dict(pairs)
    faults = []
    if given.keys() - set(NAMES):
        faults.append(f"expected in its query only {', '.join(NAMES)}")
    if len(given) < len(pairs) or not all(given.values()):
        faults.append("expected each name in its query once, with a value")
    if not fullmatch(r"https?://[^/?#@\s]+/?", given.get("endpoint", "https://default")):
        faults.append("expected as endpoint an address like https://s3.example.com; write %26 for an & in a value")
    if ("access_key_id" in given) != ("secret_access_key" in given):
        faults.append("expected access_key_id and secret_access_key together")
    if given.get("virtual_hosted", "true") not in ("true", "false"):
        faults.append("expected as virtual_hosted true or false")
    if faults:
        raise ValueError("\n".join(faults))
    virtual_hosted = given.pop("virtual_hosted", "false") == "true"
    return Bucket(parts.netloc, parts.path.strip("/") or None, virtual_hosted=virtual_hosted, **given)
