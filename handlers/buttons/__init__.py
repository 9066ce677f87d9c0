"""The buttons and menus of our replies."""
