"""Every key of the single table. This chart is the list of access patterns; `docs/data-model.md` explains it.

    entity        pk                                                        sk                          read by
    ORGANISATION  {organisation}#ORGANISATION                               ORGANISATION                get
    DIRECTORY     {organisation}#DIRECTORY                                  {member}                    list
    CONFIGURATION {organisation}#CONFIGURATION                              {subject}                   get
    BUDGET        {organisation}#BUDGETS                                    BUDGET#{budget}             get, list
    PRICES        {organisation}#PRICES                                     PRICES                      get
    UNPRICED_MODEL {organisation}#UNPRICEDMODELS                             MODEL#{model}               list
    UNPRICED_RUN  {organisation}#UNPRICED#{model}                           {created}#{run}             oldest first
    REPRICING     {organisation}#REPRICING                                  REPRICING                   get
    API_KEY       {organisation}#KEYS                                       KEY#{key}                   get, list
    PAGE_SESSION  {organisation}#PAGESESSION#{token}                        PAGESESSION                 get
    IDEMPOTENCY   {organisation}#IDEMPOTENCY#{request}                      REQUEST#{hash}              get
    AUDIT_ENTRY   {organisation}#AUDIT#{month}                              {at}#{entry}                newest first
    AGENT         {organisation}#REGISTRY                                   AGENT#{agent}               get
    AGENT_SETTINGS {organisation}#REGISTRY                                  SETTINGS#{agent}            get
    AGENT_NAME    {organisation}#REGISTRY                                   NAME#{name}                 list by name
    VERSION       {organisation}#REGISTRY                                   VERSION#{agent}#{version}   get, list
    DOCUMENT      {organisation}#DOCUMENTS                                  DOCUMENT#{document}         get, list
    DOCUMENT_TEXT {organisation}#DOCUMENTTEXT#{document}                    DOCUMENTTEXT                get
    COMPANY       {organisation}#COMPANY#{company}                          COMPANY                     get
    COMPANY_MARK  {organisation}#COMPANYMARK#{mark}#{value}                 COMPANYMARK                 get
    COMPANY_ENTRY {organisation}#COMPANIES#{shard}                          {name}#{company}            list by name
    COMPANY_IMPORT {organisation}#COMPANYIMPORT#{import}                    IMPORT                      get
    IMPORT_ROWS   {organisation}#COMPANYIMPORT#{import}                     ROWS#{part}                 get
    RUN           {organisation}#RUN#{run}                                  RUN                         get
    RUN_DAY       {organisation}#RUNDAYS#{agent}                            {day}#{version}             newest first
    RUN_LIST      {organisation}#RUNLIST#{agent}#{version}#{day}            {newest}#{segment}          newest first
    SPANS         {organisation}#SPANS#{pack}                               SPANS                       get
    TRACE         {organisation}#TRACE#{trace}                              TRACE                       get
    SESSION_TRACE {organisation}#SESSION#{session}                          TRACE#{trace}               list
    METRIC        {organisation}#METRIC#{metric}                            METRIC                      get
    METRIC_DAY    {organisation}#METRICDAYS#{subject}                       {day}                       newest first
    METRIC_LIST   {organisation}#METRICLIST#{subject}#{day}                 {newest}#{segment}          newest first
    METRIC_TOTAL  {organisation}#METRICTOTAL#{subject}                      METRICTOTAL                 get
    METRIC_TALLY  {organisation}#METRICTALLIES#{subject}#{year}             {day}                       range of days
    LAYOUT        {organisation}#ROLLUPS                                    LAYOUT                      get
    REBUILD       {organisation}#REBUILD                                    {rebuild}                   newest
    HOUR          {organisation}#HOUR#{generation}#{dimension}#{member}#{month}   {hour}                range of hours
    TOTAL         {organisation}#TOTAL#{generation}#{dimension}             {member}                    all members
    RECENT        {organisation}#RECENT                                     RECENT                      get
    REPLAYED      {organisation}#REPLAYED#{generation}                      REPLAYED                    get
    WATCH         {organisation}#WATCH#{agent}                              WATCH                       with its history
    WATCH_HISTORY {organisation}#WATCH#{agent}                              HISTORY                     with its watch
    EPISODE       {organisation}#EPISODES#{agent}                           EPISODE#{opened}#{episode}  newest first
    OPEN_EPISODE  {organisation}#OPENEPISODES                               OPEN#{episode}              list
    MONTH_EPISODE {organisation}#EPISODEMONTH#{month}                       MONTH#{opened}#{episode}    newest first
    SUBSCRIPTION  {organisation}#ALERTS                                     SUBSCRIPTION#{subscription} get, list
    DELIVERY      {organisation}#DELIVERIES#{subscription}                  {created}#{delivery}        newest first
    NOTICE        {organisation}#NOTICE#{event}                             NOTICE                      get
    REPORT        {organisation}#REPORT#{report}                            REPORT                      get
    REPORT_ENTRY  {organisation}#REPORTS#{month}                            {generated}#{report}        newest first
    EXPORT        {organisation}#EXPORTS                                    EXPORT#{export}             get, list
    EXPORT_FILE   {organisation}#EXPORTFILES#{export}                       FILE#{step}                 in their order
    STREAM        {organisation}#STREAMS                                    STREAM#{stream}             get, list
    STREAM_PROGRESS {organisation}#STREAMPROGRESS#{stream}                  PROGRESS                    get
    INSIGHT       {organisation}#INSIGHTS#{stream}                          INSIGHT#{insight}           list
    STREAM_ITEM   {organisation}#STREAMITEM#{stream}#{item}                 ITEM                        get
    ITEM_PLACE    {organisation}#ITEMPLACES#{stream}                        PLACE#{position}#{item}     in their order
    EXPERIMENT    {organisation}#EXPERIMENTS#{agent}                        EXPERIMENT#{experiment}     newest first
    CURRENT_EXPERIMENT {organisation}#EXPERIMENTS#{agent}                   CURRENT                     get
    TASK          {organisation}#TASK#{task}                                TASK                        get
    READY_TASK    {organisation}#READY                                      {urgency}#{created}#{task}  in their order
    LATER_TASK    {organisation}#LATER                                      {due}#{task}                those due
    WAITING_TASK  {organisation}#WAITING                                    {created}#{task}            oldest first
    FLYING_TASK   {organisation}#INFLIGHT                                   {task}                      list
    ENDED_TASK    {organisation}#ENDED#{status}#{month}                     {ended}#{task}              newest first
    EXECUTION     {organisation}#EXECUTIONS#{subject}#{month}               {created}#{task}            newest first
    TASK_COUNTS   {organisation}#TASKCOUNTS                                 TASKCOUNTS                  get
    RUNNER        {organisation}#RUNNER                                     RUNNER                      get
    WORKFLOW      {organisation}#WORKFLOW#{stream}                          WORKFLOW                    list
    ASSIGNMENT    {organisation}#WORKFLOW#{stream}                          ASSIGNMENT#{agent}          list
    FOLLOWED      {organisation}#FOLLOWED#{task}                            {ending}                    get
    DUE_AGENT     {organisation}#DUEAGENTS                                  {due}#{stream}#{agent}      those due
    ORCHESTRATION {organisation}#ORCHESTRATION#{orchestration}              ORCHESTRATION               get
    ORCHESTRATION_ENTRY {organisation}#ORCHESTRATIONS#{month}               {created}#{orchestration}   newest first
    CAMPAIGN      {organisation}#CAMPAIGNS                                  CAMPAIGN#{campaign}         get, list
    AGENT_CAMPAIGN {organisation}#AGENTCAMPAIGNS#{agent}                    {updated}#{campaign}        newest first
    CAMPAIGN_LOCK {organisation}#CAMPAIGNLOCK#{agent}                       CAMPAIGNLOCK                get
    CALENDAR_EVENT {organisation}#CALENDAREVENT#{event}                     CALENDAREVENT               get
    EVENT_PLACE   {organisation}#CALENDAR#{month}                           {start}#{event}             range of time
    SUBJECT_EVENT {organisation}#EVENTSOF#{kind}#{subject}                  {start}#{event}             range of time
    OPEN_EVENT    {organisation}#OPENEVENTS                                 {end}#{event}               those over
    ACCOUNT       {organisation}#ACCOUNTS                                   ACCOUNT#{account}           get, list
    TOKENS        {organisation}#TOKENS#{subject}                           TOKENS                      get
    CONSENT       {organisation}#CONSENT#{consent}                          CONSENT                     get
    REDIRECTS     {organisation}#REDIRECTS                                  REDIRECTS                   get
    CONNECTED     {organisation}#CONNECTED#{platform}#{subject}             {member}                    list
    POST          {organisation}#POST#{post}                                POST                        get
    POST_ENTRY    {organisation}#POSTS#{month}                              {created}#{post}            newest first
    DUE_POST      {organisation}#DUEPOSTS                                   {due}#{post}                those due
    MENTION       {organisation}#MENTIONS#{account}#{month}                 {at}#{mention}              newest first
    SERIES_PLACE  {organisation}#SERIES                                     {end}#{event}               those not over
    DUE_EVENT     {organisation}#DUEEVENTS                                  {due}#{event}               those due
    OCCASION      {organisation}#CALENDAREVENT#{event}                      OCCASION#{occasion}         get
    CALENDAR_FEED {organisation}#CALENDARFEED                               CALENDARFEED                get
    TICKET        {organisation}#TICKET#{ticket}                            TICKET                      get
    CONNECTION    {organisation}#CONNECTION#{connection}                    CONNECTION                  get
    ROOM          {organisation}#ROOM#{room}                                ROOM                        with its members
    MEMBER        {organisation}#ROOM#{room}                                MEMBER#{connection}         with their room
    ROOM_EVENT    {organisation}#ROOMEVENTS#{room}#{block}                  {seq}                       get
    TOLD          {organisation}#TOLD#{room}#{cause}                        TOLD                        get
    CONVERSATION  {organisation}#CONVERSATION#{session}                     CONVERSATION                get
    MESSAGE       {organisation}#MESSAGES#{life}                            MESSAGE#{number}            newest first
    HEARD         {organisation}#HEARD#{session}                            HEARD#{message}             get

Every partition key begins with the organisation, so that nothing can be read across organisations; what belongs to the
deployment as a whole, the directory of organisations, belongs to one of its own, `~`. Values are escaped (`%` and `#`),
so that a key parses back into what it was made of and two entities cannot collide.

`day` is YYYY-MM-DD, `month` YYYY-MM, `hour` YYYY-MM-DDTHH, all UTC. `dimension` is one of analytics.models.Dimension;
`member` is an agent's id, a campaign's id, a shard of users, or `*` for the organisation itself; in the directories, an
organisation's id. `subject` is an agent's id, of executions also a stream's, or `*` for the organisation itself;
of metrics it is as metrics.rules.subjects_of has it.
`opened` is the hour in which an episode opened. `urgency` is 10 less the priority, so that the most urgent task comes
first; `at`, `created`, `due`, `end`, `ended`, `start` and `updated` are instants to the millisecond; `position` is a
number of ten digits, `seq` one of 13, and `block` its thousands.
"""

