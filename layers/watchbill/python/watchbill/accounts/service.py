"""Connecting accounts of other platforms: consent asked for and answered, accounts shown and forgotten."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from watchbill.accounts import rules
from watchbill.accounts.grants import Grants, NotGranted, NotNow
from watchbill.accounts.keeper import TokenKeeper
from watchbill.accounts.known import KnownPlatforms
from watchbill.accounts.models import (
    MOST_SESSIONS,
    AccountList,
    AccountStatus,
    ConnectedAccount,
    Consent,
    ConsentAnswer,
    ConsentState,
    Disconnected,
    Flow,
    Initiation,
    Platform,
    PlatformList,
    RedirectList,
    Redirects,
)
from watchbill.accounts.platforms import ENDPOINTS, Endpoints
from watchbill.accounts.profiles import Profiles
from watchbill.accounts.rules import Kept, Nobody
from watchbill.accounts.store import AccountStore
from watchbill.accounts.tokens import Grant, Tokens
from watchbill.platform import clock, tokens
from watchbill.platform.errors import BadRequest, Fault, NotFound, Unprocessable
from watchbill.platform.outgoing import Outgoing
from watchbill.platform.sealing import NotSealable, Sealer
from watchbill.platform.table import Changed
from watchbill.platform.tokens import Kind

_VERIFIER = "code verifier"
_MOST_REASON = 300


class AccountService:
    """One organisation's accounts on other platforms; to `redirects` any organisation may have people sent back."""

    def __init__(
        self,
        organisation: str,
        store: AccountStore,
        keeper: TokenKeeper,
        outgoing: Outgoing,
        known: KnownPlatforms,
        redirects: tuple[str, ...],
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._keeper = keeper
        self._outgoing = outgoing
        self._known = known
        self._redirects = redirects
        self._sealer = Sealer(organisation)

    def platforms(self) -> PlatformList:
        """The platforms, and what is still to be set for each."""
        return self._known.cards()

    def initiate(self, platform: Platform, wish: Initiation) -> Consent:
        """Where the owner of an account is asked. Raises Unprocessable, also for an address that is not allowed."""
        grants = self._grants(platform)
        if not rules.allowed(wish.redirect_uri, platform, self._patterns()):
            raise Unprocessable(
                "redirectUri is not on the list of allowed addresses: GET /api/social/redirects shows it"
            )
        state, verifier = tokens.new_token(Kind.OAUTH_STATE, self._organisation), rules.new_verifier()
        consent = ConsentState(
            id=rules.consent_id(state),
            platform=platform,
            session_id=wish.session_id,
            redirect_uri=wish.redirect_uri,
            flow=Flow.ASKED,
            expires_at=clock.now() + rules.STATE_LIFE,
        )
        self._store.ask(consent, self._sealer.seal(verifier, _VERIFIER, consent.id))
        return Consent(auth_url=grants.consent_url(state, wish.redirect_uri, verifier), state=state)

    def complete(self, platform: Platform, answer: ConsentAnswer) -> AccountList:
        """The accounts that a code stands for, connected. Raises Unprocessable."""
        consent, verifier = self._answered(platform, answer.state, answer.redirect_uri)
        return AccountList(items=tuple(self._connected(consent, answer.code, verifier)))

    def returned(self, platform: Platform, answer: Mapping[str, str]) -> Sequence[ConnectedAccount]:
        """The accounts that the owner's browser comes back with. Raises Unprocessable."""
        consent, verifier = self._answered(platform, answer.get("state", ""), None)
        if "code" not in answer:
            said = answer.get("error_description") or answer.get("error") or "it does not say why"
            raise self._refused(consent, f"consent was not given: {said}")
        return self._connected(consent, answer["code"], verifier)

    def accounts(self, session_id: str | None = None) -> AccountList:
        """The accounts that were connected in a session, or all, newest first."""
        found = (one for one in self._store.accounts() if session_id is None or session_id in one.session_ids)
        return AccountList(items=tuple(sorted(found, key=lambda each: (each.connected_at, each.id), reverse=True)))

    def account(self, account_id: str) -> ConnectedAccount:
        """One account. Raises NotFound."""
        account = self._store.account(account_id)
        if account is None:
            raise NotFound(f"there is no account {account_id!r}")
        return account

    def account_for(self, channel: str, session_id: str | None) -> ConnectedAccount | Nobody:
        """The account that is published by on a channel, for a session where there is one."""
        return rules.account_for(channel, session_id, self._store.accounts())

    def connected(self, account_id: str) -> bool:
        """Whether there is such an account."""
        return self._store.account(account_id) is not None

    def disconnect(self, account_id: str) -> Disconnected:
        """Forget an account; that the platform takes its tokens back follows from the stream. Raises NotFound."""
        account = self.account(account_id)
        self._store.forget(account_id)
        return Disconnected(account_id=account_id, platform=account.platform)

    def take_back(self, platform: Platform, account_id: str) -> None:
        """Have the platform take back the tokens of a forgotten account, and forget them. Raises NotNow."""
        if self.connected(account_id):
            return  # it was connected anew
        tokens = self._keeper.opened(account_id)
        if tokens and ENDPOINTS[platform].revoke:
            with suppress(NotGranted, Unprocessable):  # it knows them no more, or us
                self._grants(platform).take_back(tokens.refresh or tokens.access)
        self._store.drop_tokens(account_id)

    def token(self, account: ConnectedAccount) -> str:
        """A token to act for an account with, renewed if need be. Raises NotGranted, NotNow, Unprocessable.

        An account whose token the platform refuses to renew is marked, of which its people are told.
        """
        endpoints, credentials = self._known.known(account.platform)

        def renew(tokens: Tokens) -> Tokens:
            if account.platform is Platform.INSTAGRAM:
                return Profiles(endpoints, credentials, self._outgoing).prolonged(tokens)
            return Grants(endpoints, credentials, self._outgoing).renewed(tokens)

        try:
            return self._keeper.usable(account.id, renew)
        except NotGranted as refusal:
            self.revoked(account, str(refusal))
            raise

    def revoked(self, account: ConnectedAccount, reason: str) -> None:
        """Mark an account whose tokens the platform takes no longer."""
        fields = {"status": AccountStatus.REVOKED, "reason": reason[:_MOST_REASON], "updated_at": clock.now()}
        self._store.change(account, **fields)

    def redirects(self) -> RedirectList:
        """The addresses to which owners of accounts may be sent back."""
        own, since = self._store.redirects()
        return RedirectList(redirects=own, of_deployment=self._redirects, updated_at=since)

    def allow(self, wish: Redirects) -> RedirectList:
        """Replace the organisation's own addresses. Raises BadRequest."""
        faults = [
            Fault(f"redirects.{number}", wrong)
            for number, redirect in enumerate(wish.redirects)
            if (wrong := rules.wrong_with(redirect))
        ]
        if faults:
            raise BadRequest(f"{faults[0].path}: {faults[0].message}", errors=faults)
        self._store.allow(wish.redirects, clock.now())
        return self.redirects()

    def endpoints(self, platform: Platform) -> Endpoints:
        """A platform's addresses, or those of what stands for it. Raises Unprocessable while it is not configured."""
        return self._known.known(platform)[0]

    def _answered(self, platform: Platform, state: str, redirect: str | None) -> tuple[ConsentState, str]:
        """The consent that a state stands for, used up, and its verifier. Raises Unprocessable."""
        self._known.known(platform)
        own = tokens.organisation_of(Kind.OAUTH_STATE, state) == self._organisation
        there = self._store.consent(rules.consent_id(state)) if own else None
        consent, sealed, revision = there or (None, b"", 0)
        wrong = rules.unusable(consent, platform, clock.now())
        if consent is None or wrong:
            raise Unprocessable(f"state: {wrong}", errors=[Fault("state", wrong or "")])
        if redirect not in (None, consent.redirect_uri):
            different = "this is not the address that the consent was asked for with"
            raise Unprocessable(f"redirectUri: {different}", errors=[Fault("redirectUri", different)])
        try:
            self._store.answered(consent, revision)
        except Changed as error:
            raise Unprocessable("state: this state was used before: begin anew") from error
        return consent, self._sealer.open(sealed, _VERIFIER, consent.id)

    def _connected(self, consent: ConsentState, code: str, verifier: str) -> list[ConnectedAccount]:
        endpoints, credentials = self._known.known(consent.platform)
        try:
            tokens, _ = self._grants(consent.platform).tokens_for(code, consent.redirect_uri, verifier)
            granted = Profiles(endpoints, credentials, self._outgoing).granted(tokens)
            made = [self._made(consent, grant, clock.now()) for grant in granted]
        except (NotGranted, NotNow, NotSealable) as refusal:
            raise self._refused(consent, f"{endpoints.title} grants nothing: {refusal}") from refusal
        self._store.connect(made)
        return [account for account, _ in made]

    def _made(self, consent: ConsentState, grant: Grant, now: datetime) -> tuple[ConnectedAccount, Kept]:
        account = self._account(consent, grant, now)
        return account, self._keeper.sealed(account.id, grant.tokens, renewable=bool(grant.tokens.refresh))

    def _account(self, consent: ConsentState, grant: Grant, now: datetime) -> ConnectedAccount:
        account_id = rules.account_id(consent.platform, grant.subject)
        before = self._store.account(account_id)
        sessions = (consent.session_id, *(before.session_ids if before else ()))
        return ConnectedAccount(
            id=account_id,
            platform=consent.platform,
            subject=grant.subject,
            username=grant.username,
            name=grant.name,
            status=AccountStatus.CONNECTED,
            reason=None,
            scopes=grant.tokens.scopes,
            session_ids=tuple(dict.fromkeys(sessions))[:MOST_SESSIONS],
            connected_at=now,
            updated_at=now,
        )

    def _refused(self, consent: ConsentState, reason: str) -> Unprocessable:
        shown = "".join(sign if sign.isprintable() else " " for sign in reason)[:_MOST_REASON]
        self._store.refused(consent, shown)
        return Unprocessable(shown)

    def _patterns(self) -> tuple[str, ...]:
        return (*self._redirects, *self._store.redirects()[0])

    def _grants(self, platform: Platform) -> Grants:
        endpoints, credentials = self._known.known(platform)
        return Grants(endpoints, credentials, self._outgoing)


def organisation_of(state: str) -> str:
    """The organisation whose consent comes back. Raises BadRequest for what is no state of ours."""
    organisation = tokens.organisation_of(Kind.OAUTH_STATE, state)
    if organisation is None:
        raise BadRequest("state: this is no state of ours", errors=[Fault("state", "this is no state of ours")])
    return organisation
