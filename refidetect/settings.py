"""Django's settings, read from the environment; `.env.example` lists every variable."""

from pathlib import Path

import dj_database_url
import django_stubs_ext
from django.utils.csp import CSP

from refidetect import engines
from refidetect.kit import crypto, env, logs, sentry

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = engines.data_dir()
DEBUG = env.flag("DEBUG", False)

# With no DATABASE_URL the desk runs its own PostgreSQL for one machine: keys may then live beside that data.
EMBEDDED = engines.is_embedded()
SECRET_KEY = crypto.secret_key(DATA_DIR, generate=EMBEDDED)
FIELD_KEYS = crypto.field_keys(DATA_DIR, generate=EMBEDDED)

PUBLIC_BASE_URL = env.text("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = PUBLIC_BASE_URL.startswith("https://")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]

INSTALLED_APPS = [
    "accounts.apps.AccountsConfig",
    "rates.apps.RatesConfig",
    "loans.apps.LoansConfig",
    "outreach.apps.OutreachConfig",
    "reports.apps.ReportsConfig",
    "refidetect.management.apps.ManagementConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "rest_framework",
    "rest_framework_api_key",
]

MIDDLEWARE = [
    "refidetect.health.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LocalTimeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "refidetect.urls"
WSGI_APPLICATION = "refidetect.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csp",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.desk",
            ],
        },
    }
]

# One connection a thread and no pool: a forked child would share its parent's connection.
DATABASES = {
    "default": dj_database_url.parse(engines.database_url(), conn_max_age=60, conn_health_checks=True),
}
# A host that is cut off is noticed in half a minute, not when the kernel gives up after a quarter of an hour.
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    **DATABASES["default"].get("OPTIONS", {}),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = engines.redis_url()
# What web processes share (sign-in attempts, above all). Commands run without Valkey, and then share nothing.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if env.text("REDIS_URL", "")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_BROKER_URL = engines.broker_url()
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "work"
# Senders wait for providers: they run on threads of a worker of their own.
CELERY_TASK_ROUTES = {"outreach.tasks.send_touch": {"queue": "send"}}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Ten times the hard limit, so that no long task is handed out twice; one that were, would find its row done.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 18000}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"reset_password": "accounts.forms.ResetPasswordForm"}
# Mail goes to people we invited, not to whatever address somebody types.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_TOTP_ISSUER = "RefiDetect"
# Nobody signs up here, so an address needs no proof before it may be protected.
MFA_ALLOW_UNVERIFIED_EMAIL = True
SECOND_FACTOR_REQUIRED = env.flag("SECOND_FACTOR_REQUIRED", HTTPS)

# Without a mail server, links to choose a password are shown to the administrator to hand over.
SMTP_HOST = env.text("SMTP_HOST", "")
SMTP_OPTIONS = {
    "host": SMTP_HOST,
    "port": env.integer("SMTP_PORT", 587),
    "username": env.text("SMTP_USER", ""),
    "password": env.text("SMTP_PASSWORD", ""),
    "use_tls": env.flag("SMTP_TLS", True),
    "timeout": 10,
}
MAILERS = {
    "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": SMTP_OPTIONS}
    if SMTP_HOST
    else {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
}
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "desk@example.com")

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "refidetect.kit.packages.PackagedFilesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Collected by one user and served by another, as in a container; what people upload stays private (below).
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
# An upload is streamed to disk; what a portfolio file may weigh is checked by the import itself.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = env.text("UPLOAD_DIR", "") or None
IMPORT_MAX_BYTES = env.integer("IMPORT_MAX_BYTES", 1024**3)

LANGUAGE_CODE = "en-us"
USE_TZ = True
TIME_ZONE = "UTC"

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "table.html"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "refidetect.kit.problems.ProblemSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "refidetect.kit.problems.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "refidetect.kit.problems.ProblemFormatter",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "RefiDetect",
    "DESCRIPTION": "Loans, opportunities, rates, consents, events and the weekly report. Money and rates are decimal strings, "
    "unknown is null. What you try out here is done as you.",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "ChannelEnum": "outreach.models.sequences.Channel",
        "TimingEnum": ["act_now", "wait", "not_in_the_money"],
    },
    "SCHEMA_PATH_PREFIX": "/api/v[0-9]+",
}

FRED_API_KEY = env.text("FRED_API_KEY", "")
FRED_BASE_URL = env.text("FRED_BASE_URL", "https://api.stlouisfed.org")
FREDGRAPH_BASE_URL = env.text("FREDGRAPH_BASE_URL", "https://fred.stlouisfed.org")
PMMS_BASE_URL = env.text("PMMS_BASE_URL", "https://www.freddiemac.com")

# Without keys a channel is the sandbox: what would have gone out is kept and shown.
SENDGRID_API_KEY = env.text("SENDGRID_API_KEY", "")
SENDGRID_BASE_URL = env.text("SENDGRID_BASE_URL", "https://api.sendgrid.com")
SENDGRID_WEBHOOK_PUBLIC_KEY = env.text("SENDGRID_WEBHOOK_PUBLIC_KEY", "")
SENDGRID_INBOUND_PASSWORD = env.text("SENDGRID_INBOUND_PASSWORD", "")
# Where replies to e-mail come in, as r+TOKEN@ this domain; its MX is SendGrid's.
REPLY_DOMAIN = env.text("REPLY_DOMAIN", "")
TWILIO_ACCOUNT_SID = env.text("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKEN = env.text("TWILIO_AUTH_TOKEN", "")
TWILIO_AUTH_TOKEN_SECONDARY = env.text("TWILIO_AUTH_TOKEN_SECONDARY", "")
TWILIO_MESSAGING_SERVICE_SID = env.text("TWILIO_MESSAGING_SERVICE_SID", "")
TWILIO_BASE_URL = env.text("TWILIO_BASE_URL", "https://api.twilio.com")
CALENDLY_SIGNING_KEY = env.text("CALENDLY_SIGNING_KEY", "")
CALCOM_SECRET = env.text("CALCOM_SECRET", "")
LOS_WEBHOOK_SECRET = env.text("LOS_WEBHOOK_SECRET", "")

METRICS_TOKEN = env.text("METRICS_TOKEN", "")
sentry.start(env.text("SENTRY_DSN", ""))
LOGGING = logs.configuration(level=env.text("LOG_LEVEL", "INFO"))
