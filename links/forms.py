"""Forms of the links dashboard: what people type, made into values that actions take."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Workspace
from links.code_forms import CodeForm, InWorkspaceForm
from links.destinations import DestinationRefused, parse
from links.expiry import validate_expiry, validate_first_expiry
from links.models import Campaign, Link, Tag
from links.names import (
    MAX_CAMPAIGN_NAME,
    MAX_TAG_NAME,
    MAX_TAGS,
    NameRefused,
    parse_campaign_name,
    parse_tag,
    split_tags,
)


class DestinationField(forms.CharField):
    """An http or https address, stored as a browser serialises it."""

    # Not type="url": browsers would refuse with words of their own what the parser can explain better.
    widget = forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return parse(text) if text else text
        except DestinationRefused as refusal:
            raise ValidationError(str(refusal), code="destination") from refusal


class MomentField(forms.DateTimeField):
    """A date and a time in the current zone, to the minute."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class NameField(forms.CharField):
    """A name as one of links/names.py's parsers makes it."""

    def __init__(self, parser: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self._parse = parser

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return self._parse(text) if text else text
        except NameRefused as refusal:
            raise ValidationError(str(refusal), code="name") from refusal


class TagsField(forms.CharField):
    """Words with commas between them; the browser suggests those that there are already."""

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]  # a list is what actions take
        try:
            return split_tags(super().to_python(value) or "")
        except NameRefused as refusal:
            raise ValidationError(str(refusal), code="tags") from refusal


