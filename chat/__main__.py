"""``python -m chat`` is the ``mayfly`` command."""

from chat.cli import app

app()
