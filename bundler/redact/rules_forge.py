"""Rules for the tokens of code hosts and package registries, by the shape their issuers gave them."""

from __future__ import annotations

from bundler.redact.issued import issued
from bundler.redact.rule import Rule

_GITLAB = b"glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glsoat- glimt- glagent- gloas- glffct- glwt-".split()

FORGE_RULES: tuple[Rule, ...] = (
    issued(
        "github-token",
        "GitHub tokens",
        "GitHub documentation, token formats",
        (rb"ghp_", rb"gho_", rb"ghu_", rb"ghs_", rb"ghr_"),
        rb"gh[pousr]_[A-Za-z0-9]{30,}+",
        ("ghp_ExampleOnly0123456789abcdefghijklmn", "ghs_ExampleOnly0123456789abcdefghijklmn"),
        ("ghp_short", "high_priority", "8f14e45fceea167a5a36dedd4bea2543a1b2c3d4"),
    ),
    issued(
        "github-fine-token",
        "GitHub fine-grained tokens",
        "GitHub documentation, token formats",
        (rb"github_pat_",),
        rb"github_pat_[A-Za-z0-9_]{30,}+",
        ("github_pat_11EXAMPLE00example_only_0123456789",),
        ("github_pat_short", "github_pattern"),
    ),
    issued(
        "gitlab-token",
        "GitLab tokens",
        "GitLab documentation, token prefixes",
        tuple(_GITLAB),
        rb"gl(?:pat|dt|rtr?|cbt|ptt|ft|soat|imt|agent|oas|ffct|wt)-[A-Za-z0-9_.-]{16,}+",
        ("glpat-Example_only_0123456", "glrt-Example_only_0123456", "glcbt-64_Example_only_0123456"),
        ("glpat-x", "gldt-short"),
    ),
    issued(
        "atlassian-token",
        "Atlassian and Bitbucket API tokens",
        "Atlassian documentation, manage API tokens; Bitbucket, access tokens",
        (rb"ATATT3x", rb"ATCTT3x", rb"ATSTT3x"),
        rb"AT[ACS]TT3x[A-Za-z0-9_=+/-]{40,}+",
        ("ATATT3xFfGF0ExampleOnly0123456789abcdefghijklmnopqrstuvwxyz0123456789=ABCDEF01",),
        ("ATATT3x", "ATTACHMENT3x"),
    ),
    issued(
        "npm-token",
        "npm tokens",
        "npm documentation, access tokens",
        (rb"npm_",),
        rb"npm_[A-Za-z0-9]{36}",
        ("npm_ExampleOnly0123456789abcdefghijklmno0",),
        ("npm_config_cache", "npm_package_dependencies_of_the_shop_module"),
    ),
    issued(
        "pypi-token",
        "PyPI tokens",
        "PyPI help, API tokens",
        (rb"pypi-AgE",),
        rb"pypi-AgE[A-Za-z0-9_-]{40,}+",
        ("pypi-AgEIcHlwaS5vcmcCExampleOnly0123456789abcdefghijklmnopqrstuvwxyz0123456789",),
        ("pypi-AgEd", "pypi-server-1.2.3"),
    ),
    issued(
        "docker-token",
        "Docker Hub access tokens",
        "Docker documentation, personal and organization access tokens",
        (rb"dckr_pat_", rb"dckr_oat_"),
        rb"dckr_[po]at_[A-Za-z0-9_-]{20,}+",
        ("dckr_pat_ExampleOnly0123456789abcde", "dckr_oat_ExampleOnly0123456789abcde"),
        ("dckr_pat_", "dckr_pat_short"),
    ),
    issued(
        "rubygems-key",
        "RubyGems API keys",
        "RubyGems guides, API key scopes",
        (rb"rubygems_",),
        rb"rubygems_[a-f0-9]{48}",
        ("rubygems_0123456789abcdef0123456789abcdef0123456789abcdef",),
        ("rubygems_version", "rubygems_0123456789abcdef"),
    ),
    issued(
        "nuget-key",
        "NuGet API keys",
        "NuGet documentation, scoped API keys",
        (rb"oy2",),
        rb"oy2[a-z0-9]{43}(?![A-Za-z0-9])",
        ("oy2example0only0123456789abcdefghijklmnopqrstu",),
        ("oy2", "oy2short"),
    ),
    issued(
        "jfrog-token",
        "JFrog API keys and reference tokens",
        "JFrog documentation, access tokens",
        (rb"AKCp", rb"cmVmdGtu"),
        rb"(?:AKCp[A-Za-z0-9]{60,80}+|cmVmdGtu[A-Za-z0-9]{50,60}+)",
        (
            "AKCp8ExampleOnly0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKL",
            "cmVmdGtuExampleOnly0123456789abcdefghijklmnopqrstuvwxyz0123456789",
        ),
        ("AKCpShort", "cmVmdGtu"),
    ),
)
