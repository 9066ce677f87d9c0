"""What moto lacks of EKS: Pod Identity associations and identity provider configurations, as far as they are read."""

from sandbox.eks.beside import Association, Beside, Configuration

__all__ = ["Association", "Beside", "Configuration"]
