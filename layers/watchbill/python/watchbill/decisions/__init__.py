"""What a message wants: its intent and what it names, decided by engines of one kind."""
