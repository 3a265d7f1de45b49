"""The calendar: what is planned for when, by people and by agents, and whether it is done."""
