"""All that a browser loads: static files, templates and the catalogues of words."""
