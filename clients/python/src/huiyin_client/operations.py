"""One method for each operation of the API, by the name that its description gives it.

Written by `scripts/client.py` from `docs/reference/openapi.json`. Don't edit.
"""

from typing import Literal, cast

from huiyin_client import types
from huiyin_client.calling import Calls, fresh, part


class Operations(Calls):
    """Every operation. What a call may leave out has a default."""

    def take_in(self, given: types.CaseIn, *, key: str = "") -> types.CaseMade:
        """Anyone may; `200` instead of `201` says that this very request had made the case before."""
        return cast("types.CaseMade", self._send("POST", "/cases", given=given, key=key or fresh()))

    def list_cases(
        self,
        *,
        view: str = "",
        kind: str = "",
        area: str = "",
        unit: str = "",
        channel: str = "",
        holder: str = "",
        reason: str = "",
        q: str = "",
        cursor: str = "",
        limit: int = 50,
    ) -> types.PageOut:
        """Pass `next_cursor` back for the next page."""
        return cast(
            "types.PageOut",
            self._send(
                "GET",
                "/cases",
                query={
                    "view": view,
                    "kind": kind,
                    "area": area,
                    "unit": unit,
                    "channel": channel,
                    "holder": holder,
                    "reason": reason,
                    "q": q,
                    "cursor": cursor,
                    "limit": limit,
                },
            ),
        )

    def read_file(self, number: str, key: str) -> bytes:
        """The bytes of an attached file."""
        return cast("bytes", self._send("GET", f"/cases/{part(number)}/files/{part(key)}", raw=True))

    def list_views(self) -> list[types.ViewOut]:
        """The caller's worklists with what is in each."""
        return cast("list[types.ViewOut]", self._send("GET", "/views"))

    def read_case(self, number: str) -> types.CaseOut:
        """One case: where it stands, every clock with its derivation, and what this caller may do now."""
        return cast("types.CaseOut", self._send("GET", f"/cases/{part(number)}"))

    def read_events(self, number: str) -> types.HistoryOut:
        """A requester reads what is addressed to them."""
        return cast("types.HistoryOut", self._send("GET", f"/cases/{part(number)}/events"))

    def take_action(
        self, number: str, action: str, given: types.ActIn, *, key: str = "", if_match: int | None = None
    ) -> types.CaseOut | None:
        """What may be done now, and what it asks for, stands in `actions` of the case."""
        return cast(
            "types.CaseOut | None",
            self._send(
                "POST",
                f"/cases/{part(number)}/actions/{part(action)}",
                given=given,
                key=key or fresh(),
                if_match=if_match,
            ),
        )

    def reveal_contact(self, number: str, given: types.ReasonIn) -> types.ContactOut:
        """The reading is written into the audit with its reason."""
        return cast("types.ContactOut", self._send("POST", f"/cases/{part(number)}/contact", given=given))

    def reveal_one(self, number: str, given: types.RevealIn) -> types.RevealedOut:
        """Each call is written into the audit."""
        return cast("types.RevealedOut", self._send("POST", f"/cases/{part(number)}/reveal", given=given))

    def find_by_phone(self, given: types.CallerIn) -> list[types.CallerCaseOut]:
        """Each call is written into the audit."""
        return cast("list[types.CallerCaseOut]", self._send("POST", "/callers", given=given))

    def read_related(self, number: str) -> types.RelatedOut:
        """`alike` (perhaps the same) is told to those who take matters in, while the matter is open."""
        return cast("types.RelatedOut", self._send("GET", f"/cases/{part(number)}/related"))

    def read_echo(self) -> types.EchoOut:
        """Lists: `/cases?view=echo`."""
        return cast("types.EchoOut", self._send("GET", "/echo"))

    def follow_events(self, *, after: str = "", limit: int = 100) -> types.FeedOut:
        """An empty page means that nothing new has settled yet: ask again later with its cursor."""
        return cast("types.FeedOut", self._send("GET", "/events", query={"after": after, "limit": limit}))

    def list_units(self) -> list[types.UnitOut]:
        """All confirmed units in force today."""
        return cast("list[types.UnitOut]", self._send("GET", "/units"))

    def list_areas(self) -> list[types.AreaOut]:
        """All areas in force today, from the county down."""
        return cast("list[types.AreaOut]", self._send("GET", "/areas"))

    def list_categories(self, *, scheme: str = "jieshou") -> list[types.CategoryOut]:
        """An unknown scheme has none."""
        return cast("list[types.CategoryOut]", self._send("GET", "/categories", query={"scheme": scheme}))

    def list_duties(self, *, scheme: str = "jieshou") -> list[types.DutyOut]:
        """The responsibility list in force today: whose duty each category is, since when, and on what ground."""
        return cast("list[types.DutyOut]", self._send("GET", "/duties", query={"scheme": scheme}))

    def read_expected_answer(
        self,
        *,
        kind: Literal["consult", "help", "complaint", "suggestion", "report", "praise", "other"] = "other",
        urgency: Literal["normal", "urgent", "danger"] = "normal",
    ) -> types.ExpectedOut:
        """Expected, not promised: the promise is made on acceptance."""
        return cast(
            "types.ExpectedOut", self._send("GET", "/expected-answer", query={"kind": kind, "urgency": urgency})
        )

    def count_workdays(self, *, after: str, count: int) -> types.WorkdaysOut:
        """Refused where the count leaves the years whose calendar can be known."""
        return cast("types.WorkdaysOut", self._send("GET", "/workdays", query={"after": after, "count": count}))

    def list_procedures(self) -> list[types.ProcedureRowOut]:
        """Every published version of every procedure."""
        return cast("list[types.ProcedureRowOut]", self._send("GET", "/procedures"))

    def read_procedure(self, key: str) -> types.ProcedureOut:
        """A published version: its states, what may be done in them and by whom, its clocks, and the law behind
        each.
        """
        return cast("types.ProcedureOut", self._send("GET", f"/procedures/{part(key)}"))

    def draw_procedure(self, key: str) -> types.DiagramOut:
        """The diagram of a published version, as Mermaid source."""
        return cast("types.DiagramOut", self._send("GET", f"/procedures/{part(key)}/diagram"))

    def read_rating(self, token: str) -> types.RatingOut:
        """What the link of a message asks its receiver: the questions, and nothing else of the matter."""
        return cast("types.RatingOut", self._send("GET", f"/ratings/{part(token)}"))

    def give_rating(self, token: str, given: types.RateIn) -> None:
        """It may be done again while the procedure lets one."""
        self._send("POST", f"/ratings/{part(token)}", given=given)

    def write_letter(self, given: types.LetterIn, *, key: str = "") -> types.CaseMade:
        """Anyone may; the receipt tells number and query code."""
        return cast("types.CaseMade", self._send("POST", "/letters", given=given, key=key or fresh()))

    def register_letter(self, given: types.LetterIn, *, key: str = "") -> types.CaseMade:
        """Register a letter on paper with its scan, whose file was sent to `/files` beforehand."""
        return cast("types.CaseMade", self._send("POST", "/letters/paper", given=given, key=key or fresh()))

    def list_answers(self, *, cursor: str = "") -> types.AnswersOut:
        """Pass `next_cursor` back for older ones."""
        return cast("types.AnswersOut", self._send("GET", "/answers", query={"cursor": cursor}))

    def read_answer(self, number: str) -> types.AnsweredOut:
        """One letter and its answer, as published."""
        return cast("types.AnsweredOut", self._send("GET", f"/answers/{part(number)}"))

    def write_petition(self, given: types.PetitionIn, *, key: str = "") -> types.CaseMade:
        """Anyone may; the receipt tells number and query code."""
        return cast("types.CaseMade", self._send("POST", "/petitions", given=given, key=key or fresh()))

    def register_petition(self, given: types.RegistrationIn, *, key: str = "") -> types.CaseMade:
        """A matter that it was before is linked, and counted once with it."""
        return cast("types.CaseMade", self._send("POST", "/petitions/registered", given=given, key=key or fresh()))

    def backlog_list(self, *, resolved: bool = False, owner: str = "") -> list[types.BacklogOut]:
        """The unresolved, the oldest first, or the resolved, the latest first, as far as you may know of them."""
        return cast(
            "list[types.BacklogOut]",
            self._send("GET", "/petitions/backlog", query={"resolved": resolved, "owner": owner}),
        )

    def ask_for_own_data(self, number: str, given: types.AskIn, *, key: str = "") -> types.CaseMade:
        """Ask for a copy, a correction or the deletion of one's own data, by the access code of the matter."""
        return cast(
            "types.CaseMade",
            self._send("POST", f"/cases/{part(number)}/personal-data", given=given, key=key or fresh()),
        )

    def read_copy(self, number: str) -> types.CopyOut:
        """The copy that was given for this request, within thirty days; audited."""
        return cast("types.CopyOut", self._send("GET", f"/cases/{part(number)}/personal-data"))

    def take_request_in(self, given: types.AskAtDeskIn, *, key: str = "") -> types.CaseMade:
        """Take in what somebody asks at the counter, by telephone or in a letter."""
        return cast("types.CaseMade", self._send("POST", "/personal-data", given=given, key=key or fresh()))

    def report_call(self, given: types.CallIn) -> types.CallOut:
        """For the account of a telephone system."""
        return cast("types.CallOut", self._send("POST", "/calls", given=given))

    def report_event(self, call: str, given: types.EventIn) -> types.CallOut:
        """Tell what happened to a call, also before the call itself was told of."""
        return cast("types.CallOut", self._send("POST", f"/calls/{part(call)}/events", given=given))

    def read_call(self, call: str) -> types.CallOut:
        """A call that one told of oneself, as it stands."""
        return cast("types.CallOut", self._send("GET", f"/calls/{part(call)}"))

    def list_behind_figure(
        self,
        name: str,
        *,
        since: str = "",
        until: str = "",
        by: types.By | None = None,
        key: str | None = None,
        hit: bool | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> types.ListedOut:
        """The cases behind a figure, as far as the caller may open them today."""
        return cast(
            "types.ListedOut",
            self._send(
                "GET",
                f"/figures/{part(name)}/cases",
                query={
                    "since": since,
                    "until": until,
                    "by": by,
                    "key": key,
                    "hit": hit,
                    "limit": limit,
                    "offset": offset,
                },
            ),
        )

    def list_figures(self, *, since: str = "", until: str = "", name: str = "", by: str = "") -> types.FiguresOut:
        """By `dispatcher` only for who supervises the hotline."""
        return cast(
            "types.FiguresOut",
            self._send("GET", "/figures", query={"since": since, "until": until, "name": name, "by": by}),
        )

    def read_me(self) -> types.MeOut:
        """Whom this token speaks for, in which posts, and what it may do."""
        return cast("types.MeOut", self._send("GET", "/me"))

    def list_people(self, *, unit: str = "", cursor: str = "", limit: int = 100) -> types.PeopleOut:
        """For those who manage them, and for the auditor."""
        return cast(
            "types.PeopleOut", self._send("GET", "/people", query={"unit": unit, "cursor": cursor, "limit": limit})
        )

    def list_tokens(self, *, username: str = "") -> list[types.TokenOut]:
        """The officers who issue or revoke them may name somebody else."""
        return cast("list[types.TokenOut]", self._send("GET", "/tokens", query={"username": username}))

    def issue_token(self, given: types.TokenIn) -> types.TokenMade:
        """The administrator may name an account that nobody signs in with."""
        return cast("types.TokenMade", self._send("POST", "/tokens", given=given))

    def revoke_token(self, key: str) -> None:
        """The security officer may end anybody's."""
        self._send("DELETE", f"/tokens/{part(key)}")

    def read_audit(
        self, *, actor: str = "", action: str = "", subject: str = "", cursor: int | None = None, limit: int = 100
    ) -> types.EntriesOut:
        """For the auditor alone."""
        return cast(
            "types.EntriesOut",
            self._send(
                "GET",
                "/audit",
                query={"actor": actor, "action": action, "subject": subject, "cursor": cursor, "limit": limit},
            ),
        )

    def read_key(self) -> types.KeyOut:
        """Take it down once, and keep it."""
        return cast("types.KeyOut", self._send("GET", "/ledger/key"))

    def list_seals(self, *, after: int = 0) -> types.SealsOut:
        """A hundred seals after that number, oldest first."""
        return cast("types.SealsOut", self._send("GET", "/ledger/seals", query={"after": after}))

    def list_receipts(self, number: str) -> list[types.ReceiptLine]:
        """The events of the case for which there is a receipt."""
        return cast("list[types.ReceiptLine]", self._send("GET", f"/cases/{part(number)}/receipts"))

    def read_receipt(self, number: str, seq: int) -> types.ReceiptOut:
        """The receipt of one event, to be kept as it is."""
        return cast("types.ReceiptOut", self._send("GET", f"/cases/{part(number)}/receipts/{part(seq)}"))

    def list_articles(
        self, *, q: str = "", unit: str = "", category: str = "", from_: int = 0, limit: int = 20
    ) -> types.ArticlesOut:
        """Articles in force: all for staff with a token, those that are public for everybody."""
        return cast(
            "types.ArticlesOut",
            self._send(
                "GET", "/articles", query={"q": q, "unit": unit, "category": category, "from": from_, "limit": limit}
            ),
        )

    def read_article(self, key: str) -> types.ArticleOut:
        """One article in force."""
        return cast("types.ArticleOut", self._send("GET", f"/articles/{part(key)}"))

    def list_webhooks(self) -> list[types.WebhookOut]:
        """Who is told, running ones first, a hundred at most."""
        return cast("list[types.WebhookOut]", self._send("GET", "/webhooks"))

    def add_webhook(self, given: types.WebhookIn) -> types.SecretOut:
        """Tell a receiver of what an account may know of."""
        return cast("types.SecretOut", self._send("POST", "/webhooks", given=given))

    def end_webhook(self, key: str) -> None:
        """Tell it nothing any more; its secret is destroyed, and what was on its way is dropped."""
        self._send("DELETE", f"/webhooks/{part(key)}")

    def rotate_secret(self, key: str) -> types.SecretOut:
        """Sign with a new secret from now on, and for a day with the former one too."""
        return cast("types.SecretOut", self._send("POST", f"/webhooks/{part(key)}/secret"))

    def replay(self, key: str, given: types.SinceIn) -> types.AgainOut:
        """Thirty days are kept."""
        return cast("types.AgainOut", self._send("POST", f"/webhooks/{part(key)}/replay", given=given))

    def list_dead_letters(self, key: str, *, cursor: int = 0) -> types.DeadsOut:
        """What the receiver refused too often: each holds up its matter until it is sent again or dropped."""
        return cast(
            "types.DeadsOut", self._send("GET", f"/webhooks/{part(key)}/dead-letters", query={"cursor": cursor})
        )

    def retry(self, key: str, *, delivery: int | None = None) -> types.AgainOut:
        """Try dead letters again: one, or all of them."""
        return cast("types.AgainOut", self._send("POST", f"/webhooks/{part(key)}/retry", query={"delivery": delivery}))

    def drop_dead_letter(self, key: str, delivery: int) -> None:
        """Let one go, so that what comes after it in its matter is sent."""
        self._send("DELETE", f"/webhooks/{part(key)}/dead-letters/{part(delivery)}")

    def list_partners(self) -> list[types.PartnerOut]:
        """Higher platforms, running ones first."""
        return cast("list[types.PartnerOut]", self._send("GET", "/partners"))

    def add_partner(self, given: types.PartnerIn) -> types.PartnerSecretOut:
        """Exchange orders with a platform."""
        return cast("types.PartnerSecretOut", self._send("POST", "/partners", given=given))

    def end_partner(self, name: str) -> None:
        """Speak with it no more; its secret and what waited are destroyed."""
        self._send("DELETE", f"/partners/{part(name)}")

    def rotate_partner_secret(self, name: str, given: types.SecretIn) -> types.PartnerSecretOut:
        """Sign calls with another secret from now on."""
        return cast("types.PartnerSecretOut", self._send("POST", f"/partners/{part(name)}/secret", given=given))

    def list_stuck(self, name: str) -> types.StuckOut:
        """Messages that no rule lets in, and orders of which a result wasn't taken."""
        return cast("types.StuckOut", self._send("GET", f"/partners/{part(name)}/stuck"))

    def retry_partner(self, name: str) -> types.TriedOut:
        """Try everything again that couldn't pass."""
        return cast("types.TriedOut", self._send("POST", f"/partners/{part(name)}/retry"))

    def drop_message(self, name: str, message: int) -> None:
        """Let a poisonous message go; what it says is destroyed."""
        self._send("DELETE", f"/partners/{part(name)}/messages/{part(message)}")

    def schedule(self) -> list[types.BookableOut]:
        """Public."""
        return cast("list[types.BookableOut]", self._send("GET", "/receptions"))

    def occasions(self, *, from_: str | None = None, until: str | None = None) -> list[types.RotaOut]:
        """The rota with its occasions, in order of time."""
        return cast(
            "list[types.RotaOut]", self._send("GET", "/receptions/occasions", query={"from": from_, "until": until})
        )

    def carried(self, *, ended: bool = False) -> list[types.CarryOut]:
        """What leaders carry, by the date set, as far as you may know of the matter."""
        return cast("list[types.CarryOut]", self._send("GET", "/receptions/carried", query={"ended": ended}))

    def sweep(
        self, *, level: Literal["village", "township", "county"] = "township", first: str | None = None
    ) -> types.SweepOut:
        """Who reported and what was found: the whole city for the governance centre, their own area for townships."""
        return cast("types.SweepOut", self._send("GET", "/disputes/sweeps", query={"level": level, "first": first}))

    def report(self, given: types.ReportIn) -> None:
        """Refused before the last day."""
        self._send("POST", "/disputes/sweeps", given=given)

    def posts(self, *, town: str = "", q: str = "") -> list[types.VillageOut]:
        """Public."""
        return cast("list[types.VillageOut]", self._send("GET", "/villages/posts", query={"town": town, "q": q}))

    def days(self, area: str, *, first: str | None = None, last: str | None = None) -> list[types.DayOut]:
        """Days in a village, the latest first: for the governance centre, and the town whose village it is."""
        return cast(
            "list[types.DayOut]",
            self._send("GET", f"/villages/{part(area)}/days", query={"first": first, "last": last}),
        )

    def record(self, area: str, given: types.DayIn) -> types.DayOut:
        """Record that whoever held the post on that day was there; once for the same day and purpose."""
        return cast("types.DayOut", self._send("POST", f"/villages/{part(area)}/days", given=given))