class SearchForm(forms.Form):
    """What narrows a workspace's list of links. Campaigns and tags can be chosen where there are any."""

    STATES: ClassVar = [("", "All states"), ("active", "Active"), ("paused", "Paused"), ("expired", "Expired")]
    NO_CAMPAIGN = "none"

    q = forms.CharField(label="Search", required=False, max_length=200)
    state = forms.ChoiceField(label="State", required=False, choices=STATES)
    campaign = forms.ChoiceField(
        label="Campaign", required=False, error_messages={"invalid_choice": "There is no such campaign any more."}
    )
    tag = forms.ChoiceField(
        label="Tag", required=False, error_messages={"invalid_choice": "No link has this tag any more."}
    )

    def __init__(self, data: Any, workspace: Workspace) -> None:
        super().__init__(data)
        self.campaigns = [(str(pk), name) for pk, name in workspace.campaigns.order_by("key").values_list("pk", "name")]
        tags = [(name, name) for name in workspace.tags.order_by("key").values_list("name", flat=True)]
        none = (self.NO_CAMPAIGN, "No campaign")
        self._choose_from("campaign", [("", "All campaigns"), none, *self.campaigns] if self.campaigns else [])
        self._choose_from("tag", [("", "All tags"), *tags] if tags else [])

    def _choose_from(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for the type checker
        field.choices = choices


class AssignForm(forms.Form):
    """Links that somebody has ticked, and the campaign they go to."""

    MOST = 200

    link = forms.MultipleChoiceField(error_messages={"required": "Tick one or more links first."})
    campaign = forms.ModelChoiceField(
        queryset=Campaign.objects.none(),
        required=False,
        error_messages={"invalid_choice": "There is no such campaign any more."},
    )

    def __init__(self, data: Any, workspace: Workspace) -> None:
        super().__init__(data)
        ticked = [text for text in data.getlist("link")[: self.MOST] if text.isascii() and text.isdecimal()]
        self.fields["link"].choices = [(text, text) for text in ticked if len(text) < 19]  # type: ignore[attr-defined]
        self.fields["campaign"].queryset = workspace.campaigns.all()  # type: ignore[attr-defined]


class CampaignForm(forms.Form):
    """What a campaign is called."""

    name = NameField(
        parse_campaign_name,
        label="Name",
        max_length=MAX_CAMPAIGN_NAME,
        help_text="What its links have in common: “Spring menu”, “Trade fair 2027”.",
    )


class TagForm(forms.Form):
    """What a tag is called."""

    name = NameField(
        parse_tag, label="Name", max_length=MAX_TAG_NAME, help_text="Every link with this tag shows the new name."
    )


class LabelledForm(InWorkspaceForm):
    """Campaign and tags of a link, chosen among a workspace's own."""

    # A browser shows a few; typing narrows them.
    SUGGESTED = 500

    campaign = forms.ModelChoiceField(
        label="Campaign",
        queryset=Campaign.objects.none(),
        required=False,
        empty_label="No campaign",
        error_messages={"invalid_choice": "There is no such campaign any more. Choose another."},
    )
    tags = TagsField(
        label="Tags",
        required=False,
        widget=forms.TextInput(attrs={"list": "known-tags", "autocomplete": "off", "data-words": ""}),
        help_text=f"Words to find links by, with commas between them: “poster, spring”. At most {MAX_TAGS}.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaign = self.fields["campaign"]
        assert isinstance(campaign, forms.ModelChoiceField)  # noqa: S101  # for the type checker
        campaign.queryset = self._workspace.campaigns.order_by("key")

    def known_tags(self) -> QuerySet[Tag, str]:
        return self._workspace.tags.order_by("key").values_list("name", flat=True)[: self.SUGGESTED]


class LinkForm(LabelledForm):
    """What a person may change of a link; `revision` notices that somebody else was faster."""

    destination = DestinationField(
        label="Destination", help_text="Where the code leads. You can change it after printing."
    )
    title = forms.CharField(
        label="Title",
        required=False,
        max_length=Link._meta.get_field("title").max_length,
        help_text="For your own lists; also shown on the page that says where a code leads.",
    )
    expires_at = MomentField(label="Ends", required=False, validators=[validate_expiry])
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    field_order = ("destination", "title", "campaign", "tags", "expires_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["expires_at"].help_text = f"Time zone: {zone}. Empty means never. A past moment ends it at once."

    @classmethod
    def of(cls, link: Link, data: Any = None) -> "LinkForm":
        """A form that shows a link as it stands, or that takes what was typed over it."""
        shown = {
            "destination": link.destination,
            "title": link.title,
            "campaign": link.campaign_id,
            "tags": _tags_of(link),
            "expires_at": _to_the_minute(link.expires_at),
            "revision": link.revision,
        }
        return cls(data, initial=shown, workspace=link.workspace)

    def changes(self) -> dict[str, Any]:
        """Only what was typed differently: an untouched expiry keeps its seconds."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "revision"}

    def show_what_moved(self, link: Link) -> None:
        """Keep what was typed, say what stands now, and let the next attempt be based on that."""
        self.add_error(None, "Somebody changed this link while you were typing. Look again, then save to keep yours.")
        now = {"destination": link.destination, "title": link.title, "campaign": link.campaign, "tags": _tags_of(link)}
        for name in now.keys() & set(self.changed_data):
            self.add_error(name, f"This is now “{now[name] or 'none'}”.")
        self.data = dict(self.data.items()) | {"revision": str(link.revision)}


class NewLinkForm(LabelledForm, CodeForm):
    """A link and its first code."""

    destination = DestinationField(label="Destination", help_text=LinkForm.base_fields["destination"].help_text)
    title = LinkForm.base_fields["title"]
    expires_at = MomentField(label="Ends", required=False, validators=[validate_first_expiry])
    field_order = (
        "destination",
        "title",
        "placement",
        "alias",
        "style",
        "counts_only",
        "campaign",
        "tags",
        "expires_at",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["expires_at"].help_text = f"Time zone: {zone}. Empty means never."


def _tags_of(link: Link) -> str:
    return ", ".join(link.tags.order_by("key").values_list("name", flat=True))


def _to_the_minute(moment: datetime | None) -> datetime | None:
    return moment.replace(second=0, microsecond=0) if moment else None
