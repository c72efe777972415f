"""Help articles: read from a folder of Markdown files, listed, searched, rated and commented on."""
