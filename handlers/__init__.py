"""Slack in, Slack out: thin listeners and pure views."""
