"""Out to Slack: one reply per incident, paced, with a plain form for what Slack refuses."""
