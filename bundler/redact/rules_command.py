"""Rules for secrets in commands, in connection strings without a name beside them, and in what people write."""

from __future__ import annotations

from bundler.redact.commands import PROGRAMS, command_password, curl_cookie, curl_password, option_value
from bundler.redact.proofs import looks_random
from bundler.redact.rule import Rank, Rule
from bundler.redact.shapes import shape

COMMAND_RULES: tuple[Rule, ...] = (
    Rule(
        name="curl-user",
        kind="secret",
        what="the password of `curl -u`",
        source="curl manual page, option --user",
        rank=Rank.CHECKED,
        anchors=(rb" -u", rb" -U", rb" --user", rb" --proxy-user"),
        locate=curl_password,
        certain=True,
        beats_identifiers=True,
        hits=(
            "curl -u shop:«hunter2pass» https://api.example.com/x",
            "curl --user 'shop:«hunter2pass»' https://api.example.com",
        ),
        misses=("docker run -u 1000:1000 alpine", "curl --user-agent probe:1 https://api.example.com"),
    ),
    Rule(
        name="secret-option",
        kind="secret",
        what="passwords, secrets, tokens and keys as options of a command",
        source="POSIX utility conventions, GNU long options",
        rank=Rank.KEYED,
        view="signs",
        anchors=(rb"--",),
        locate=option_value,
        proof=looks_random,
        beats_identifiers=True,
        hits=("login --password «hunter118»", "run --client-secret «abcDEF123ghi456» --x-api-key «abcDEF123ghi456»"),
        misses=("use --password instead", "--token $TOKEN --verbose", "--secret <value>", "--password --user ola-7"),
    ),
    Rule(
        name="curl-cookie",
        kind="cookie",
        what="cookies of `curl -b`",
        source="curl manual page, option --cookie",
        rank=Rank.CHECKED,
        anchors=(rb" -b '", rb' -b "', rb" -b `", rb" -b \$'", rb" -b \\", rb" --cookie ", rb" --cookie="),
        locate=curl_cookie,
        certain=True,
        beats_identifiers=True,
        hits=(
            "curl -b 'sid=«4b1fe2c09d77»' https://api.example.com",
            "curl --cookie sid=«4b1fe2c09d77» https://api.example.com",
        ),
        misses=(
            "curl -b cookies.txt https://api.example.com",
            "grep -b 'sid=4b1fe2c09d77' notes",
            "curl --cookie-jar jar",
        ),
    ),
    Rule(
        name="command-password",
        kind="secret",
        what="passwords as options of commands that have one of their own (`mysql -p…`, `sshpass -p`, `redis-cli -a`)",
        source="the manual pages of these commands",
        rank=Rank.CHECKED,
        anchors=PROGRAMS,
        locate=command_password,
        certain=True,
        beats_identifiers=True,
        hits=(
            "mysql -uroot -p«hunter2x» orders",
            "mysqldump --host db -p«hunter2x» orders",
            "sshpass -p «hunter2x» ssh ola@host",
            "redis-cli -h cache -a «hunter2x» ping",
            "docker login -u shop -p «hunter2x» registry.example.com",
            "openssl rsa -passin pass:«hunter2x» -in key.pem",
        ),
        misses=(
            "mysql -p orders",
            "mysql 8.0.36 is up",
            "redis-cli ping",
            "sshpass -f file ssh host",
            "openssl version -a",
        ),
    ),
    Rule(
        name="oracle-password",
        kind="secret",
        what="passwords in connection strings of Oracle",
        source="Oracle JDBC developer's guide, database URLs",
        rank=Rank.CHECKED,
        anchors=(rb"jdbc:oracle:",),
        locate=shape(rb"jdbc:oracle:(?:thin|oci8?):[^\s/@\"'`]{1,64}/([^\s@\"'`]{1,128}+)@"),
        certain=True,
        beats_identifiers=True,
        hits=("jdbc:oracle:thin:scott/«tiger118»@//db.example.com:1521/orders",),
        misses=("jdbc:oracle:thin:@//db.example.com:1521/orders",),
    ),
    Rule(
        name="netrc-password",
        kind="secret",
        what="passwords in `.netrc` files",
        source="ftp(1) and curl manual pages, the .netrc file",
        rank=Rank.CHECKED,
        anchors=(rb"login ",),
        locate=shape(rb"login[ \t]+[^\s\"'`]{1,64}(?:[ \t\r\n+]|\\n){1,8}password[ \t+]{1,4}([^\s\"'`\\&<>]{4,256}+)"),
        proof=looks_random,
        beats_identifiers=True,
        hits=("machine api.example.com login svc password «hunter2xyz»", "login svc\n  password «hunter2xyz»\n"),
        misses=("login failed password wrong", "login with password is off"),
    ),
    Rule(
        name="password-in-text",
        kind="secret",
        what="passwords after the word, in prose",
        source="OWASP Logging Cheat Sheet, data to exclude",
        rank=Rank.CHECKED,
        view="folded",
        anchors=(
            rb"password is ",
            rb"password was ",
            rb"passcode is ",
            rb"passord er ",
            rb"password of ",
        ),
        locate=shape(
            rb"(?i:passw?ord|passcode)(?: (?i:is|was|er|of [\w.@-]{1,64} (?:is|was)))(?: now| then)? [\"'`]?"
            rb"((?=[^\s\"'`\\<]*[0-9])(?=[^\s\"'`\\<]*[A-Za-z])[^\s\"'`\\<]{6,128}?)[.,;!?]?(?=[\s\"'`\\<]|\Z)"
        ),
        proof=looks_random,
        beats_identifiers=True,
        hits=("the password is «hunter2x9» now", "Password was «Tr0ub4dor-77x».", "password of ola is «hunter2x9»"),
        misses=(
            "password is required",
            "password is 8 characters long",
            "password of the user is wrong",
            "password is expired",
        ),
    ),
    Rule(
        name="code-in-text",
        kind="secret",
        what="one-time codes after the word, in prose",
        source="OWASP Logging Cheat Sheet, data to exclude",
        rank=Rank.CHECKED,
        view="folded",
        anchors=(
            rb"otp ",
            rb"one-time code ",
            rb"verification code ",
            rb"pin code ",
            rb"engangskode ",
            rb"engangskod ",
        ),
        locate=shape(
            rb"(?i:otp(?: code)?|one-time code|verification code|pin code|engangskode|engangskod)(?: is| was| er)? "
            rb"[\"'`]?([0-9]{4,8})(?![0-9A-Za-z_.,-][0-9A-Za-z]|[0-9A-Za-z_])"
        ),
        everywhere=False,
        hits=("the OTP code «482913» was sent", "your verification code is «482913»"),
        misses=("otp 12", "otp sent at 1712345698", "verification code expired after 300 s"),
    ),
)
