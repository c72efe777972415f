"""Letters to customers and agents: what they say, how they hang together, and how each goes out once."""
