"""What a page shows of a name, a number, an address."""

from collections.abc import Callable

import pytest

from huiyin.people.masking import mask_address, mask_email, mask_id_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("mask", "given", "shown"),
    [
        (mask_name, "王小明", "王**"),
        (mask_name, "李四", "李*"),
        (mask_name, "欧阳小明", "欧阳**"),
        (mask_name, "欧阳", "欧*"),
        (mask_name, "阿卜杜拉·买买提江", "阿***"),
        (mask_name, "Smith", "S***"),
        (mask_name, "张", "张*"),
        (mask_name, " ", ""),
        (mask_phone, "13812341234", "138****1234"),
        (mask_phone, "138 1234 1234", "138****1234"),
        (mask_phone, "+86 138-1234-1234", "138****1234"),
        (mask_phone, "0558-4812345", "*********45"),
        (mask_phone, "12345", "*****"),
        (mask_phone, "", ""),
        (mask_id_number, "11010519491231002X", "1****************X"),
        (mask_id_number, "12", "**"),
        (mask_email, "wang@example.cn", "w***@example.cn"),
        (mask_email, "wang", "****"),
        (mask_address, "西城街道人民路12号3栋", "西城街道人民路***"),
        (mask_address, "任寨村", "任寨村"),
    ],
)
def test_masks(mask: Callable[[str], str], given: str, shown: str) -> None:
    assert mask(given) == shown
