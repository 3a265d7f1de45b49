"""Conversations: sessions, what people write in them, what it brings about, and what they are answered."""
