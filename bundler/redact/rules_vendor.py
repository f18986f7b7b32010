"""Rules for keys whose issuer gave them a shape of their own, so that they can be told without a name beside them."""

from __future__ import annotations

from bundler.redact.rule import Rank, Rule
from bundler.redact.shapes import shape


def _key(
    name: str, what: str, source: str, anchors: tuple[bytes, ...], pattern: bytes, hit: str, miss: str, *, back: int = 0
) -> Rule:
    return Rule(
        name=name,
        kind="key",
        what=what,
        source=source,
        rank=Rank.CERTAIN,
        anchors=anchors,
        locate=shape(pattern, back),
        certain=True,
        beats_identifiers=True,
        hits=(hit,),
        misses=(miss,),
    )


VENDOR_RULES: tuple[Rule, ...] = (
    _key(
        "stripe-key",
        "Stripe secret and restricted keys",
        "Stripe documentation, API keys",
        (rb"live_", rb"test_"),
        rb"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}+",
        "sk_live_51Nq0ZrExampleOnlyKey00",
        "pk_live_51Nq0ZrExampleOnlyKey00",
        back=3,
    ),
    _key(
        "webhook-secret",
        "webhook signing secrets",
        "Stripe documentation, webhooks",
        (rb"whsec_",),
        rb"whsec_[A-Za-z0-9+/=]{16,}+",
        "whsec_9fQ2mExampleOnlySecret7",
        "whsec_short",
    ),
    _key(
        "payment-client-secret",
        "client secrets of payment and setup intents",
        "Stripe documentation, payment intents",
        (rb"pi_[A-Za-z0-9]{8,64}_secret_", rb"seti_[A-Za-z0-9]{8,64}_secret_"),
        rb"(?:pi|seti)_[A-Za-z0-9]{8,64}+_secret_[A-Za-z0-9]{8,}+",
        "pi_3Nq0ZrExample_secret_Zr8ExampleOnly00",
        "pi_3Nq0ZrExample00",
    ),
    _key(
        "mollie-key",
        "Mollie API keys",
        "Mollie documentation, authentication",
        (rb"live_", rb"test_"),
        rb"(?:live|test)_[A-Za-z0-9]{28,64}+(?![A-Za-z0-9_])",
        "live_aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1z",
        "test_payment_is_captured_once",
    ),
    _key(
        "aws-access-key",
        "AWS access key ids",
        "AWS documentation, unique identifiers of IAM",
        (rb"AKIA", rb"ASIA"),
        rb"A(?:KIA|SIA)[A-Z2-7]{16}(?![A-Za-z0-9])",
        "AKIAIOSFODNN7EXAMPLE",
        "AKIAIOSFODNN",
    ),
    _key(
        "github-token",
        "GitHub tokens",
        "GitHub documentation, token formats",
        (rb"gh[pousr]_",),
        rb"gh[pousr]_[A-Za-z0-9]{30,}+",
        "ghp_ExampleOnly0123456789abcdefghijklmn",
        "ghp_short",
    ),
    _key(
        "github-fine-token",
        "GitHub fine-grained tokens",
        "GitHub documentation, token formats",
        (rb"github_pat_",),
        rb"github_pat_[A-Za-z0-9_]{30,}+",
        "github_pat_11EXAMPLE00example_only_0123456789",
        "github_pat_short",
    ),
    _key(
        "gitlab-token",
        "GitLab tokens",
        "GitLab documentation, token prefixes",
        (rb"glpat-",),
        rb"glpat-[A-Za-z0-9_-]{16,}+",
        "glpat-Example_only_0123456",
        "glpat-x",
    ),
    _key(
        "slack-token",
        "Slack tokens",
        "Slack documentation, token types",
        (rb"xox[abeoprs]-",),
        rb"xox[abeoprs]-[A-Za-z0-9-]{10,}+",
        "xoxb-123456789012-ExampleOnly",
        "xoxo-kiss",
    ),
    _key(
        "slack-webhook",
        "Slack webhook addresses",
        "Slack documentation, incoming webhooks",
        (rb"hooks.slack.com/services/",),
        rb"hooks\.slack\.com/services/([A-Za-z0-9/]{16,}+)",
        "https://hooks.slack.com/services/«T00000000/B00000000/ExampleOnlyXXXXXXXX»",
        "hooks.slack.com/services/",
    ),
    _key(
        "google-key",
        "Google API keys",
        "Google Cloud documentation, API keys",
        (rb"AIza",),
        rb"AIza[A-Za-z0-9_-]{35}",
        "AIzaExampleOnly0123456789abcdefghijklmn",
        "AIzaShort",
    ),
    _key(
        "sendgrid-key",
        "SendGrid keys",
        "SendGrid documentation, API keys",
        (rb"SG\.",),
        rb"SG\.[A-Za-z0-9_-]{16,}+\.[A-Za-z0-9_-]{16,}+",
        "SG.ExampleOnly012345678.ExampleOnly0123456789abcdef",
        "SG.Foo.Bar",
    ),
    _key(
        "npm-token",
        "npm tokens",
        "npm documentation, access tokens",
        (rb"npm_",),
        rb"npm_[A-Za-z0-9]{36}",
        "npm_ExampleOnly0123456789abcdefghijklmno0",
        "npm_config_cache",
    ),
    _key(
        "paypal-access-token",
        "PayPal and Braintree access tokens",
        "Braintree documentation, access tokens",
        (rb"access_token\$",),
        rb"access_token\$(?:production|sandbox)\$[a-z0-9]{8,}+\$([a-f0-9]{32})",
        "access_token$production$mr4example00$«0123456789abcdef0123456789abcdef»",
        "access_token$expired",
    ),
)
