"""The functions of connected accounts as data: connecting and forgetting them, and what follows."""

from infra.declarations import READ, WRITE, Api, Function, Messages
from watchbill.platform.queue import Queue

ACCOUNTS = (
    Function(
        name="social",
        trigger=Api(
            (
                "GET /api/social/platforms",
                "POST /api/social/auth/{platform}/initiate",
                "POST /api/social/auth/{platform}/complete",
                "GET /api/social/accounts/{sessionId}",
                "POST /api/social/disconnect",
                "GET /api/social/redirects",
                "PUT /api/social/redirects",
            )
        ),
        table=("GetItem", "Query", *WRITE),
        calls_out=True,
        knows_platforms=True,
        sealing=("Encrypt", "Decrypt"),
        timeout=29,
    ),
    Function(
        name="social_callback",
        trigger=Api(
            ("GET /api/social/auth/{platform}/callback",),
            public="Whoever is sent back by a platform has no key, but shows the state that was given out for them.",
        ),
        table=("GetItem", "Query", "PutItem", "UpdateItem"),
        calls_out=True,
        knows_platforms=True,
        sealing=("Encrypt", "Decrypt"),
        timeout=29,
    ),
    Function(
        name="social_posts",
        trigger=Api(
            (
                "POST /api/social/publish",
                "GET /api/social/posts",
                "GET /api/social/posts/{postId}",
                "GET /api/social/mentions/{accountId}",
            )
        ),
        table=(*READ, *WRITE),
        knows_platforms=True,
        timeout=25,
    ),
    Function(
        name="social_webhook",
        trigger=Api(
            ("GET /api/social/webhook/{platform}", "POST /api/social/webhook/{platform}"),
            public="Platforms have no key, but sign what they send, which is looked at before anything else.",
        ),
        table=("GetItem", "Query", "PutItem"),
        knows_platforms=True,
        timeout=10,
    ),
    Function(
        name="social_worker",
        # Whoever waits for a platform comes again; one that comes far more often is broken.
        trigger=Messages(Queue.SOCIAL, max_receives=200),
        table=("GetItem", "PutItem", "DeleteItem"),
        calls_out=True,
        knows_platforms=True,
        sealing=("Encrypt", "Decrypt"),
        timeout=90,
    ),
)
