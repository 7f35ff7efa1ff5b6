"""Pure analysis: one folder per analyzer, none of which touches the outside world."""
