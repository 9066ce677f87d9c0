"""The proof: STS itself is asked, with a token of the service account, and what it gives is thrown away unused."""
