"""Settings of one installation: typed readers of the environment, a clear sentence when a value is wrong.

What a place decides is a profile; what administrators change is data with history. Only what the
machine decides stands here.
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from lianxin.faces.parts.discretion import LOGGERS
from lianxin.operations.naming import is_immutable

ROOT = Path(__file__).resolve().parents[3]


def _text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def _flag(name: str, *, default: bool = False) -> bool:
    value = _text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, but is {value!r}.")
    return value in {"1", "true", "yes"}


def _number(name: str, default: int) -> int:
    value = _text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, but is {value!r}.")
    return int(value)


def _secret(name: str, default: str) -> str:
    """Read a secret from the file that NAME_FILE names, or from NAME."""
    path = _text(f"{name}_FILE")
    if not path:
        return _text(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}.") from error


def database_from_url(url: str, *, pooled: bool) -> dict[str, object]:
    """Turn a postgresql:// address into Django's form; a socket's folder comes as ?host=/folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// (PostgreSQL 18 is the only engine).")
    query = dict(parse_qsl(parts.query))
    options: dict[str, object] = {
        "options": "-c jit=off -c timezone=UTC",
        # The server keeps the plans of statements that come again: a third of its work for an act on a case.
        "server_side_binding": True,
        "prepare_threshold": 5 if _flag("LIANXIN_PREPARE", default=True) else None,
    }
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "lianxin",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or query.get("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0 if pooled else None,
        "TEST": {"TEMPLATE": "template0"},
    }


