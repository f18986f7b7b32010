"""A profile of the user's own is reviewed as a whole: what is wrong is told with its file, its line and the fix."""

from __future__ import annotations

import pytest

from bundler.errors import UnreadableInput
from bundler.providers import PROVIDERS
from bundler.providers.loading import read_shipped
from bundler.providers.reading import MOST_PROBLEMS, read
from bundler.providers.reviewing import MOST_SHAPES, review, reviewed

HEAD = 'slug = "acme"\nname = "Acme Pay"\nvalid_from = "2026-11-23"\n'
PAY = '[[families]]\nslug = "pay"\nname = "Payments"\npaths = ["/pay"]\n'
CODE = 'code = "1"\ntitle = "t"\nremedy = "r"\nwho = "code"\n'
CALL = '[[operations]]\nfamily = "pay"\nname = "capture"\nmethod = "POST"\npath = "/pay/{paymentId}/capture"\n'
ID = '[[identifiers]]\nname = "paymentId"\nrole = "payment_id"\npattern = "[0-9]{4}"\nsamples = ["2040"]\n'
SHAPE = '[[shapes]]\nname = "short"\nneeds = ["code"]\ncode = "code"\nsamples = [\'{"code":"1"}\']\n'
TEXT = '[[texts]]\nname = "late"\ntitle = "t"\nremedy = "r"\nwho = "code"\n'
BEHAVIOUR = '[[behaviours]]\nname = "b"\ntitle = "t"\nexplanation = "e"\nremedy = "r"\nwho = "code"\n'
FIELD = '[[fields]]\nfamily = "pay"\nfield = "amount"\nremedy = "r"\n'
DEMAND = '[[header_demands]]\nname = "X-Shop"\nneed = "required"\nremedy = "r"\n'
DESK = '[[desks]]\nname = "d"\ntitle = "t"\nhelps_with = "h"\n'
PAYLOAD = '[[payloads]]\nfamily = "pay"\nname = "p"\n'


def told(rows: str = "", head: str = HEAD, folder: str = "acme") -> list[tuple[str, str]]:
    """Message and hint of every problem of a profile with its ``rows`` in one file; the message without its folder."""
    found = review(read(folder, [("profile.toml", head.encode()), ("rows.toml", rows.encode())]), is_own=True)
    return [(problem.message.removeprefix(f"{folder}/"), problem.hint) for problem in found]


@pytest.mark.parametrize("slug", PROVIDERS)
def test_a_shipped_profile_has_nothing_that_would_be_refused(slug: str) -> None:
    assert [problem.message for problem in review(read_shipped(slug), is_own=False)] == []


def test_a_profile_without_a_mistake_is_the_one_that_was_read() -> None:
    rows = PAY + CALL + ID + SHAPE + '[[codes]]\nfamily = "pay"\n' + CODE
    profile = reviewed(read("acme", [("profile.toml", HEAD.encode()), ("rows.toml", rows.encode())]))
    assert (profile.slug, [row.name for row in profile.identifiers]) == ("acme", ["paymentId"])


