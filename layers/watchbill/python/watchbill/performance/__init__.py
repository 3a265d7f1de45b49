"""The performance tracker: records of strands at work, and analytics over them."""
