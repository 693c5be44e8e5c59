"""Names, where the text itself says that one follows or stands there. A name without such a sign isn't found."""

import re
from collections.abc import Iterable
from importlib.resources import files

COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|宇文|长孙|端木|独孤|南宫|轩辕"
SURNAME = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余元卜顾孟平黄穆萧尹姚邵汪祁毛禹狄米贝明臧计伏成戴宋茅庞熊纪舒屈项祝"
    "董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪解应宗丁宣邓单杭洪包诸左石崔吉"
    "龚程邢裴陆荣翁荀甄曲封储靳段焦侯宓全班仰秋仲伊宫宁仇栾甘厉武符刘景詹束龙叶幸司黎薄印白蒲台从鄂索赖卓蔺屠蒙池乔"
    "闻党翟谭贡姬申冉雍桑桂濮牛边燕冀浦尚农温别庄晏柴瞿阎慕连茹习艾鱼容向古易慎戈廖庾终居衡步都耿满弘匡国文寇广禄欧殳沃利"
    "蔚越夔隆师巩聂晁勾敖融冷辛阚那简饶空曾沙养鞠须丰巢关蒯相查后荆红游竺权盖益桓公肖尧付代闫岳帅亢谷车覃"
)
HAN = r"[\u4e00-\u9fff]"
NO_NAME = "村镇县市区乡路街校院厂店局所号家组户们里庄园苑城府社站队部门司楼栋"
"""Ends of places and bodies: 我是方庄村 names no person."""
NAME = rf"(?:(?:{COMPOUND}){HAN}{{1,2}}|[{SURNAME}]{HAN}{{1,2}}|[{SURNAME}][某xX\*×○]{{1,2}})"
END = (
    r"(?=[，,。.；;：:、！!？?（）()\s\d\[【〔“”\"/]|$|先生|女士|小姐|同志|电话|手机|身份证|联系|住址|家住|现住|住在|系|男|女"
    r"|今年|现年|是一名|是一个|是一位|来自|反映|投诉|您好|你好)"
)
INTRODUCED = re.compile(
    rf"(?:我叫|我的名字叫|我的名字是|名字叫|名叫|我名|本人叫|自称|我是|本人是|本人|我姓名|我乃)[:： ]?({NAME}){END}"
)
LABELLED = re.compile(
    r"(?:姓名|联系人|来电人|诉求人|反映人|投诉人|举报人|信访人|写信人|来信人|申请人|留言人|户主|业主|法人|法定代表人|当事人|"
    r"伤者|死者|患者|家长|署名|我老公|我丈夫|我老婆|我妻子|我爱人|我父亲|我母亲|我爸|我妈|我儿子|我女儿|我弟弟|我哥哥|我姐姐|我妹妹)"
    rf"(?:名字)?(?:叫做|名叫|叫|是|为)?[:： ]{{0,2}}({NAME}){END}"
)
ROLE = re.compile(
    r"(?:村民|居民|员工|职工|民工|工人|学生|同学|考生|老师|教师|医生|民警|干部|队长|村长|组长|主任|书记|校长|院长|经理|老板|司机|店主|会计"
    r"|邻居|代表|负责人|责任人|求助人|申述人|申请人|受害人|受害者|受访人|承办人|经办人|执行人|权利人|女儿|儿子|妻子|丈夫|配偶|长子|次子|之子"
    rf"|之女|父亲|母亲|哥哥|姐姐|弟弟|妹妹|姐夫|嫂子|儿媳|女婿)(?:名叫|叫做|叫|是|为)?[:： ]{{0,2}}({NAME}){END}"
)
"""A person's part before a name that ends there."""
PERSON = re.compile(rf"(?<!{HAN})({NAME})[，,、（(： ]{{0,2}}(?:(?:公民)?身份证|[男女][，,。；;、]|\d{{1,3}}岁)")
"""A name between anything but a word and what is said of people alone."""
NEXT = re.compile(rf"、({NAME})(?=[、，,。；;和及等（(])")
"""One more name in a list."""
ADDRESS = re.compile("先生|女士|小姐|阿姨|大[爷妈叔娘]|奶奶|爷爷|太太|婆婆")
SIGN = re.compile("[叫是人我主者属]|姓名|署名|户主|家长|\n")
BESIDE = re.compile("身份证|[男女][，,。；;、]|岁")
HONOURED = re.compile(rf"(?:{COMPOUND}|[{SURNAME}]){HAN}{{0,2}}$")
ALSO_WORDS = frozenset("向于从时常都应那全后解万相边连由和对被请与来空")
"""Surnames that before another surname are mostly another word: 向王先生反映."""
MASKED = re.compile(rf"(?:{COMPOUND}|[{SURNAME}])$")
"""A surname that a masking of others left: 王某."""
SIGNED = re.compile(rf"(?:此致|敬礼|敬上|谢谢|感谢)[！!。,， \n]*\n\s*({NAME})\s*(?:\d[\d年月日.\- /]*)?$")
NOT_NAMES = frozenset((files(__package__) / "words.txt").read_text(encoding="utf-8").split())

"""Two characters that begin with a surname and are words."""


def found_names(text: str) -> Iterable[tuple[int, int, str]]:
    """Start, end and class of each name that introduces itself, stands behind its label or before a form of address."""
    for match in _told(text):
        if may_be_name(match.group(1)):
            yield match.start(1), match.end(1), "name"
            yield from _listed(text, match.end(1))
    for match in ADDRESS.finditer(text):
        start = _start_of_name(text, match.start())
        if start < match.start():
            yield start, match.start(), "title"
    at = text.find("某")
    while at > 0:
        masked = MASKED.search(text, max(0, at - 2), at)
        if masked:
            yield masked.start(), at, "masked"
        at = text.find("某", at + 1)


def _told(text: str) -> Iterable[re.Match[str]]:
    for pattern in (INTRODUCED, LABELLED, SIGNED) if SIGN.search(text) else ():
        yield from pattern.finditer(text)
    yield from ROLE.finditer(text)
    if BESIDE.search(text):
        yield from PERSON.finditer(text)


def _listed(text: str, end: int) -> Iterable[tuple[int, int, str]]:
    """The names that follow one in a list."""
    while (match := NEXT.match(text, end)) and may_be_name(match.group(1)):
        yield match.start(1), match.end(1), "name"
        end = match.end(1)


def _start_of_name(text: str, end: int) -> int:
    """Where the name before a form of address begins; `end` if none stands there."""
    for first in range(max(0, end - 3), end):
        found = HONOURED.match(text, first, end)
        if found is None or found.group()[:2] in NOT_NAMES:
            continue
        if first + 1 < end and text[first] in ALSO_WORDS and HONOURED.match(text, first + 1, end):
            continue
        return first
    return end


def may_be_name(name: str) -> bool:
    """Whether what stands where a name may stand could be one: no word that begins like a name, no place."""
    return name[:2] not in NOT_NAMES and name[-1] not in NO_NAME