from watchbill.platform.entities import LAST as LAST
from watchbill.platform.entities import SEPARATOR as SEPARATOR
from watchbill.platform.entities import Entity as Entity
from watchbill.platform.entities import Key as Key
from watchbill.platform.entities import NotAKey as NotAKey
from watchbill.platform.entities import escape as escape
from watchbill.platform.entities import unescape as unescape

DEPLOYMENT = "~"
"""The organisation that the deployment's own items belong to; no id of an organisation looks like it."""

ORGANISATION = Entity("ORGANISATION", "{organisation}#ORGANISATION", "ORGANISATION")
DIRECTORY = Entity("DIRECTORY", "{organisation}#DIRECTORY", "{member}")
CONFIGURATION = Entity("CONFIGURATION", "{organisation}#CONFIGURATION", "{subject}")
BUDGET = Entity("BUDGET", "{organisation}#BUDGETS", "BUDGET#{budget}")
PRICES = Entity("PRICES", "{organisation}#PRICES", "PRICES")
UNPRICED_MODEL = Entity("UNPRICED_MODEL", "{organisation}#UNPRICEDMODELS", "MODEL#{model}")
UNPRICED_RUN = Entity("UNPRICED_RUN", "{organisation}#UNPRICED#{model}", "{created}#{run}")
REPRICING = Entity("REPRICING", "{organisation}#REPRICING", "REPRICING")
API_KEY = Entity("API_KEY", "{organisation}#KEYS", "KEY#{key}")
PAGE_SESSION = Entity("PAGE_SESSION", "{organisation}#PAGESESSION#{token}", "PAGESESSION")
IDEMPOTENCY = Entity("IDEMPOTENCY", "{organisation}#IDEMPOTENCY#{request}", "REQUEST#{hash}")
AUDIT_ENTRY = Entity("AUDIT_ENTRY", "{organisation}#AUDIT#{month}", "{at}#{entry}")
AGENT = Entity("AGENT", "{organisation}#REGISTRY", "AGENT#{agent}")
AGENT_SETTINGS = Entity("AGENT_SETTINGS", "{organisation}#REGISTRY", "SETTINGS#{agent}")
AGENT_NAME = Entity("AGENT_NAME", "{organisation}#REGISTRY", "NAME#{name}")
VERSION = Entity("VERSION", "{organisation}#REGISTRY", "VERSION#{agent}#{version}")
DOCUMENT = Entity("DOCUMENT", "{organisation}#DOCUMENTS", "DOCUMENT#{document}")
DOCUMENT_TEXT = Entity("DOCUMENT_TEXT", "{organisation}#DOCUMENTTEXT#{document}", "DOCUMENTTEXT")
COMPANY = Entity("COMPANY", "{organisation}#COMPANY#{company}", "COMPANY")
COMPANY_MARK = Entity("COMPANY_MARK", "{organisation}#COMPANYMARK#{mark}#{value}", "COMPANYMARK")
COMPANY_ENTRY = Entity("COMPANY_ENTRY", "{organisation}#COMPANIES#{shard}", "{name}#{company}")
COMPANY_IMPORT = Entity("COMPANY_IMPORT", "{organisation}#COMPANYIMPORT#{import}", "IMPORT")
IMPORT_ROWS = Entity("IMPORT_ROWS", "{organisation}#COMPANYIMPORT#{import}", "ROWS#{part}")
RUN = Entity("RUN", "{organisation}#RUN#{run}", "RUN")
RUN_DAY = Entity("RUN_DAY", "{organisation}#RUNDAYS#{agent}", "{day}#{version}")
RUN_LIST = Entity("RUN_LIST", "{organisation}#RUNLIST#{agent}#{version}#{day}", "{newest}#{segment}")
SPANS = Entity("SPANS", "{organisation}#SPANS#{pack}", "SPANS")
TRACE = Entity("TRACE", "{organisation}#TRACE#{trace}", "TRACE")
SESSION_TRACE = Entity("SESSION_TRACE", "{organisation}#SESSION#{session}", "TRACE#{trace}")
METRIC = Entity("METRIC", "{organisation}#METRIC#{metric}", "METRIC")
METRIC_DAY = Entity("METRIC_DAY", "{organisation}#METRICDAYS#{subject}", "{day}")
METRIC_LIST = Entity("METRIC_LIST", "{organisation}#METRICLIST#{subject}#{day}", "{newest}#{segment}")
METRIC_TOTAL = Entity("METRIC_TOTAL", "{organisation}#METRICTOTAL#{subject}", "METRICTOTAL")
METRIC_TALLY = Entity("METRIC_TALLY", "{organisation}#METRICTALLIES#{subject}#{year}", "{day}")
LAYOUT = Entity("LAYOUT", "{organisation}#ROLLUPS", "LAYOUT")
REBUILD = Entity("REBUILD", "{organisation}#REBUILD", "{rebuild}")
HOUR = Entity("HOUR", "{organisation}#HOUR#{generation}#{dimension}#{member}#{month}", "{hour}")
TOTAL = Entity("TOTAL", "{organisation}#TOTAL#{generation}#{dimension}", "{member}")
RECENT = Entity("RECENT", "{organisation}#RECENT", "RECENT")
REPLAYED = Entity("REPLAYED", "{organisation}#REPLAYED#{generation}", "REPLAYED")
WATCH = Entity("WATCH", "{organisation}#WATCH#{agent}", "WATCH")
WATCH_HISTORY = Entity("WATCH_HISTORY", "{organisation}#WATCH#{agent}", "HISTORY")
EPISODE = Entity("EPISODE", "{organisation}#EPISODES#{agent}", "EPISODE#{opened}#{episode}")
OPEN_EPISODE = Entity("OPEN_EPISODE", "{organisation}#OPENEPISODES", "OPEN#{episode}")
MONTH_EPISODE = Entity("MONTH_EPISODE", "{organisation}#EPISODEMONTH#{month}", "MONTH#{opened}#{episode}")
SUBSCRIPTION = Entity("SUBSCRIPTION", "{organisation}#ALERTS", "SUBSCRIPTION#{subscription}")
DELIVERY = Entity("DELIVERY", "{organisation}#DELIVERIES#{subscription}", "{created}#{delivery}")
NOTICE = Entity("NOTICE", "{organisation}#NOTICE#{event}", "NOTICE")
REPORT = Entity("REPORT", "{organisation}#REPORT#{report}", "REPORT")
REPORT_ENTRY = Entity("REPORT_ENTRY", "{organisation}#REPORTS#{month}", "{generated}#{report}")
EXPORT = Entity("EXPORT", "{organisation}#EXPORTS", "EXPORT#{export}")
EXPORT_FILE = Entity("EXPORT_FILE", "{organisation}#EXPORTFILES#{export}", "FILE#{step}")
STREAM = Entity("STREAM", "{organisation}#STREAMS", "STREAM#{stream}")
STREAM_PROGRESS = Entity("STREAM_PROGRESS", "{organisation}#STREAMPROGRESS#{stream}", "PROGRESS")
INSIGHT = Entity("INSIGHT", "{organisation}#INSIGHTS#{stream}", "INSIGHT#{insight}")
STREAM_ITEM = Entity("STREAM_ITEM", "{organisation}#STREAMITEM#{stream}#{item}", "ITEM")
ITEM_PLACE = Entity("ITEM_PLACE", "{organisation}#ITEMPLACES#{stream}", "PLACE#{position}#{item}")
EXPERIMENT = Entity("EXPERIMENT", "{organisation}#EXPERIMENTS#{agent}", "EXPERIMENT#{experiment}")
CURRENT_EXPERIMENT = Entity("CURRENT_EXPERIMENT", "{organisation}#EXPERIMENTS#{agent}", "CURRENT")
TASK = Entity("TASK", "{organisation}#TASK#{task}", "TASK")
READY_TASK = Entity("READY_TASK", "{organisation}#READY", "{urgency}#{created}#{task}")
LATER_TASK = Entity("LATER_TASK", "{organisation}#LATER", "{due}#{task}")
WAITING_TASK = Entity("WAITING_TASK", "{organisation}#WAITING", "{created}#{task}")
FLYING_TASK = Entity("FLYING_TASK", "{organisation}#INFLIGHT", "{task}")
ENDED_TASK = Entity("ENDED_TASK", "{organisation}#ENDED#{status}#{month}", "{ended}#{task}")
EXECUTION = Entity("EXECUTION", "{organisation}#EXECUTIONS#{subject}#{month}", "{created}#{task}")
TASK_COUNTS = Entity("TASK_COUNTS", "{organisation}#TASKCOUNTS", "TASKCOUNTS")
RUNNER = Entity("RUNNER", "{organisation}#RUNNER", "RUNNER")
WORKFLOW = Entity("WORKFLOW", "{organisation}#WORKFLOW#{stream}", "WORKFLOW")
ASSIGNMENT = Entity("ASSIGNMENT", "{organisation}#WORKFLOW#{stream}", "ASSIGNMENT#{agent}")
FOLLOWED = Entity("FOLLOWED", "{organisation}#FOLLOWED#{task}", "{ending}")
DUE_AGENT = Entity("DUE_AGENT", "{organisation}#DUEAGENTS", "{due}#{stream}#{agent}")
ORCHESTRATION = Entity("ORCHESTRATION", "{organisation}#ORCHESTRATION#{orchestration}", "ORCHESTRATION")
ORCHESTRATION_ENTRY = Entity(
    "ORCHESTRATION_ENTRY", "{organisation}#ORCHESTRATIONS#{month}", "{created}#{orchestration}"
)
CAMPAIGN = Entity("CAMPAIGN", "{organisation}#CAMPAIGNS", "CAMPAIGN#{campaign}")
AGENT_CAMPAIGN = Entity("AGENT_CAMPAIGN", "{organisation}#AGENTCAMPAIGNS#{agent}", "{updated}#{campaign}")
CAMPAIGN_LOCK = Entity("CAMPAIGN_LOCK", "{organisation}#CAMPAIGNLOCK#{agent}", "CAMPAIGNLOCK")
CALENDAR_EVENT = Entity("CALENDAR_EVENT", "{organisation}#CALENDAREVENT#{event}", "CALENDAREVENT")
EVENT_PLACE = Entity("EVENT_PLACE", "{organisation}#CALENDAR#{month}", "{start}#{event}")
SUBJECT_EVENT = Entity("SUBJECT_EVENT", "{organisation}#EVENTSOF#{kind}#{subject}", "{start}#{event}")
OPEN_EVENT = Entity("OPEN_EVENT", "{organisation}#OPENEVENTS", "{end}#{event}")
ACCOUNT = Entity("ACCOUNT", "{organisation}#ACCOUNTS", "ACCOUNT#{account}")
TOKENS = Entity("TOKENS", "{organisation}#TOKENS#{subject}", "TOKENS")
CONSENT = Entity("CONSENT", "{organisation}#CONSENT#{consent}", "CONSENT")
REDIRECTS = Entity("REDIRECTS", "{organisation}#REDIRECTS", "REDIRECTS")
CONNECTED = Entity("CONNECTED", "{organisation}#CONNECTED#{platform}#{subject}", "{member}")
POST = Entity("POST", "{organisation}#POST#{post}", "POST")
POST_ENTRY = Entity("POST_ENTRY", "{organisation}#POSTS#{month}", "{created}#{post}")
DUE_POST = Entity("DUE_POST", "{organisation}#DUEPOSTS", "{due}#{post}")
MENTION = Entity("MENTION", "{organisation}#MENTIONS#{account}#{month}", "{at}#{mention}")
SERIES_PLACE = Entity("SERIES_PLACE", "{organisation}#SERIES", "{end}#{event}")
DUE_EVENT = Entity("DUE_EVENT", "{organisation}#DUEEVENTS", "{due}#{event}")
OCCASION = Entity("OCCASION", "{organisation}#CALENDAREVENT#{event}", "OCCASION#{occasion}")
CALENDAR_FEED = Entity("CALENDAR_FEED", "{organisation}#CALENDARFEED", "CALENDARFEED")
TICKET = Entity("TICKET", "{organisation}#TICKET#{ticket}", "TICKET")
CONNECTION = Entity("CONNECTION", "{organisation}#CONNECTION#{connection}", "CONNECTION")
ROOM = Entity("ROOM", "{organisation}#ROOM#{room}", "ROOM")
MEMBER = Entity("MEMBER", "{organisation}#ROOM#{room}", "MEMBER#{connection}")
ROOM_EVENT = Entity("ROOM_EVENT", "{organisation}#ROOMEVENTS#{room}#{block}", "{seq}")
TOLD = Entity("TOLD", "{organisation}#TOLD#{room}#{cause}", "TOLD")
CONVERSATION = Entity("CONVERSATION", "{organisation}#CONVERSATION#{session}", "CONVERSATION")
MESSAGE = Entity("MESSAGE", "{organisation}#MESSAGES#{life}", "MESSAGE#{number}")
HEARD = Entity("HEARD", "{organisation}#HEARD#{session}", "HEARD#{message}")

ENTITIES = tuple(entity for entity in list(globals().values()) if isinstance(entity, Entity))
"""All of the above, in their order."""


def parse(key: Key) -> tuple[Entity, dict[str, str]]:
    """Which entity a key is of, and the values it was made of. Raises NotAKey."""
    for entity in ENTITIES:
        values = entity.parse(key)
        if values is not None:
            return entity, values
    raise NotAKey(f"{key.pk!r}, {key.sk!r}")


def organisation_of(key: Key) -> str:
    """The organisation a key belongs to."""
    return unescape(key.pk.split("#", 1)[0])


def beginning_of(organisation: str) -> str:
    """What every partition key of an organisation begins with."""
    return f"{escape(organisation)}#"


def joined(*values: str) -> str:
    """Values as one text, for a name inside an item; `parted` takes it apart again."""
    return "#".join(map(escape, values))


def parted(text: str) -> list[str]:
    """The values that were joined."""
    return [unescape(value) for value in text.split("#")]
