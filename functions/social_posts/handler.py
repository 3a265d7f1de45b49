"""API: what is published by connected accounts, and what others say to them."""

from watchbill.accounts.mentions import MentionList
from watchbill.accounts.posts import NewPost, Post, PostList
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Cursor, Limit, PathName, idempotent, requires
from watchbill.serving import api_handler, services

app = Api("social_posts")


@app.post("/api/social/publish", status_code=202, middlewares=[requires(Scope.EXECUTE), idempotent()])
def publish(wish: NewPost) -> Post:
    """Have something published by an account, at once or at a given instant."""
    return services(app.principal).posts.publish(wish)


@app.get("/api/social/posts", middlewares=[requires(Scope.READ)])
def list_posts(limit: Limit = 50, cursor: Cursor = None) -> PostList:
    """What was published and what is to be, newest first."""
    return services(app.principal).posts.posts(limit, cursor)


@app.get("/api/social/posts/<post_id>", middlewares=[requires(Scope.READ)])
def get_post(post_id: PathName) -> Post:
    """One post, and how far it is."""
    return services(app.principal).posts.post(post_id)


@app.get("/api/social/mentions/<account_id>", middlewares=[requires(Scope.READ)])
def list_mentions(account_id: PathName, limit: Limit = 50, cursor: Cursor = None) -> MentionList:
    """What was said to an account, newest first."""
    return services(app.principal).mentions.mentions(account_id, limit, cursor)


lambda_handler = api_handler(app)
