"""How every form looks: Django's own widgets carry Bootstrap's classes."""

from typing import Any

from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Widget
from django.forms.renderers import DjangoTemplates


class BootstrapField(BoundField):
    """A field whose widget is dressed by its kind, and marked where it is wrong."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        wrong = "is-invalid" if self.errors else ""
        attrs["class"] = f"{widget.attrs.get('class', '')} {bootstrap_class(widget)} {wrong}".strip()
        return attrs


def bootstrap_class(widget: Widget) -> str:
    if isinstance(widget, CheckboxInput | CheckboxSelectMultiple | RadioSelect):
        return "form-check-input"
    return "form-select" if isinstance(widget, Select) else "form-control"


class FormRenderer(DjangoTemplates):
    """Named by settings.FORM_RENDERER."""

    bound_field_class = BootstrapField
