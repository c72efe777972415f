"""Every state that somebody can have before them, in one list: pictures are taken of it, and tests look at it."""

from tests.gallery import agents, customer, owners, readers

STORIES = [*customer.STORIES, *agents.STORIES, *readers.STORIES, *owners.STORIES]
