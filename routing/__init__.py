"""Who takes this chat? Queues, agents and their assignment, decided atomically in Redis.

Knows neither HTTP nor SQL nor what is said: a chat here is an id, an agent an id with teams and a capacity.
"""
