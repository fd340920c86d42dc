"""What Alembic runs to bring a database up to date, on the connection that `migrate` hands over.

There is no alembic.ini and no connection of its own: `migrate` has begun the transaction, holds the lock that keeps a
second process out, and commits. So the whole way from the old revision to the new one happens or does not.
"""

from alembic import context

from tokensmith.server.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
