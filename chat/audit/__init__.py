"""Proves on a running service that nothing of a chat is left: ``mayfly audit``."""
