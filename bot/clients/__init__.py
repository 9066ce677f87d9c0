"""The clients that reach every account and cluster of a fleet."""
