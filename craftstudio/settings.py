"""Settings of CRAFT Studio. Everything that differs between machines comes from the environment (docs/operations.md)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from accounts.providers import PROVIDERS
from craftstudio import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()

# --- Who we are ---------------------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG")
BIND = env.text("BIND", "127.0.0.1")
PORT = int(env.number("PORT", 8000))
LOOPBACK = BIND in {"127.0.0.1", "::1", "localhost"}

# A studio on loopback makes its secrets once; one that others can reach must be given them.
_secrets: dict[str, str] = {}
if not env.text("SECRET_KEY") or not env.text("KEYS_ENCRYPTION_KEY"):
    if not LOOPBACK and not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY and KEYS_ENCRYPTION_KEY must be set when the studio listens beyond this machine "
            f"(BIND is {BIND}). `python -c 'import secrets; print(secrets.token_urlsafe(50))'` makes the first, "
            "`python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'` the second."
        )
    _secrets = env.file_secrets(DATA_DIR / "secrets.env")
SECRET_KEY = env.text("SECRET_KEY") or _secrets["SECRET_KEY"]
# The first key encrypts, every key decrypts: put a new one in front, run `manage.py rotate_keys`, drop the old one.
KEYS_ENCRYPTION_KEYS = env.words("KEYS_ENCRYPTION_KEY") or _secrets["KEYS_ENCRYPTION_KEY"].split(",")

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
DEMO_PASSWORD = env.text("DEMO_PASSWORD")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "servestatic",
    "django.contrib.staticfiles",
    "csp",
    "channels",
    "django_rq",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "accounts",
    "channels_app",
    "jobs",
    "craftstudio",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "craftstudio.rq_pages.RqPages",
]

ROOT_URLCONF = "craftstudio.urls"
ASGI_APPLICATION = "craftstudio.asgi.application"

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
                "accounts.context_processors.theme",
                "channels_app.context_processors.navigation",
                "jobs.context_processors.live",
            ],
        },
    },
]

# --- Where things are kept ----------------------------------------------------------------------------------------
DATABASES = {"default": dj_database_url.parse(env.text("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'studio.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue for the lock instead of failing in the middle (immediate), and readers never wait for them (WAL).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL") or f"unix://{DATA_DIR / 'redis' / 'redis.sock'}"

MEDIA_ROOT = DATA_DIR / "media"
WORK_DIR = DATA_DIR / "work"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "servestatic.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
SERVESTATIC_USE_FINDERS = DEBUG
SERVESTATIC_AUTOREFRESH = DEBUG

# --- Jobs -----------------------------------------------------------------------------------------------------------
JOB_KIND_PACKAGES = env.words("JOB_KIND_PACKAGES", ("jobs.kinds",))
LIVE_STREAM = "craft:live"
# Slots per host and queue. A queue whose needs the host lacks gets no worker (jobs.needs).
JOB_QUEUES = {"pipeline": 1, "ai": 2, "media": 2, "research": 2, "download": 3, "render": 1}
JOB_LEASE = timedelta(seconds=env.number("JOB_LEASE_SECONDS", 60, minimum=0.5))
JOB_BACKOFF = env.numbers("JOB_BACKOFF", (10, 60, 300))
JOB_SWEEP_SECONDS = env.number("JOB_SWEEP_SECONDS", 2, minimum=0.05)
JOB_FORCE_SECONDS = env.number("JOB_FORCE_SECONDS", 60)
JOB_GRACE_SECONDS = env.number("JOB_GRACE_SECONDS", 10)
RQ_QUEUES = {name: {"URL": REDIS_URL, "REDIS_CLIENT_KWARGS": {"socket_connect_timeout": 1}} for name in JOB_QUEUES}
RQ_SHOW_ADMIN_LINK = True

# --- The outside world ------------------------------------------------------------------------------------------------
# Language models. An Ollama on this machine is noticed without being set; an empty OLLAMA_URL switches that off.
OLLAMA_URL = env.text("OLLAMA_URL", "http://127.0.0.1:11434")
OPENAI_BASE_URL = env.text("OPENAI_BASE_URL", "https://api.openai.com/v1")
ANTHROPIC_BASE_URL = env.text("ANTHROPIC_BASE_URL", "https://api.anthropic.com")
GEMINI_BASE_URL = env.text("GEMINI_BASE_URL", "https://generativelanguage.googleapis.com")
# `provider/model`: the model that everybody may use, and that is taken when nobody chooses.
LLM_MODEL = env.text("LLM_MODEL")
# What one call and one job may use at most; asked before every call. A person's day is limited in their account.
LLM_MAX_CALL_TOKENS = int(env.number("LLM_MAX_CALL_TOKENS", 100_000))
LLM_MAX_JOB_TOKENS = int(env.number("LLM_MAX_JOB_TOKENS", 1_000_000))
LLM_MAX_CALL_USD = env.number("LLM_MAX_CALL_USD", 1)
LLM_MAX_JOB_USD = env.number("LLM_MAX_JOB_USD", 5)
TTS_BASE_URL = env.text("TTS_BASE_URL")
# Image models: a server of OpenAI's protocol (empty: OpenAI itself, with a key), and which of its models paints.
IMAGE_BASE_URL = env.text("IMAGE_BASE_URL")
IMAGE_MODEL = env.text("IMAGE_MODEL", "gpt-image-2")
EDGE_TTS_URL = env.text("EDGE_TTS_URL")
# Where public sources are asked instead of at their own addresses; an empty address switches one off. A fact-check asks
# the first two: `{language}` is the script's.
SOURCE_URLS = {
    "wikipedia": "https://{language}.wikipedia.org",
    "arxiv": "https://export.arxiv.org",
    # A SearXNG server; nobody has one unless they say so.
    "web-search": env.text("SEARXNG_URL"),
    **env.mapping("SOURCE_URLS"),
}
# Address or e-mail of whoever runs this studio: sources ask for one in every request.
OPERATOR_CONTACT = env.text("OPERATOR_CONTACT")
# `host:port` that downloads may reach although their addresses are private ones (a test world, a mirror at home).
DOWNLOAD_ALLOW_HOSTS = env.words("DOWNLOAD_ALLOW_HOSTS")
# YouTube is asked by yt-dlp; these options of its Python interface go over the studio's own (proxy, cookiefile …).
YTDLP_OPTIONS = env.options("YTDLP_OPTIONS")
# With a key of YouTube's Data API figures of kept videos and of channels are exact; searching never costs it anything.
YOUTUBE_API_KEY = env.text("YOUTUBE_API_KEY")
YOUTUBE_API_URL = env.text("YOUTUBE_API_URL", "https://www.googleapis.com/youtube/v3")
YOUTUBE_PER_SECOND = env.number("YOUTUBE_PER_SECOND", 1, minimum=0.01)
# Seconds before it is asked again, doubling, where YouTube slows the studio down and does not say for how long.
YOUTUBE_PATIENCE_SECONDS = env.number("YOUTUBE_PATIENCE_SECONDS", 5, minimum=0.01)
# Where the pictures of videos come from, and what the pages' security policy lets in.
YOUTUBE_PICTURES = env.text("YOUTUBE_PICTURES", "https://i.ytimg.com")
# The server's own keys by provider, tried after the user's (accounts.keys). "KEYS" hides them in error pages.
SERVER_KEYS = {provider.slug: env.text(provider.environment) for provider in PROVIDERS}

# --- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

# --- HTTP -------------------------------------------------------------------------------------------------------------
# A studio on loopback speaks plain HTTP; beyond it, TLS ends at a proxy that says so.
SECURE = not LOOPBACK and not DEBUG
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "worker-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "channels_app.api_errors.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CRAFT Studio",
    "DESCRIPTION": "Channels, what they own, and the background jobs that make it.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Fields of one name with other choices each: what their types are called.
    "ENUM_NAME_OVERRIDES": {
        "NoteOrigin": "channels_app.models.Note.Origin",
        "RevisionOrigin": "channels_app.models.Revision.Origin",
        "RevisionState": "channels_app.models.Revision.State",
        "JobState": "jobs.models.State",
    },
}

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        app: {"level": env.choice("LOG_LEVEL", LEVELS, "INFO")} for app in ("jobs", "channels_app", "accounts")
    },
}
