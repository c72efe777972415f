"""The SQL database: connections, tables, migrations."""
