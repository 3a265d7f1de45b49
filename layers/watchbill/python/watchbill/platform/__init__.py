"""What every area stands on: settings, AWS, the table, time, ids, HTTP and observability. Knows no area."""