@pytest.mark.parametrize(
    ("rows", "words", "lines"),
    [
        (
            PAY + 2 * ('[[codes]]\nfamily = "pay"\ngroup = "41"\n' + CODE),
            "the code 1 of the family pay in the group 41",
            (12, 5),
        ),
        (2 * ('[[codes]]\nfamily = ""\n' + CODE), "the code 1", (7, 1)),
        (2 * '[[families]]\nslug = "pay"\nname = "Payments"\n', "the family pay", (4, 1)),
        (PAY + PAY.replace('"pay"', '"pay2"'), "the path /pay", (5, 1)),
        (
            2 * '[[hosts]]\nhost = "api.acme.example"\nenvironment = "sandbox"\npath = "/v1"\n',
            "the host api.acme.example/v1",
            (5, 1),
        ),
        (PAY + 2 * CALL, "the call POST /pay/{paymentId}/capture of the family pay", (10, 5)),
        (2 * ID, "the identifier paymentId", (6, 1)),
        (PAY + 2 * f'{ID}families = ["pay"]\n', "the identifier paymentId of the family pay", (11, 5)),
        (2 * SHAPE, "the name 'short'", (6, 1)),
        (2 * f'{TEXT}contains = ["late"]\nsamples = ["too late"]\n', "the name 'late'", (8, 1)),
        (2 * f'{BEHAVIOUR}mentions = [["a"]]\nsamples = ["a"]\nmisses = ["b"]\n', "the name 'b'", (10, 1)),
        (2 * DESK, "the name 'd'", (5, 1)),
        (2 * '[[headers]]\nkind = "secret"\nnames = ["X-Key"]\n', "the name X-Key", (4, 1)),
        (2 * '[[statuses]]\nstatus = 400\ncause = "c"\nremedy = "r"\nwho = "code"\n', "the status 400", (6, 1)),
        (PAY + 2 * FIELD, "the field amount of the family pay", (9, 5)),
        (2 * DEMAND, "the header X-Shop", (5, 1)),
        (PAY + 2 * f'{PAYLOAD}needs = ["name"]\n', "the name 'p' of the family pay", (9, 5)),
    ],
)
def test_two_rows_about_the_same_are_refused_with_the_lines_of_both(
    rows: str, words: str, lines: tuple[int, int]
) -> None:
    [(message, hint)] = told(rows)
    table = rows.splitlines()[lines[0] - 1].strip("[]")
    assert message == f"rows.toml, line {lines[0]}, {table}: {words} stands in line {lines[1]} already."
    assert hint


def test_a_row_that_clashes_with_one_of_another_file_names_that_file() -> None:
    codes = 'family = ""\n[[codes]]\n' + CODE
    files = [("a.toml", codes), ("b.toml", codes), ("profile.toml", HEAD)]
    [problem] = review(read("acme", [(name, text.encode()) for name, text in files]), is_own=True)
    assert problem.message == "acme/b.toml, line 2, codes: the code 1 stands in acme/a.toml, line 2 already."


def test_rows_of_other_families_and_groups_do_not_clash() -> None:
    families = PAY + '[[families]]\nslug = "refund"\nname = "Refunds"\n'
    codes = [
        f'[[codes]]\nfamily = "{family}"\n{group}{CODE}'
        for family in ("pay", "refund")
        for group in ("", 'group = "9"\n')
    ]
    assert told(families + "".join(codes)) == []


