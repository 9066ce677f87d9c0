"""Fixes: pure plans, and the one driver that writes."""
