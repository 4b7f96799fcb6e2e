"""How drf-spectacular describes the REST API and shows it."""

from typing import Any

DOCUMENT: dict[str, Any] = {
    "TITLE": "qrplatform",
    "DESCRIPTION": "Dynamic QR codes: links, codes, pictures and statistics.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "qrplatform.problems.document_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "DimensionEnum": "analytics.api.shapes.DIMENSIONS",
        "ScopeEnum": "analytics.api.shapes.SCOPES",
        "PictureFormatEnum": "links.api.batches.FORMATS",
        "JobStateEnum": "links.api.batches.STATES",
        "MailedScopeEnum": "analytics.mailed.forms.KINDS",
        "LevelEnum": "links.qr.matrix.LEVELS",
        "VerdictEnum": "links.qr.certificate.findings.VERDICTS",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": False, "deepLinking": True},
}
