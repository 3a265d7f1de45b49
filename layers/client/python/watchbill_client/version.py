"""The version of this package, read by the build, the command line and the User-Agent header."""

__version__ = "0.1.0"
