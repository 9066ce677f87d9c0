"""The fleet file: which accounts and clusters the bot may read, what channels mean, who may approve."""

from bot.fleet_file.contents import Approver, Channel, FleetFile, Reader
from bot.fleet_file.faults import Fault, FleetFileError
from bot.fleet_file.freezes import Freeze, WeeklyFreeze
from bot.fleet_file.load import json_schema, load, parse

__all__ = [
    "Approver",
    "Channel",
    "Fault",
    "FleetFile",
    "FleetFileError",
    "Freeze",
    "Reader",
    "WeeklyFreeze",
    "json_schema",
    "load",
    "parse",
]
