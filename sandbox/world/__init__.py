"""The embedded world: AWS accounts, EKS clusters with their Kubernetes APIs, and everything in them that is wrong.

All of it listens on loopback and ends with the process.
"""

from sandbox.world.mount import mount_world
from sandbox.world.world import World

__all__ = ["World", "mount_world"]
