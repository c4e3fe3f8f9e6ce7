"""Personal data in open answers, masked before an answer is shown.

The rules err on masking too much: 是高兴的 may lose a word that could be a name, and an amount of
seven digits its number. They do not find everything: a nickname, or a name that nothing announces,
stays. Whoever quotes an answer reads it first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

_WIDE = str.maketrans(
    {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF5B), 0xFF20)}
)
"""Digits, letters and @ of full width."""

_SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季"
    "裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦"
    "戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻"
    "苑迟邝刀普自杞"
)
_DOUBLE = "欧阳|司马|上官|诸葛|司徒|东方|尉迟|公孙|慕容|令狐|皇甫|夏侯"
_HAN = "[\u4e00-\u9fff]"
_SURNAME = f"(?:{_DOUBLE}|[{_SINGLE}])"
_NAME = f"{_SURNAME}\\s?{_HAN}{{1,2}}"
_TITLE = (
    "先生|女士|小姐|同志|老师|师傅|医生|大夫|护士|警官|会计|支书|干事|经理|大爷|大妈|大姐|大哥|阿姨|叔叔|某{1,2}"
    "|(?:副)?(?:书记|主任|局长|科长|处长|县长|区长|乡长|镇长|村长|组长|队长|站长|所长|院长|校长|股长)"
)
_ANNOUNCED = (
    "我叫|名叫|名字|叫做|姓名|联系人|负责人|经办人|经手人|当事人|举报人|申请人|户主|本人|签名|签字"
)
_ORDINARY = (
    "高兴|高效|高度|高质|方便|方法|方面|应该|应当|时间|时候|成功|安全|安排|明显|明确|全部|全面|严重|严格"
    "|许多|关于|解决|连续|常常|经常|和谐|和气|向上|白天|温暖|金额|万元|路面|路灯|单位|单独|管理|简单|公开"
    "|平时|于是|何时|任何|任务|施工|文明|文件|项目|费用|程序|自己|自觉|自愿|普通|普遍|者|宗旨|华而|党员"
)
"""Words that begin like a surname; after 是, and there only, they are no names."""

_PLATE = (
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
    r"\s?[A-Za-z][\s·.-]?[A-Za-z0-9]{4,5}[A-Za-z0-9挂学警港澳]"
)
_COUNTED = "(?:\\d+|[一二三四五六七八九十百〇零]+)"
_HOUSE = (
    f"(?<![月\\d])(?:{_COUNTED}(?:[-－—之]\\d+)*\\s?(?:号楼|号院|号|栋|幢|单元|楼|室|弄)\\s?)+"
    r"\d{0,4}|(?<!\d)\d{1,3}[-－]\d{1,2}[-－]\d{3,4}(?!\d)"
)
_GROUPS = r"[+]?\d+(?:\s?[-－–—_ ]\s?\d{2,}|[.·]\d{3,})*[Xx]?"
_YEARS = re.compile(
    r"(?:19|20)\d\d[-－–—_ ](?:(?:19|20)\d\d|(?:0?[1-9]|1[0-2])(?:[-－–—_ ]\d{1,2}(?: \d\d)?)?)"
)
_TALLY = "[〇零一二三四五六七八九幺两]{7,}"


def masked(text: str) -> str:
    """A text with what may name or reach a person replaced.

    ========== ==================================================================================
    〔邮箱〕     e-mail addresses
    〔账号〕     what follows 微信, QQ and the like
    〔IP〕       addresses of the internet
    〔车牌〕     licence plates
    〔身份证〕   18 digits, the last may be X, or 15
    〔电话〕     11 digits from 13 to 19, or landlines of 7 to 12, also in groups and with +86
    〔银行卡〕   16 to 19 digits otherwise
    〔号码〕     any other 7 digits or more, in groups or written out (一三八…); years and days stay
    〔门牌〕     3号楼2单元501, 123号, 5-2-301
    〔姓名〕     a surname with one or two characters after 我叫, 姓名, 联系人, 是 and the like; a
                surname before 先生, 书记, 主任, 某 and the like, with the title; names parted by ·;
                English ones after "my name is", Mr, Ms
    ========== ==================================================================================

    Digits and letters of full width become ordinary ones. No run of seven digits or more is left,
    and masking again changes nothing.
    """
    before, text = "", text.translate(_WIDE)
    while before != text:
        before = text
        for pattern, mask in _RULES:
            text = pattern.sub(mask, text)
    return text


def _numbered(found: re.Match[str]) -> str:
    """What a number of several digits, perhaps in groups, stands for."""
    text = found[0]
    digits = "".join(char for char in text if char.isdecimal())
    digits = digits.removeprefix("86") if text.startswith("+") else digits
    if len(digits) < 7 or _YEARS.fullmatch(text):
        return text
    last = text[-1] in "Xx"
    if len(digits) + last in (15, 18) and not (last and len(digits) == 14):
        return "〔身份证〕"
    if (len(digits) == 11 and digits[0] == "1") or (digits[0] == "0" and len(digits) <= 12):
        return "〔电话〕"
    if 16 <= len(digits) <= 19:
        return "〔银行卡〕"
    return "〔电话〕" if len(digits) <= 8 and digits[0] not in "01" else "〔号码〕"


_ACCOUNT = re.compile(
    r"(?P<word>(?:微信|V信|VX|WeChat|Weixin|QQ|扣扣|企鹅|支付宝|抖音|快手)(?:群|账号|帐号|号码|号)?"
    r"\s*(?:[:：是为]\s*)?)[A-Za-z0-9][A-Za-z0-9_-]{4,}",
    re.IGNORECASE,
)
_Mask: TypeAlias = "str | Callable[[re.Match[str]], str]"
_RULES: tuple[tuple[re.Pattern[str], _Mask], ...] = (
    (
        re.compile(
            r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+\s?@\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
        ),
        "〔邮箱〕",
    ),
    (_ACCOUNT, r"\g<word>〔账号〕"),
    (re.compile(r"(?<!\d)\d{1,3}(?:\.\d{1,3}){3}(?!\d)"), "〔IP〕"),
    (re.compile(r"(?:[0-9A-Fa-f]{1,4}:{1,2}){3,7}[0-9A-Fa-f]{1,4}"), "〔IP〕"),
    (re.compile(_PLATE), "〔车牌〕"),
    (re.compile(_GROUPS), _numbered),
    (re.compile(r"\d{7,}"), "〔号码〕"),
    (re.compile(_TALLY), "〔号码〕"),
    (re.compile(_HOUSE), "〔门牌〕"),
    (re.compile(f"(?P<word>(?:{_ANNOUNCED})[:：\\s是为叫]{{0,3}}){_NAME}"), r"\g<word>〔姓名〕"),
    (re.compile(f"{_SURNAME}{_HAN}{{0,2}}?(?:{_TITLE})"), "〔姓名〕"),
    (re.compile(f"(?P<word>是[:：\\s]?)(?!{_ORDINARY}){_NAME}"), r"\g<word>〔姓名〕"),
    (re.compile(f"{_HAN}{{2,8}}[·•]{_HAN}{{2,8}}"), "〔姓名〕"),
    (
        re.compile(
            r"(?P<word>(?:[Mm]y name is|\b[Nn]ame:|\b[Cc]ontact:|\b(?:Mr|Mrs|Ms|Dr)\b\.?)\s*)"
            r"[A-Z][A-Za-z'-]+(?:\s[A-Z][A-Za-z'-]+)?"
        ),
        r"\g<word>〔姓名〕",
    ),
)
