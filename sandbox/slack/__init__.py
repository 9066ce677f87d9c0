"""A Slack workspace on loopback that behaves like Slack where an app depends on it.

`Workspace` holds people, channels, messages and views; `sandbox.slack.server` serves the Web API and
Socket Mode for it; `sandbox.slack.driver.Driver` does what people do; `sandbox.slack.page_api` offers
the same over HTTP to a page in the browser.
"""

from __future__ import annotations

from sandbox.slack.driver import Driver
from sandbox.slack.page_api import mount_workspace
from sandbox.slack.people import SlackApp, app_from_manifest
from sandbox.slack.seed import demo_workspace
from sandbox.slack.server import SlackServer, mount_slack
from sandbox.slack.workspace import Workspace

__all__ = [
    "Driver",
    "SlackApp",
    "SlackServer",
    "Workspace",
    "app_from_manifest",
    "demo_workspace",
    "mount_slack",
    "mount_workspace",
]
