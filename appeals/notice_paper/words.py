"""The fixed words of the paper. Those the page has too are the page's own, which a test holds."""

from collections.abc import Mapping

Texts = Mapping[str, str]

REFERENCE: Texts = {"en": "Notice number", "zh-hans": "通知编号"}
CUSTOMER: Texts = {"en": "Customer reference", "zh-hans": "客户编号"}
WRITTEN: Texts = {"en": "Written on", "zh-hans": "生成时间"}

SHARE_LEFT: Texts = {
    "en": "{share}% of your old limit is left",
    "zh-hans": "现额度为原额度的{share}%",
}
WHY: Texts = {"en": "Why", "zh-hans": "为什么调整"}
WHY_MORE: Texts = {"en": "Why, most important first", "zh-hans": "为什么调整（按重要程度排列）"}
CHANGES_IT: Texts = {"en": "What would change this", "zh-hans": "怎样会不同"}
CAN_DO: Texts = {"en": "What you can do", "zh-hans": "您可以怎么做"}
PAPERS: Texts = {"en": "Papers that help", "zh-hans": "有帮助的材料"}

APPEAL: Texts = {"en": "If you think we got it wrong", "zh-hans": "如果您认为我们弄错了"}
APPEAL_ONLINE: Texts = {
    "en": "Online: open {link} and sign in. It takes about ten minutes.",
    "zh-hans": "网上申诉：打开 {link} 并登录，大约需要十分钟。",
}
APPEAL_PHONE: Texts = {"en": "By phone: call {phone}.", "zh-hans": "电话申诉：请致电 {phone}。"}

RIGHTS: Texts = {"en": "Your rights", "zh-hans": "您的权利"}
BODIES: Texts = {"en": "Who else can help", "zh-hans": "还有谁可以帮助您"}
MORE: Texts = {"en": "Good to know", "zh-hans": "更多信息"}

ABOUT: Texts = {"en": "About this notice", "zh-hans": "关于这份通知"}
SENT_IN: Texts = {"en": "Sent to you in", "zh-hans": "发送语言"}
LANGUAGES: Mapping[str, Texts] = {
    "en": {"en": "English", "zh-hans": "英文"},
    "zh-hans": {"en": "Chinese", "zh-hans": "中文"},
}
RULES: Texts = {"en": "Rules it follows", "zh-hans": "依据的规则"}
FINGERPRINT: Texts = {"en": "Fingerprint", "zh-hans": "数字指纹"}
PROVES: Texts = {
    "en": "It proves that not one letter was changed.",
    "zh-hans": "用来证明一个字都没有改过。",
}
# By the language the notice was sent in, for a paper in the other one.
OTHER_LANGUAGE: Mapping[str, Texts] = {
    "en": {
        "en": "",
        "zh-hans": "这份通知是以英文发送给您的。这里是同一份通知的中文版。",
    },
    "zh-hans": {
        "en": "We sent you this notice in Chinese. This is the same notice in English.",
        "zh-hans": "",
    },
}
FOLIO: Texts = {"en": "Page {page} of {pages}", "zh-hans": "第{page}页，共{pages}页"}
