"""What a certificate looks like over REST."""

from typing import Any

from rest_framework import serializers

from links.qr.certificate.findings import OUTCOMES, VERDICTS
from links.qr.matrix import LEVELS


class FindingSerializer(serializers.Serializer[Any]):
    """One check: what it measured, in which unit, beside what it should be."""

    check = serializers.CharField()
    value = serializers.FloatField()
    unit = serializers.CharField()
    limit = serializers.FloatField(help_text="What the value has to keep to pass.")
    grade = serializers.ChoiceField(choices=VERDICTS)
    outcome = serializers.ChoiceField(choices=sorted(set(OUTCOMES.values())))
    sentence = serializers.CharField()


class AdviceSerializer(serializers.Serializer[Any]):
    """The one change that helps most, and the verdict it leads to."""

    change = serializers.CharField()
    verdict = serializers.ChoiceField(choices=VERDICTS)


class CertificateSerializer(serializers.Serializer[Any]):
    """How well a symbol scans in a style; the verdict is that of its worst finding."""

    verdict = serializers.ChoiceField(choices=VERDICTS)
    outcome = serializers.ChoiceField(choices=sorted(set(OUTCOMES.values())))
    version = serializers.IntegerField()
    level = serializers.ChoiceField(choices=list(LEVELS))
    findings = FindingSerializer(many=True)
    advice = AdviceSerializer(allow_null=True)
