"""The service: turns what browsers ask for into accepted facts, and tells everyone concerned."""
