"""The embedded world: AWS accounts, clusters and a Slack workspace on loopback."""
