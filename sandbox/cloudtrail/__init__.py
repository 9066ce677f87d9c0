"""A stand-in of CloudTrail's LookupEvents, which moto lacks: accounts and sessions are moto's, records are given."""

from sandbox.cloudtrail.accounts import account_of
from sandbox.cloudtrail.events import trust_event, web_identity_event
from sandbox.cloudtrail.server import CloudTrail

__all__ = ["CloudTrail", "account_of", "trust_event", "web_identity_event"]
