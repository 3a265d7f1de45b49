"""The API's resources, one module each: every method is one route."""
