"""AWS: sessions, assumed roles, and the reader of an account."""
