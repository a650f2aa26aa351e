import pytest

from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.soap.documents import build, matched, parse
from broadsoft_provisioner.soap.faults import UnreadableReply
from broadsoft_provisioner.soap.tables import rows

HEAD = '<BroadsoftDocument protocol="OCI" xmlns="C" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
SUCCESS = '<command echo="0" xsi:type="c:SuccessResponse" xmlns:c="C" xmlns=""/>'


def answered(*commands: str, encoding: str = "ISO-8859-1") -> str:
    body = f'<sessionId xmlns="">s</sessionId>{"".join(commands)}'
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{HEAD}{body}</BroadsoftDocument>'


def error(inside: str, severity: str = "Error", echo: str = "0") -> str:
    return (
        f'<command type="{severity}" echo="{echo}" xsi:type="c:ErrorResponse" xmlns:c="C" xmlns="">{inside}</command>'
    )


def test_a_document_is_written_as_the_interface_wants_it() -> None:
    command = Command("GroupModifyRequest", (("groupName", "A & B"), ("callingLineIdName", None), ("flag", True)))
    assert build("s-1", [command]) == (
        "<?xml version='1.0' encoding='ISO-8859-1'?>\n"
        '<BroadsoftDocument xmlns="C" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" protocol="OCI">'
        '<sessionId xmlns="">s-1</sessionId>'
        '<command xmlns="" xsi:type="GroupModifyRequest" echo="0"><groupName>A &amp; B</groupName>'
        '<callingLineIdName xsi:nil="true"/><flag>true</flag></command></BroadsoftDocument>'
    )


def test_characters_outside_the_declared_charset_become_references() -> None:
    assert "<n>é&#379;</n>" in build("s", [Command("X", (("n", "éŻ"),))])


def test_nested_elements_are_nested() -> None:
    assert "<a><b>1</b><c><d>2</d></c></a>" in build("s", [Command("X", (("a", (("b", 1), ("c", (("d", "2"),)))),))])


@pytest.mark.parametrize("count", [0, 16])
def test_a_document_holds_one_to_fifteen_commands(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 15"):
        build("s", [Command("X")] * count)


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-8", "utf-8", "US-ASCII"])
def test_a_declared_encoding_of_bytes_that_are_gone_is_no_trap(encoding: str) -> None:
    text = answered('<command echo="0" xsi:type="X" xmlns=""><n>é Ż &#379;</n></command>', encoding=encoding)
    assert parse(text)[0].element.findtext("n") == "é Ż Ż"


def test_types_are_told_by_their_local_name() -> None:
    data = '<command echo="1" xsi:type="GroupGetResponse22V5" xmlns=""/>'
    assert [reply.name for reply in parse(answered(SUCCESS, data))] == ["SuccessResponse", "GroupGetResponse22V5"]


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<errorCode>9</errorCode><summary>[Error 4] x</summary><summaryEnglish>[Error 5] x</summaryEnglish>", "9"),
        ("<summary>[Error 4] x</summary><summaryEnglish>[Error 5] x</summaryEnglish>", "5"),
        ("<summary>[Warning 4410] x</summary><summaryEnglish>x</summaryEnglish>", "4410"),
        ("<summary>x</summary><summaryEnglish>x</summaryEnglish>", ""),
    ],
)
def test_the_code_comes_from_the_element_then_the_english_summary_then_the_other(inside: str, code: str) -> None:
    assert parse(answered(error(inside)))[0].answer.code == code


def test_severity_comes_from_the_attribute_and_never_from_the_code() -> None:
    answer = parse(answered(error("<summary>[Error 1] x</summary>", severity="Warning")))[0].answer
    assert answer.severity == "Warning"


def test_replies_are_matched_by_echo_and_not_by_position() -> None:
    commands = [Command("A"), Command("B")]
    replies = parse(answered(error("<summary>no</summary>", echo="1"), SUCCESS))
    assert [reply.answer.severity for reply in matched(commands, replies)] == ["ok", "Error"]


def test_a_refusal_of_the_whole_document_answers_every_command() -> None:
    replies = parse(answered(error("<summary>[Error 6004] invalid</summary>", echo="")))
    assert [reply.answer.code for reply in matched([Command("A"), Command("B")], replies)] == ["6004", "6004"]


def test_a_command_without_an_answer_is_an_unreadable_reply() -> None:
    with pytest.raises(UnreadableReply, match="1 of 2"):
        matched([Command("A"), Command("B")], parse(answered(SUCCESS)))


@pytest.mark.parametrize("text", ["", "<a/>", "<BroadsoftDocument>", '<?xml version="1.0" encoding="klingon"?><a/>'])
def test_what_is_no_document_is_an_unreadable_reply(text: str) -> None:
    with pytest.raises(UnreadableReply):
        parse(text)


TABLE = (
    '<command echo="0" xsi:type="X" xmlns=""><t><colHeading>New</colHeading><colHeading>B</colHeading>'
    "<colHeading>A</colHeading><row><col>?</col><col>2</col><col>1</col></row></t></command>"
)


def test_columns_are_found_by_heading() -> None:
    assert list(rows(parse(answered(TABLE))[0].element, "t", "A", "B")) == [("1", "2")]


def test_a_missing_column_or_table_fails_loudly() -> None:
    response = parse(answered(TABLE))[0].element
    with pytest.raises(UnreadableReply, match="no column C"):
        list(rows(response, "t", "A", "C"))
    with pytest.raises(UnreadableReply, match="no u"):
        list(rows(response, "u", "A"))
