"""What moto's IAM lacks."""

from sandbox.iam.client_ids import serve_client_ids

__all__ = ["serve_client_ids"]
