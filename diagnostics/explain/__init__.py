"""From results to the answer: one root cause, what follows from it, and what could not be known."""
