"""Charts as SVG, drawn by pygal and stripped of all that a page without scripts cannot use. Colours are the page's."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree

import pygal
from pygal.etree import etree
from pygal.style import Style

from watchbill.reports.pages.parts import Chart

# pygal sets up a finder for plug-ins of its own, in a form Python no longer asks: it would only slow other imports.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != pygal.__name__]
# It would draw with lxml wherever that is installed, which the functions that draw do without.
etree.to_etree()

Size = tuple[int, int]
WIDE: Size = (920, 270)
NARROW: Size = (360, 230)
"""Two drawings of each chart, of which the page shows the one whose letters are of a legible size."""

_FONT = 13
_LABELS = {WIDE: 8, NARROW: 4}
_MOST_DOTS = {WIDE: 62, NARROW: 32}
_STEPS = 5
_BAR_HEIGHT = 32
_LONGEST_LABEL = {WIDE: 32, NARROW: 18}
_KINDS = {"columns": pygal.StackedBar, "bars": pygal.HorizontalStackedBar, "lines": pygal.Line}
_UNUSED = ("tooltip-overlay", "text-overlay", "legends", "title")

_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    font_family="inherit",
    label_font_size=_FONT,
    major_label_font_size=_FONT,
    no_data_font_size=_FONT,
)


def drawn(chart: Chart, size: Size, number: int) -> str:
    """A chart as SVG of a size; `number` tells it from the others of the page."""
    drawing = _drawing(chart, size)
    # pygal draws bars from the bottom up.
    order = slice(None, None, -1 if chart.kind == "bars" else 1)
    drawing.x_labels = [_cut(label, size) for label in chart.labels[order]]
    drawing.x_labels_major = _some(drawing.x_labels, len(chart.labels) if chart.kind == "bars" else _LABELS[size])
    for series in chart.series:
        drawing.add(series.name, list(series.values[order]))
    drawing.add_xml_filter(lambda root: _stripped(root, chart, f"chart-{number}-{size[0]}"))
    return str(drawing.render(is_unicode=True))


def _drawing(chart: Chart, size: Size) -> Any:
    least, most = chart.least, chart.most
    return _KINDS[chart.kind](
        width=size[0],
        height=_BAR_HEIGHT * (len(chart.labels) + 1) if chart.kind == "bars" else size[1],
        style=_STYLE,
        css=[],
        js=[],
        disable_xml_declaration=True,
        show_legend=False,
        # Of bars, what is below them is the scale.
        show_minor_x_labels=chart.kind == "bars",
        truncate_label=-1,
        max_scale=_STEPS,
        show_dots=len(chart.labels) <= _MOST_DOTS[size],
        dots_size=3,
        margin=4,
        margin_right=14,
        value_formatter=chart.unit.show,
        no_data_text="",
        **({} if most is None else {"range": (least, most)}),
        **({"zero": 0, "include_x_axis": True} if least == 0 else {}),
    )


def _cut(label: str, size: Size) -> str:
    most = _LONGEST_LABEL[size]
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _some(labels: Sequence[str], wanted: int) -> list[str]:
    """Labels at equal distances, about as many as there is room for."""
    step = -(-len(labels) // wanted) or 1
    return list(labels[::step])


def _stripped(root: Any, chart: Chart, name: str) -> Any:
    """What is to be seen, without scripts, styles and comments; named and described for those who do not see it."""
    root.attrib.pop("id", None)
    root.attrib.update({"role": "img", "aria-labelledby": f"{name}-title {name}-text", "class": "chart"})
    for child in list(root):
        if not isinstance(child.tag, str) or child.tag.rpartition("}")[2] in ("defs", "title"):
            root.remove(child)
    for parent, child in list(_pairs(root)):
        if set(_classes(child)) & set(_UNUSED) or (_plain_tag(child) in ("desc", "title") and parent is not root):
            _remove(parent, child)
    _paint(root, chart)
    for place, (tag, suffix, text) in enumerate((("title", "title", chart.title), ("desc", "text", chart.description))):
        element = ElementTree.Element(tag, {"id": f"{name}-{suffix}"})
        element.text = text
        root.insert(place, element)
    return root


def _paint(root: Any, chart: Chart) -> None:
    """Name each series' colour, of which the style sheet decides."""
    for group in root.iter():
        for word in _classes(group):
            if word.startswith("serie-"):
                group.set("class", f"series colour-{chart.series[int(word[6:])].colour}")


def _pairs(root: Any) -> Iterator[tuple[Any, Any]]:
    for parent in root.iter():
        for child in parent:
            yield parent, child


def _classes(element: Any) -> list[str]:
    return str(element.get("class", "")).split()


def _plain_tag(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _remove(parent: Any, child: Any) -> None:
    if child in list(parent):
        parent.remove(child)
