"""The engine: recognizes, locates, gathers, checks, explains, corrects; knows no Slack."""
