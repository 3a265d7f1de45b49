"""Every event that is told, on the bus and live: its data as models, from which schemas and documentation are made."""
