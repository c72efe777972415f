"""Alembic's entry point, always run on a connection that ``migrate`` has opened (or ``scripts``, to write a revision)."""

from alembic import context

from chat.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
