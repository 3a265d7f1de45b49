"""What a report's figures say, in English or Spanish; it says so where nothing was measured. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from watchbill.agents.reporting import (
    CampaignLine,
    ComparedFigure,
    Group,
    Material,
    ReportFigures,
    Subject,
    ended_of,
    figures_of,
)
from watchbill.analytics.views import Range
from watchbill.decisions.models import Language
from watchbill.platform.wire import CamelModel, Moment
from watchbill.reports import words

_IN_SUMMARY = 3


class AgentReport(CamelModel):
    """What the analytics-reporter brings."""

    metric: str
    period: Range
    start: Moment
    end: Moment
    figures: ReportFigures
    findings: tuple[str, ...]
    summary: str


class _Words(NamedTuple):
    """How a language says it."""

    empty: str
    idle: str
    runs: str
    success: str
    cost: str
    latency: str
    dearest: str
    worst: str
    campaign: str
    budget: str
    metric: str
    unreported: str
    no_campaigns: str
    up: str
    down: str
    same: str
    period: dict[Range, str]


_WORDS = {
    Language.ENGLISH: _Words(
        empty="No agent has ended a run yet: there is nothing to report on.",
        idle="Nothing ended in {period}.",
        runs="Runs that ended in {period}: {value}{moved}.",
        success="{value} of the finished runs succeeded{moved}.",
        cost="The runs cost {value}{moved}.",
        latency="A run took {value} on average{moved}.",
        dearest="{name} cost the most: {value}.",
        worst="{name} failed the most often: {value} of its finished runs succeeded.",
        campaign="Campaign {name}, since it began: runs {runs}, cost {cost}.",
        budget="Campaign {name} has used {value} of its budget.",
        metric="Campaign {name} reports {metric}: {value}.",
        unreported="Nobody has reported {metric}: send it with POST /api/metrics.",
        no_campaigns="There are no campaigns yet.",
        up=", {by} more than in the period before",
        down=", {by} less than in the period before",
        same=", as in the period before",
        period={Range.DAY: "the last 24 hours", Range.WEEK: "the last 7 days", Range.MONTH: "the last 30 days"},
    ),
    Language.SPANISH: _Words(
        empty="Ningún agente ha terminado todavía una ejecución: no hay nada de lo que informar.",
        idle="No ha terminado nada en {period}.",
        runs="Ejecuciones terminadas en {period}: {value}{moved}.",
        success="El {value} de las ejecuciones terminadas ha salido bien{moved}.",
        cost="Las ejecuciones han costado {value}{moved}.",
        latency="Una ejecución ha tardado {value} de media{moved}.",
        dearest="{name} es el agente que más ha costado: {value}.",
        worst="{name} es el agente que más ha fallado: ha salido bien el {value} de sus ejecuciones terminadas.",
        campaign="Campaña {name}, desde que empezó: ejecuciones {runs}, coste {cost}.",
        budget="La campaña {name} ha usado el {value} de su presupuesto.",
        metric="La campaña {name} comunica {metric}: {value}.",
        unreported="Nadie ha comunicado {metric}: se envía con POST /api/metrics.",
        no_campaigns="Todavía no hay campañas.",
        up=", un {by} más que en el periodo anterior",
        down=", un {by} menos que en el periodo anterior",
        same=", como en el periodo anterior",
        period={
            Range.DAY: "las últimas 24 horas",
            Range.WEEK: "los últimos 7 días",
            Range.MONTH: "los últimos 30 días",
        },
    ),
}
_SWAPPED = str.maketrans(",.", ".,")


def report(material: Material, subject: Subject, metric: str, language: Language) -> AgentReport:
    """A report of what was measured."""
    figures = figures_of(material, subject)
    findings = tuple(_findings(material, figures, subject, language))
    return AgentReport(
        metric=metric,
        period=material.now.range,
        start=material.now.start,
        end=material.now.end,
        figures=figures,
        findings=findings,
        summary=" ".join(findings[:_IN_SUMMARY]),
    )


def _findings(material: Material, figures: ReportFigures, subject: Subject, language: Language) -> Iterator[str]:
    """What the figures say, all together first."""
    said = _Speaker(language, material.now.range)
    if subject.of_work:
        yield from _of_work(material, figures, said)
    if Group.CAMPAIGNS in subject.groups:
        yield from _of_campaigns(figures.campaigns, subject, said)


class _Speaker:
    """Says figures in a language."""

    def __init__(self, language: Language, period: Range) -> None:
        self.words = _WORDS[language]
        self.period = self.words.period[period]
        self._spanish = language is Language.SPANISH

    def number(self, show: Callable[[float], str], value: float) -> str:
        """A figure as it is written: Spanish parts decimals with a comma."""
        shown = show(value)
        return shown.translate(_SWAPPED).replace("%", " %") if self._spanish else shown

    def figure(self, template: str, show: Callable[[float], str], figure: ComparedFigure | None) -> Iterator[str]:
        """A figure beside that of the period before, if it was measured."""
        if figure is None or figure.current is None:
            return
        yield template.format(value=self.number(show, figure.current), moved=self._moved(figure), period=self.period)

    def _moved(self, figure: ComparedFigure) -> str:
        if figure.change is None:
            return ""
        if not figure.change:
            return self.words.same
        by = self.number(lambda value: f"{value:,.1f}%", abs(figure.change))
        return (self.words.up if figure.change > 0 else self.words.down).format(by=by)


def _of_work(material: Material, figures: ReportFigures, said: _Speaker) -> Iterator[str]:
    if not ended_of(material.now.overview):
        yield said.words.idle.format(period=said.period) if material.ever else said.words.empty
        return
    told = (
        (said.words.runs, words.count, figures.runs),
        (said.words.success, words.rate, figures.success_rate),
        (said.words.cost, words.money, figures.cost),
        (said.words.latency, words.duration, figures.avg_duration_ms),
    )
    for template, show, figure in told:
        yield from said.figure(template, show, figure)
    yield from _of_agents(figures, said)


def _of_agents(figures: ReportFigures, said: _Speaker) -> Iterator[str]:
    """Who cost the most, and who failed the most often; with one agent that is said already."""
    agents = figures.agents if len(figures.agents) > 1 else ()
    dearest = max((one for one in agents if one.cost), key=lambda one: one.cost, default=None)
    if figures.cost and dearest:
        yield said.words.dearest.format(name=dearest.name, value=said.number(words.money, float(dearest.cost)))
    failing = [(one.success_rate, one.name) for one in agents if one.success_rate is not None and one.success_rate < 1]
    if figures.success_rate and failing:
        rate, name = min(failing)
        yield said.words.worst.format(name=name, value=said.number(words.rate, rate))


def _of_campaigns(campaigns: Sequence[CampaignLine], subject: Subject, said: _Speaker) -> Iterator[str]:
    if not campaigns:
        yield said.words.no_campaigns
        return
    wanted = (subject.metric or "").casefold()
    reported = [
        said.words.metric.format(
            name=one.name, metric=name, value=said.number(lambda value: f"{value:,.4g}", float(sum_))
        )
        for one in campaigns
        for name, sum_ in one.metrics.items()
        if not wanted or name.casefold() == wanted
    ]
    if wanted:
        yield from reported or [said.words.unreported.format(metric=subject.metric)]
        return
    yield from _of_each(campaigns, said)
    yield from reported


def _of_each(campaigns: Iterable[CampaignLine], said: _Speaker) -> Iterator[str]:
    for one in campaigns:
        yield said.words.campaign.format(
            name=one.name, runs=said.number(words.count, one.runs), cost=said.number(words.money, float(one.cost))
        )
        if one.budget_used:
            yield said.words.budget.format(name=one.name, value=said.number(words.rate, one.budget_used))


def _plain(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")
