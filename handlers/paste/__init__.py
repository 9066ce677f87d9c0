"""Doors through which a failure comes: messages, mentions, the message shortcut, the command and its form."""
