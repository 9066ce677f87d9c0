"""STS on loopback, for the one call that moto answers without reading the token."""

from sandbox.sts.server import Sts

__all__ = ["Sts"]