@pytest.mark.parametrize(
    ("row", "said", "hint"),
    [
        (ID.replace("[0-9]{4}", "(a+)+b"), "the pattern repeats several characters without a bound", "Bound it"),
        (ID.replace("[0-9]{4}", "("), "the pattern is no regular expression", "re module"),
        (ID.replace("2040", "20-40"), "sample 1 is not matched by the pattern as a whole", "Mend"),
        (ID.replace("2040", "20401"), "sample 1 is not matched by the pattern as a whole", "Mend"),
        (f'{ID}misses = ["x", "2041"]\n', "miss 2 fits, and should not", "Mend the row or the miss"),
        (ID.replace('["2040"]', "[]"), "there is no sample", "Give one"),
        (
            f'{FIELD}pattern = "(?:a|aa){{1,90}}$"\n',
            "the pattern can be tried in too many ways on one text",
            "smaller bounds",
        ),
        (f"{FIELD}samples = ['{{']\n", "sample 1 is no JSON", "single quotes"),
        (f"{FIELD}misses = ['{{']\n", "miss 1 is no JSON", "single quotes"),
        (f'{DEMAND}pattern = "a*a*b"\nsamples = ["b"]\n', "the pattern", "Say what stands before"),
        (f'{DEMAND}pattern = "[0-9]{{6}}"\nsamples = ["12345"]\n', "sample 1 breaks the rule", "Mend"),
        (f'{DEMAND}longest = 3\nsamples = ["123"]\nmisses = ["12"]\n', "miss 1 fits, and should not", "Mend"),
        (SHAPE.replace('"1"', "null"), "sample 1 does not have what the row needs", "Mend needs"),
        (
            SHAPE.replace("needs = [", "needs = [] # "),
            "it needs nothing, so that every body would be read by it",
            "Name",
        ),
        (SHAPE.replace('"code":"1"', '"code":{}'), "nothing is found in sample 1", "Mend the paths"),
        (SHAPE.replace('{"code":"1"}', "code=1"), "sample 1 is no JSON", "single quotes"),
        (f'{TEXT}contains = ["late"]\nsamples = ["too early"]\n', "sample 1 does not hold one of the texts", "Mend"),
        (f'{TEXT}contains = ["late"]\nsamples = ["late"]\nmisses = ["LATE"]\n', "miss 1 fits, and should not", "Mend"),
        (
            f'{TEXT}contains = ["late", " "]\nsamples = ["late"]\n',
            "an empty text stands in every answer",
            "Take it out",
        ),
        (f'{TEXT}contains = ["late"]\nunless = ["too"]\nsamples = ["too late"]\n', "sample 1 does not hold", "Mend"),
        (
            f'{BEHAVIOUR}mentions = [["two"], ["callback"]]\nsamples = ["two webhooks"]\nmisses = []\n',
            "sample 1 does not hold a word of each group of mentions",
            "Mend",
        ),
        (
            f'{BEHAVIOUR}mentions = [[""]]\nsamples = ["x"]\nmisses = []\n',
            "an empty word stands in every",
            "Take it out",
        ),
        (f'{DESK}mentions = [["invoice"]]\n', "there is no sample", "Give one"),
        (f'{DESK}mentions = [["fee"]]\nsamples = ["a fee"]\nmisses = ["the fee"]\n', "miss 1 fits, and should", "Mend"),
        (f"{PAYLOAD}needs = ['name']\nsamples = ['{{}}']\n", "sample 1 does not have what the row needs", "Mend"),
        (f"{PAYLOAD}needs = []\n", "it needs nothing, so that every body would be one", "Name what"),
        (f'[[codes]]\nfamily = "payy"\n{CODE}', "there is no family 'payy'", "Did you mean pay?"),
        ('[[families]]\nslug = "x"\nname = "X"\nlike = "pya"\n', "there is no family 'pya'", "Did you mean pay?"),
        (
            f'{FIELD}operations = ["captur"]\n',
            "there is no operation 'captur' in the family pay",
            "Did you mean capture?",
        ),
        (f'{DEMAND}operations = ["void"]\n', "there is no operation 'void'", "Known are: capture."),
        (CALL.replace("POST", "Post"), "'Post' is no method", 'method = "POST"'),
        (CALL.replace("/pay/{paymentId}/capture", "/"), "the path '/' is not like /payments", "Begin it with /"),
        (CALL.replace("POST", "PUT") + 'creates = "refundId"\n', "there is no identifier 'refundId'", "Add it"),
        (f'[[codes]]\nfamily = "pay"\nconfidence = 97\n{CODE}', "the confidence 97 is not between 0 and 1", "0.9"),
        (
            f'[[codes]]\nfamily = "pay"\nlink = "http://acme.example/2040"\n{CODE}',
            "'http://acme.example/2040' is no link",
            "https://",
        ),
        (
            f'[[codes]]\nfamily = "pay"\nvalid_from = "23.11.2026"\n{CODE}',
            "valid_from '23.11.2026' is no date",
            '"2026-11-23"',
        ),
        (
            f'[[codes]]\nfamily = "pay"\nvalid_from = "2026-02-30"\n{CODE}',
            "valid_from '2026-02-30' is no date",
            '"2026-11-23"',
        ),
        (
            '[[hosts]]\nhost = "https://api.acme.example"\nenvironment = "sandbox"\n',
            "'https://api.acme.example' is no name of a host",
            "without https://",
        ),
        (
            '[[hosts]]\nhost = ".example"\nenvironment = "sandbox"\n',
            ".example would be the host of half the internet",
            "own domain",
        ),
        (
            '[[bands]]\nfamily = "pay"\nfirst = 20\nlast = 10\ntitle = "t"\nwho = "code"\n',
            "the band from 20 to 10 holds no code",
            "smaller",
        ),
    ],
)
def test_a_row_that_does_not_hold_what_it_promises_is_refused_with_its_line_and_the_fix(
    row: str, said: str, hint: str
) -> None:
    before = PAY + CALL
    [(message, given)] = told(before + row)
    table = row.partition("]]")[0].strip("[")
    assert message.startswith(f"rows.toml, line 10, {table}: {said}")
    assert hint in given


