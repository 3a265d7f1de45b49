"""The live channel: tickets, sockets, rooms, and the events that are told in them."""
