"""Other mail libraries take our mail apart into the same parts, names, types and bytes."""

from __future__ import annotations

import email
import email.policy
import json
import shutil
import subprocess
from hashlib import sha256

import pytest

from tests.mail.mails import SUBJECT, attachments, mail

MIME_PARSER = r"""
use strict; use warnings; use MIME::Parser; use Digest::SHA qw(sha256_hex); use JSON::PP;
binmode STDIN; my $parser = MIME::Parser->new; $parser->output_to_core(1); $parser->tmp_to_core(1);
my $top = $parser->parse(\*STDIN); my $subject = $top->head->get('Subject'); $subject =~ s/\r?\n//g;
my @parts;
for my $part ($top->parts_DFS) {
    next if $part->parts || $part->effective_type =~ m{^multipart/};
    my $body = $part->bodyhandle->as_string;
    push @parts, [$part->effective_type, $part->head->recommended_filename // '', sha256_hex($body)];
}
print encode_json({subject => $subject, parts => \@parts});
"""

EMAIL_MIME = r"""
use strict; use warnings; use Email::MIME; use Digest::SHA qw(sha256_hex); use JSON::PP;
binmode STDIN; local $/; my $top = Email::MIME->new(<STDIN>);
my @parts;
$top->walk_parts(sub {
    my ($part) = @_; return if $part->subparts;
    my ($type) = split /;/, $part->content_type;
    push @parts, [$type, $part->filename // '', sha256_hex($part->body)];
});
print encode_json({subject => $top->header('Subject'), parts => \@parts});
"""


def _expected() -> list[list[str]]:
    files = attachments()
    inline = [file for file in files if file.content_id]
    return [
        [file.media_type, file.name, sha256(file.data).hexdigest()]
        for file in [*inline, *(file for file in files if not file.content_id)]
    ]


def test_standard_library_reads_the_same() -> None:
    message = email.message_from_bytes(mail(), policy=email.policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    assert (
        [
            [part.get_content_type(), part.get_filename() or "", sha256(part.get_payload(decode=True)).hexdigest()]  # type: ignore[arg-type]  # bytes, for these are leaves
            for part in parts[2:]
        ]
        == _expected()
    )
    assert [part.get_content_type() for part in parts[:2]] == ["text/plain", "text/html"]
    assert not any(part.defects for part in message.walk())


@pytest.mark.real
@pytest.mark.parametrize(
    ("module", "package", "script"),
    [
        ("MIME::Parser", "libmime-tools-perl", MIME_PARSER),
        ("Email::MIME", "libemail-mime-perl", EMAIL_MIME),
    ],
)
def test_perl_reads_the_same(module: str, package: str, script: str) -> None:
    perl = shutil.which("perl")
    if perl is None or subprocess.run([perl, f"-M{module}", "-e", "1"], capture_output=True).returncode:
        pytest.skip(f"needs Perl with {module} (Debian package {package})")
    done = subprocess.run([perl, "-e", script], input=mail(), capture_output=True, check=True)
    assert done.stderr == b""
    told = json.loads(done.stdout)
    assert told["subject"] == SUBJECT
    assert told["parts"][2:] == _expected()
    assert [part[0] for part in told["parts"][:2]] == ["text/plain", "text/html"]