def test_a_sample_that_another_form_reads_is_refused() -> None:
    longer = SHAPE.replace("short", "long").replace('["code"]', '["code", "text"]').replace('"1"', '"1","text":"t"')
    stolen = SHAPE.replace('"1"', '"1","text":"t"')
    assert told(SHAPE + longer) == []
    [(message, hint)] = told(stolen + longer)
    assert message == "rows.toml, line 1, shapes: sample 1 is read as 'long'."
    assert "only this form has" in hint


def test_an_operation_of_the_family_that_one_is_like_is_there() -> None:
    like = '[[families]]\nslug = "pay2"\nname = "P"\nlike = "{}"\n'
    field = FIELD.replace('"pay"', '"pay2"') + 'operations = ["capture"]\n'
    assert told(PAY + CALL + like.format("pay") + field) == []
    assert [message.partition(": ")[2] for message, _ in told(PAY + CALL + like.format("gone") + field)] == [
        "there is no family 'gone'.",
        "there is no operation 'capture' in the family pay2.",
    ]


def test_more_forms_than_any_provider_has_are_refused() -> None:
    rows = "".join(
        SHAPE.replace("short", f"n{number}").replace('"code"', f'"code{number}"') for number in range(MOST_SHAPES + 1)
    )
    messages = [message for message, _ in told(rows)]
    assert messages == ["profile.toml: there are 101 shapes, and 100 are the most."]


@pytest.mark.parametrize(
    ("head", "said", "hint"),
    [
        (HEAD.replace('"acme"', '"acme/pay"'), ", line 1: 'acme/pay' is no slug.", "small letters"),
        (HEAD.replace('"acme"', '"../acme"'), ", line 1: '../acme' is no slug.", "small letters"),
        (
            HEAD.replace('"acme"', '"other"'),
            ", line 1: the slug other is not the name of the folder 'acme'.",
            'slug = "acme"',
        ),
        (HEAD.replace("2026-11-23", "soon"), ", line 3: valid_from 'soon' is no date.", "2026-11-23"),
        (HEAD.replace("Acme Pay", ""), ", line 2: the provider has no name.", "Say how"),
        (f'{HEAD}time_zone = "Europe/Kopenhagen"\n', ", line 4: ", "Europe/Copenhagen"),
        (f'{HEAD}[links]\nerrors = "acme.example"\n', ", line 5: 'acme.example' is no link.", "https://"),
        (f'{HEAD}[support]\nstatus_page = "javascript:x"\n', ", line 4: 'javascript:x' is no link.", "https://"),
    ],
)
def test_what_is_wrong_with_the_provider_itself_is_told_with_its_line(head: str, said: str, hint: str) -> None:
    [(message, given)] = told(head=head)
    assert message.startswith(f"profile.toml{said}")
    assert hint in given


def test_a_shipped_profile_is_replaced_only_by_one_that_says_so() -> None:
    head = HEAD.replace('"acme"', '"generic"')
    [(message, hint)] = told(head=head, folder="generic")
    assert message == "profile.toml, line 1: generic is the name of a shipped profile."
    assert "replaces = true" in hint
    assert told(head=f"{head}replaces = true\n", folder="generic") == []


def test_rows_that_cannot_be_read_are_all_told_and_nothing_that_may_only_follow_from_them() -> None:
    rows = '[[families]]\nslug = "pay"\n[[families]]\nname = "x"\n[[codes]]\nfamily = "pay"\n' + CODE
    assert [message for message, _ in told(rows)] == [
        "rows.toml, line 1, families: the field name is missing.",
        "rows.toml, line 3, families: the field slug is missing.",
    ]


def test_of_one_mistake_made_many_times_no_more_is_told_than_anybody_reads() -> None:
    unreadable = "[[codes]]\n" * 2 * MOST_PROBLEMS
    clashing = f'[[codes]]\nfamily = ""\n{CODE}' * 2 * MOST_PROBLEMS
    unknown = "".join(f"key{number} = 1\n" for number in range(2 * MOST_PROBLEMS))
    assert [len(told(rows)) for rows in (unreadable, clashing, unknown)] == 3 * [MOST_PROBLEMS]


def test_the_first_problem_is_raised_where_a_profile_is_wanted() -> None:
    with pytest.raises(UnreadableInput, match=r"^acme/profile\.toml, line 3: valid_from 'x' is no date\.$"):
        reviewed(read("acme", [("profile.toml", HEAD.replace("2026-11-23", "x").encode())]))
