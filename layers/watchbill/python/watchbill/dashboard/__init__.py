"""The web page: what agents do, for people who look. Rendered here, from the same use cases as the API's answers."""
