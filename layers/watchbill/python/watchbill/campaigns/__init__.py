"""Campaigns: what runs are done for, who is linked to them, and what came of them."""
