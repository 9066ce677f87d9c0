"""The clusters that there are, beside those that the fleet file spells out, and where roles were last seen."""

from bot.inventory.keeper import Inventory
from bot.inventory.merge import with_seen
from bot.inventory.records import InventoryRecords, Scan, SeenCluster

__all__ = ["Inventory", "InventoryRecords", "Scan", "SeenCluster", "with_seen"]
