"""Kubernetes: the way to each API server, and the reader and writer of a cluster."""
