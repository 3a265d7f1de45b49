"""Companies: the organisation's own directory, in which each company is one however often it is named."""
