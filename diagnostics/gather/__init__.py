"""Every fact of a diagnosis, read side by side, with the calls it came from."""
