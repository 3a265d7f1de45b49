"""What follows from a write: events on the bus, derived from the table's stream so that none is lost."""
