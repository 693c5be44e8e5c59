"""Personal data as a page may show them: enough to recognise one's own, too little to learn another's."""

STAR = "*"
COMPOUND_SURNAMES = frozenset(
    {
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容",
        "令狐", "司徒", "夏侯", "宇文", "长孙", "端木", "独孤", "南宫", "轩辕",
    }
)  # fmt: skip


def mask_name(name: str) -> str:
    """`王**`, `欧阳*`; a name in Latin letters keeps its first letter."""
    kept = name.strip()
    if not kept:
        return ""
    shown = 2 if kept[:2] in COMPOUND_SURNAMES and len(kept) > 2 else 1
    return kept[:shown] + STAR * max(1, min(len(kept), 4) - shown)


def mask_phone(phone: str) -> str:
    """`138****1234`, also behind +86; a landline keeps its last two digits; anything shorter is hidden whole."""
    digits = "".join(c for c in phone if c.isdigit())
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}****{digits[7:]}"
    return STAR * (len(digits) - 2) + digits[-2:] if len(digits) >= 7 else STAR * len(digits)


def mask_id_number(number: str) -> str:
    """First and last character of an identity or credit number; birth date and serial are hidden."""
    kept = number.strip()
    return f"{kept[0]}{STAR * (len(kept) - 2)}{kept[-1]}" if len(kept) > 2 else STAR * len(kept)


def mask_email(email: str) -> str:
    """`w***@example.cn`."""
    user, at, host = email.strip().partition("@")
    return f"{user[:1]}***@{host}" if at else STAR * len(user)


def mask_address(address: str) -> str:
    """Everything from the first digit on is hidden: house, unit and room."""
    kept = address.strip()
    start = next((place for place, c in enumerate(kept) if c.isdigit()), len(kept))
    return kept[:start] + "***" if start < len(kept) else kept
