"""`irsa preflight`: what of a fleet file works, and the text that mends what does not."""
