"""The `irsa` command, one file per subcommand."""
