"""The embedded world at a distance, what a diagnosis could cost there at best, and what it costs by hand."""
