"""The clusters that there are, beside those that the fleet file spells out, and where roles were last seen."""

from bot.inventory.keeper import Inventory, fleet_on_record
from bot.inventory.merge import with_seen
from bot.inventory.records import InventoryRecords, Scan, SeenCluster
from bot.inventory.troubles import Troubles

__all__ = [
    "Inventory",
    "InventoryRecords",
    "Scan",
    "SeenCluster",
    "Troubles",
    "fleet_on_record",
    "with_seen",
]
