"""The process: command line, settings, wiring, store. Alone may import everything."""
