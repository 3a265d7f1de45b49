"""Templates of a package: what they write into HTML is escaped, and what they name must be there."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


def templates_of(package: str, folder: str = "templates") -> Environment:
    """The templates in a folder of a package. Those whose names do not end with `.html` are plain text."""
    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
