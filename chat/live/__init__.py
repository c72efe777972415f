"""Live chats: from a frame on a socket to a sealed entry in Redis and back to every tab."""
