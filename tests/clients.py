"""HTTP clients of which a test may make many."""

import ssl
from typing import Any

import httpx

TRUST = ssl.create_default_context()
"""Loads the certificates of the system, which takes as long as ten requests: once for all clients."""


def http_client(**options: Any) -> httpx.AsyncClient:
    """As ``httpx.AsyncClient``."""
    return httpx.AsyncClient(verify=TRUST, **options)
