"""What people read in Slack: diagnoses, questions, troubles and dialogs as text and blocks. Pure."""
