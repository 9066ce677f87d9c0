"""Text of whatever origin: spelled out, cut, compared, matched with near names, read as a number."""
