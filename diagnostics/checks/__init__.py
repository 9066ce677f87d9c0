"""One file per code: each holds one pure function that judges facts."""
