"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id by OWASP's advice for servers: 19 MiB and two passes, so that many sign-ins at once fit in memory."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
