"""The languages that people read."""
