"""What may be spent in a day or a month, by whom: who is warned, and whose tasks wait until the period is over."""