DATA = Path(_text("LIANXIN_DATA", str(ROOT / ".run" / "data"))).resolve()
DEBUG = _flag("LIANXIN_DEBUG")
DEMO = _flag("LIANXIN_DEMO")
SECRET_KEY = _secret("LIANXIN_SECRET_KEY", "only-for-tests-and-the-demo" if DEBUG or DEMO else "")
ALLOWED_HOSTS = _text("LIANXIN_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
# How many proxies of our own stand in front: so many entries of X-Forwarded-For are to be believed.
PROXIES = _number("LIANXIN_PROXIES", 0)
# Most reports a minute from one address by those who are not staff; ten times as many files. 0: no limit.
REPORTS_A_MINUTE = _number("LIANXIN_REPORTS_A_MINUTE", 60)
CSRF_TRUSTED_ORIGINS = [origin for origin in _text("LIANXIN_ORIGINS").split(",") if origin]

DATABASE_URL = _text("DATABASE_URL", "postgresql:///lianxin")
DATABASES = {"default": database_from_url(DATABASE_URL, pooled=_flag("LIANXIN_POOL"))}
# LISTEN, advisory locks and migrations need a connection that no pooler shares.
DATABASE_DIRECT_URL = _text("DATABASE_DIRECT_URL", DATABASE_URL)

INSTALLED_APPS = [
    "lianxin.kernel.journal",
    "lianxin.kernel.configuration",
    "lianxin.kernel.worktime",
    "lianxin.kernel.files",
    "lianxin.kernel.idempotency",
    "lianxin.kernel.throttle",
    "lianxin.foundation.areas",
    "lianxin.foundation.organizations",
    "lianxin.foundation.accounts",
    "lianxin.foundation.audit",
    "lianxin.foundation.notifications",
    "lianxin.registry.sources",
    "lianxin.registry.basemap",
    "lianxin.registry.places",
    "lianxin.registry.people",
    "lianxin.registry.care",
    "lianxin.registry.components",
    "lianxin.registry.cameras",
    "lianxin.registry.sensors",
    "lianxin.registry.exports",
    "lianxin.registry.quality",
    "lianxin.registry.collecting",
    "lianxin.registry.imports",
    "lianxin.work.dispatch",
    "lianxin.work.cases",
    "lianxin.work.desk",
    "lianxin.work.contractors",
    "lianxin.work.dispatchdays",
    "lianxin.work.liaison",
    "lianxin.work.stations",
    "lianxin.work.disclosure",
    "lianxin.work.wishes",
    "lianxin.work.patrols",
    "lianxin.work.visits",
    "lianxin.work.alarms",
    "lianxin.work.warnings",
    "lianxin.insight.portraits",
    "lianxin.insight.months",
    "lianxin.insight.statistics",
    "lianxin.insight.views",
    "lianxin.insight.tables",
    "lianxin.faces.parts",
    "lianxin.faces.maps",
    "lianxin.faces.screen",
    "lianxin.faces.console",
    "lianxin.faces.resident",
    "lianxin.faces.worker",
    "lianxin.faces.api",
    "lianxin.faces.gateways.wechat",
    "lianxin.faces.gateways.cap",
    "lianxin.faces.live",
    "lianxin.operations",
    "procrastinate.contrib.django",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lianxin.faces.api.edge.number_requests",
    "lianxin.faces.identity.middleware.IdentityMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "lianxin.faces.parts.faults.FaultMiddleware",
]
CSRF_FAILURE_VIEW = "lianxin.faces.parts.faults.forbidden"
ROOT_URLCONF = "lianxin.operations.urls"
WSGI_APPLICATION = "lianxin.operations.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
# Keys in addresses stay out of the log, whoever writes it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discretion": {"()": "lianxin.faces.parts.discretion.Discretion"}},
    "loggers": {name: {"filters": ["discretion"]} for name in LOGGERS},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.Account"
PASSWORD_HASHERS = ["lianxin.foundation.accounts.hashing.Argon2"]

LANGUAGE_CODE = "zh-hans"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = Path(_text("LIANXIN_STATIC", str(DATA / "static")))
STATICFILES_DIRS = [path for path in [ROOT / "src/lianxin/faces/static_build"] if path.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "lianxin.operations.static.HashedStorage"},
}
WHITENOISE_IMMUTABLE_FILE_TEST = is_immutable
# Keys for identity numbers and phones; made at the first start, kept apart from backups of the database.
KEYS_FILE = Path(_text("LIANXIN_KEYS_FILE", str(DATA / "keys.json")))
# The live process answers on a port of its own; 0 says a proxy in front gives both one address.
LIVE_PORT = _number("LIANXIN_LIVE_PORT", 0)
# The MQTT broker that devices speak to: mqtt://host:1883, mqtts://host:8883, unix:///path. Empty or none: HTTP only.
MQTT_URL = _text("LIANXIN_MQTT_URL").removeprefix("none")
MQTT_USER = _text("LIANXIN_MQTT_USER", "lianxin-intake")
MQTT_PASSWORD = _secret("LIANXIN_MQTT_PASSWORD", "")
MQTT_AUTHORITIES = _text("LIANXIN_MQTT_AUTHORITIES")  # a file of certificates to trust
# Where devices reach it, as their pages tell; and the folder of a broker of ours, whose lists we keep.
MQTT_PUBLIC_URL = _text("LIANXIN_MQTT_PUBLIC_URL")
BROKER_FOLDER = _text("LIANXIN_BROKER_FOLDER")
FILES_ROOT = DATA / "files"
OUTBOX_ROOT = DATA / "outbox"
# Where people outside reach us, without a slash at the end: for links in text messages and on posters.
PUBLIC_URL = _text("LIANXIN_PUBLIC_URL", "http://localhost:8000").rstrip("/")
# Without a gateway, text messages and e-mails are written to files in OUTBOX_ROOT.
SMS_URL = _text("LIANXIN_SMS_URL")
SMS_KEY = _secret("LIANXIN_SMS_KEY", "")
# Cards inside WeChat: off without the public account's id. The script is WeChat's own, let in on shared pages only.
WECHAT_APPID = _text("LIANXIN_WECHAT_APPID")
WECHAT_SECRET = _secret("LIANXIN_WECHAT_SECRET", "")
WECHAT_URL = _text("LIANXIN_WECHAT_URL", "https://api.weixin.qq.com").rstrip("/")
WECHAT_SDK_URL = _text("LIANXIN_WECHAT_SDK_URL")
EMAIL_HOST = _text("LIANXIN_EMAIL_HOST")
EMAIL_PORT = _number("LIANXIN_EMAIL_PORT", 465)
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_HOST_USER = _text("LIANXIN_EMAIL_USER")
EMAIL_HOST_PASSWORD = _secret("LIANXIN_EMAIL_PASSWORD", "")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = _text("LIANXIN_EMAIL_FROM", EMAIL_HOST_USER or "lianxin@localhost")

X_FRAME_OPTIONS = "DENY"
# No inline script or style, nothing from elsewhere; a proxy that joins live and web needs no port in connect-src.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'", *([f"*:{LIVE_PORT}"] if LIVE_PORT else [])],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
SILENCED_SYSTEM_CHECKS: list[str] = []
