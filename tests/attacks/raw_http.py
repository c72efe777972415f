"""HTTP by hand: what well-mannered clients would not send."""

import asyncio

PATIENCE_S = 15.0


async def asked(port: int, first: str, *lines: str, body: bytes = b"") -> tuple[int, str]:
    """The status, and head and body of the answer, to a request of this first line and these header lines."""
    size = [f"Content-Length: {len(body)}", "Content-Type: application/json"] if body else []
    head = "\r\n".join([f"{first} HTTP/1.1", *lines, *size, "Connection: close", "", ""])
    async with asyncio.timeout(PATIENCE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head.encode() + body)
        answer = await reader.read()
        writer.close()
    return int(answer.split(maxsplit=2)[1]), answer.decode(errors="replace")
