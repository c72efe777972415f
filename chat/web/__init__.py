"""Pages, the JSON API, and the rules of HTTP around them."""
