"""Who did what, and when: what is changed in an organisation, written down before it is done and behind it."""
