"""The clients that reach every account and cluster of a fleet."""

from bot.clients.fleet_clients import FleetClients, build_clients
from bot.clients.limits import Limits

__all__ = ["FleetClients", "Limits", "build_clients"]
