"""The larger commands of ``mayfly``, a module each."""
