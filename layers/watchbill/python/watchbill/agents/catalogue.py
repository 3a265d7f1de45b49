"""Which agent is behind each of the built-in types. Each is imported when it is to run: some bring large libraries."""

from typing import TYPE_CHECKING, Protocol

from watchbill.companies.service import CompanyService
from watchbill.execution.worker import Agent
from watchbill.platform.outgoing import Outgoing
from watchbill.platform.settings import settings
from watchbill.registry.models import AgentSettings, BuiltinType
from watchbill.registry.service import RegistryService
from watchbill.streams.service import StreamService

if TYPE_CHECKING:
    from watchbill.accounts.media import MediaBackend
    from watchbill.agents.asking import Models
    from watchbill.analytics.service import AnalyticsService
    from watchbill.calendar.service import CalendarService
    from watchbill.campaigns.planner import CampaignPlanner
    from watchbill.campaigns.service import CampaignService
    from watchbill.documents.service import DocumentService
    from watchbill.identity.service import IdentityService


class Sources(Protocol):
    """What only some agents ask, each made when it is asked for."""

    @property
    def analytics(self) -> "AnalyticsService": ...
    @property
    def calendar(self) -> "CalendarService": ...
    @property
    def campaign_planner(self) -> "CampaignPlanner": ...
    @property
    def campaigns(self) -> "CampaignService": ...
    @property
    def documents(self) -> "DocumentService": ...
    @property
    def identity(self) -> "IdentityService": ...
    @property
    def media(self) -> "MediaBackend": ...


class Catalogue:
    """One organisation's built-in agents."""

    def __init__(
        self, streams: StreamService, companies: CompanyService, registry: RegistryService, sources: Sources
    ) -> None:
        self._streams = streams
        self._companies = companies
        self._registry = registry
        self._sources = sources

    def agent(self, kind: BuiltinType, configured: AgentSettings) -> Agent:
        """The agent of a type, as it is configured. Raises NotRunnable."""
        match kind:
            case BuiltinType.OPPORTUNITY_BOT:
                return self._opportunity_bot(configured)
            case BuiltinType.ENRICHMENT_AGENT:
                return self._enrichment_agent(configured)
            case BuiltinType.RELATIONSHIP_AGENT:
                return self._relationship_agent(configured)
            case BuiltinType.SCORING_AGENT:
                return self._scoring_agent(configured)
            case BuiltinType.SCOUT_AGENT:
                return self._scout(configured)
            case BuiltinType.TREND_AGENT:
                return self._trend_agent(configured)
            case BuiltinType.WRITER_AGENT:
                return self._writer(configured)
            case BuiltinType.TREND_SCANNER:
                return self._trend_scanner(configured)
            case BuiltinType.VIDEO_SCRIPTOR:
                return self._video_scriptor(configured)
            case BuiltinType.ANALYTICS_REPORTER:
                return self._analytics_reporter(configured)
            case BuiltinType.FAQ_RESPONDER:
                return self._faq_responder(configured)
            case BuiltinType.POST_SCHEDULER:
                return self._post_scheduler(configured)
            case BuiltinType.CAMPAIGN_AGENT:
                return self._campaign_agent(configured)
            case BuiltinType.VIDEO_GENERATOR | BuiltinType.AUDIO_GENERATOR | BuiltinType.IMAGE_GENERATOR:
                return self._media_generator(kind, configured)

    def _opportunity_bot(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.opportunity import OpportunityBot

        return OpportunityBot(configured, self._streams, self._companies)

    def _enrichment_agent(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.companies_house import CompaniesHouse
        from watchbill.agents.enrichment import EnrichmentAgent

        key = configured.configuration.get("companies_house_api_key")
        outgoing = Outgoing(local=settings().private_targets)
        register = (
            CompaniesHouse(outgoing, settings().companies_house_url, key) if isinstance(key, str) and key else None
        )
        return EnrichmentAgent(configured, self._streams, self._companies, outgoing, register)

    def _relationship_agent(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.relationship import RelationshipAgent

        return RelationshipAgent(configured, self._streams, self._companies)

    def _scoring_agent(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.scoring import ScoringAgent

        return ScoringAgent(configured, self._streams, self._companies)

    def _scout(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.scout import Scout

        return Scout(configured, self._streams, self._companies, Outgoing(local=settings().private_targets))

    def _trend_agent(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.trend_agent import TrendAgent

        outgoing = Outgoing(local=settings().private_targets)
        return TrendAgent(configured, self._sources.analytics, self._registry, outgoing)

    def _writer(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.language import LanguageModels
        from watchbill.agents.writer import Writer

        models = LanguageModels(settings().models, settings().model_region)
        return Writer(configured, models, self._streams, self._companies)

    def _trend_scanner(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.trend_scanner import TrendScanner

        outgoing = Outgoing(local=settings().private_targets)
        return TrendScanner(configured, self._sources.analytics, self._registry, outgoing)

    def _video_scriptor(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.video_scriptor import VideoScriptor

        return VideoScriptor(configured, _models())

    def _analytics_reporter(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.analytics_reporter import AnalyticsReporter

        return AnalyticsReporter(configured, self._sources.analytics, self._sources.campaigns)

    def _faq_responder(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.faq_responder import FaqResponder

        return FaqResponder(configured, self._sources.documents, _models())

    def _campaign_agent(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.campaign import CampaignAgent, Desk

        desk = Desk(self._sources.campaign_planner, self._sources.calendar, _models(), self._zone())
        return CampaignAgent(configured, desk)

    def _post_scheduler(self, configured: AgentSettings) -> Agent:
        from watchbill.agents.post_scheduler import PostScheduler

        return PostScheduler(
            configured, self._sources.calendar, lambda: self._sources.identity.organisation().time_zone
        )

    def _media_generator(self, kind: BuiltinType, configured: AgentSettings) -> Agent:
        from watchbill.accounts.media import MediaKind
        from watchbill.agents.media_generator import MediaGenerator

        return MediaGenerator(configured, MediaKind(kind.value.removesuffix("-generator")), self._sources.media)

    def _zone(self) -> str:
        return self._sources.identity.organisation().time_zone


def _models() -> "Models":
    from watchbill.agents.asking import Models

    return Models(settings().models, settings().model_region)
