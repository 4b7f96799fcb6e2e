"""The product's settings with what tests need to be fast and apart from each other."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="qrplatform-tests-"))
os.environ["PUBLIC_URL"] = "https://q.example.com"

from qrplatform.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True

# In the test's own thread, where its transaction is.
RESOLVER_THREADS = 0

# `make setup` collects static files; tests read none of them, and whitenoise wants the folder.
STATIC_ROOT = Path(os.environ["DATA_DIR"]) / "static"
STATIC_ROOT.mkdir(exist_ok=True)
