"""Reports as pages of HTML: complete in one file, with charts made here, and nothing that runs or is fetched."""
