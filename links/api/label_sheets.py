"""Sheets of labels over REST: those that are sold, by name, and how a batch asks for one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from links.api.fields import LengthField
from links.batches.captions import LONGEST_NAME, MOST_CAPTIONS, OWN
from links.batches.outputs import Labels
from links.batches.tables import column_name
from links.qr import label_sheets
from links.qr.label_sheets import Printing
from links.qr.payloads.fields import FieldRefused
from links.qr.sheets import LEAST_SIDE, MOST_IN_LINE, PAPERS, Sheet, named_sheets, sheet_title

SHEETS = list(named_sheets())
PAPER_NAMES = list(PAPERS)


class GridSerializer(serializers.Serializer[Any]):
    """A grid of equal labels on paper; lengths in millimetres."""

    paper = serializers.ChoiceField(choices=PAPER_NAMES)
    columns = serializers.IntegerField(min_value=1, max_value=MOST_IN_LINE)
    rows = serializers.IntegerField(min_value=1, max_value=MOST_IN_LINE)
    width = LengthField(LEAST_SIDE, 300, help_text="Of a label.")
    height = LengthField(LEAST_SIDE, 300, help_text="Of a label.")
    left = LengthField(0, 300, help_text="From the paper's edge to the first label.")
    top = LengthField(0, 300, help_text="From the paper's edge to the first label.")
    across = LengthField(0, 300, help_text="From the left edge of a label to that of the next one.")
    down = LengthField(0, 300, help_text="From the upper edge of a label to that of the next one.")


class LabelSheetSerializer(GridSerializer):
    """A sheet that is sold."""

    name = serializers.CharField(help_text="What a batch calls it.")
    title = serializers.CharField(help_text="Maker and number.")
    labels = serializers.IntegerField(help_text="Of a sheet.")


class LabelsSerializer(serializers.Serializer[Any]):
    """Sheets of labels: `sheet` by name, or a `grid` of your own."""

    sheet = serializers.ChoiceField(choices=SHEETS, required=False)
    grid = GridSerializer(required=False)
    captions = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_NAME),
        default=list,
        max_length=MOST_CAPTIONS,
        help_text=f"Lines beside the code: {', '.join(OWN)}; or other columns of your CSV file.",
    )
    skipped = serializers.IntegerField(min_value=0, default=0, help_text="Labels of the first sheet that are used.")
    bleed = LengthField(0, label_sheets.MOST_BLEED, default=0, help_text="How far colour runs over the edge, in mm.")
    ground = serializers.CharField(allow_null=True, default=None, help_text="Colour of labels, such as #fff3c4.")
    crop_marks = serializers.BooleanField(default=False, help_text="Short lines that say where to cut.")
    color_space = serializers.ChoiceField(choices=["rgb", "cmyk"], default="rgb")

    def validate_captions(self, captions: list[str]) -> list[str]:
        return list(dict.fromkeys(map(column_name, captions)))

    def validate_ground(self, ground: str | None) -> str | None:
        return ground and ground.lower()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put what is asked for, ready to be drawn, in its place."""
        if ("sheet" in attrs) == ("grid" in attrs):
            raise ValidationError("Send the name of a “sheet”, or a “grid” of your own.")
        sheet = named_sheets()[attrs["sheet"]] if "sheet" in attrs else Sheet(**attrs["grid"])
        names = ("skipped", "bleed", "ground", "crop_marks", "color_space")
        printing = Printing(*(attrs[name] for name in names))
        try:
            label_sheets.check(sheet, printing)
        except FieldRefused as refused:
            part, _, field = refused.field.rpartition(".")
            raise ValidationError(
                {"grid": {field: [refused.advice]}} if part else {field: [refused.advice]}
            ) from refused
        return {"labels": Labels(sheet, printing, tuple(attrs["captions"]), attrs.get("sheet", ""))}


class LabelSheetListView(APIView):
    """Sheets that are sold."""

    @extend_schema(responses=LabelSheetSerializer(many=True), operation_id="label_sheets_list")
    def get(self, request: Request) -> Response:
        """Sheets of labels by maker and number, with their measures in millimetres."""
        found = [
            {"name": name, "title": sheet_title(name), "labels": sheet.labels, **vars(sheet)}
            for name, sheet in named_sheets().items()
        ]
        return Response(LabelSheetSerializer(found, many=True).data)
