"""What is personal goes, what isn't stays."""

import pytest

from huiyin.redaction.text import coarse_address, pieces, redacted

OWN = ["何立秋", "13900000001"]


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("请打13812345678找我", "13812345678"),
        ("请打 138 1234 5678 找我", "138 1234 5678"),
        ("家里电话0558-4812345", "0558-4812345"),
        ("身份证341282199001011234", "341282199001011234"),
        ("身份证34128219900101123X", "34128219900101123X"),
        ("车牌皖K12345乱停", "皖K12345"),
        ("新能源车皖KD12345乱停", "皖KD12345"),
        ("发到he.liqiu@example.com", "he.liqiu@example.com"),
        ("住3号楼2单元501室", "3号楼2单元501室"),
        ("我是何立秋", "何立秋"),
    ],
)
def test_personal_data_is_found_and_masked(text: str, piece: str) -> None:
    assert piece in [text[p.start : p.end] for p in pieces(text, OWN)]
    assert piece not in redacted(text, OWN)
    assert pieces(redacted(text, OWN), OWN) == []


@pytest.mark.parametrize(
    "text",
    ["8路公交车不停靠任寨站", "2021年3月2日已答复", "依据《信访工作条例》第二十三条", "12345热线", "共投入320000元"],
)
def test_what_is_not_personal_stays_as_it_was(text: str) -> None:
    assert pieces(text, OWN) == []
    assert redacted(text, OWN) == text


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("西城街道人民路12号", "〔本人信息〕"),
        ("西城街道 人民路 １２号", "〔本人信息〕"),
        ("界首市西城街道人民路12号3栋", "界首市〔本人信息〕"),
        ("西城街道人民路15号", "西城街道人民路"),
        ("西城街道人民路 15号", "西城街道人民路"),
        ("西城街道人民路", "西城街道人民路"),
    ],
)
def test_a_place_that_is_the_writers_home_is_hidden_with_its_road(place: str, shown: str) -> None:
    assert coarse_address(place, ["何立秋", "西城街道人民路12号"]) == shown


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("西城街道人民路12号", "〔本人信息〕"),
        ("人民路12号", "〔本人信息〕"),
        ("人民路 １２号", "〔本人信息〕"),
        ("人民路2号", "人民路"),
        ("西城街道人民路", "西城街道人民路"),
    ],
)
def test_a_home_is_hidden_also_where_the_place_tells_less_of_it(place: str, shown: str) -> None:
    assert coarse_address(place, ["何立秋", "界首市西城街道人民路12号"]) == shown
