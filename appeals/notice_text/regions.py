"""Names of places by their ISO 3166-2 code, in both languages.

Countries come from Babel; of the subdivisions we hold all of the United States and China, the
nations and big cities of the United Kingdom and some big ones of the European Union. Another code
is shown with its country's name.
"""

from collections.abc import Mapping

from babel import Locale

from portal.lib.money import babel_locale

STATES: Mapping[str, tuple[str, str]] = {
    "US-AL": ("Alabama", "亚拉巴马州"),
    "US-AK": ("Alaska", "阿拉斯加州"),
    "US-AZ": ("Arizona", "亚利桑那州"),
    "US-AR": ("Arkansas", "阿肯色州"),
    "US-CA": ("California", "加利福尼亚州"),
    "US-CO": ("Colorado", "科罗拉多州"),
    "US-CT": ("Connecticut", "康涅狄格州"),
    "US-DE": ("Delaware", "特拉华州"),
    "US-DC": ("District of Columbia", "哥伦比亚特区"),
    "US-FL": ("Florida", "佛罗里达州"),
    "US-GA": ("Georgia", "佐治亚州"),
    "US-HI": ("Hawaii", "夏威夷州"),
    "US-ID": ("Idaho", "爱达荷州"),
    "US-IL": ("Illinois", "伊利诺伊州"),
    "US-IN": ("Indiana", "印第安纳州"),
    "US-IA": ("Iowa", "艾奥瓦州"),
    "US-KS": ("Kansas", "堪萨斯州"),
    "US-KY": ("Kentucky", "肯塔基州"),
    "US-LA": ("Louisiana", "路易斯安那州"),
    "US-ME": ("Maine", "缅因州"),
    "US-MD": ("Maryland", "马里兰州"),
    "US-MA": ("Massachusetts", "马萨诸塞州"),
    "US-MI": ("Michigan", "密歇根州"),
    "US-MN": ("Minnesota", "明尼苏达州"),
    "US-MS": ("Mississippi", "密西西比州"),
    "US-MO": ("Missouri", "密苏里州"),
    "US-MT": ("Montana", "蒙大拿州"),
    "US-NE": ("Nebraska", "内布拉斯加州"),
    "US-NV": ("Nevada", "内华达州"),
    "US-NH": ("New Hampshire", "新罕布什尔州"),
    "US-NJ": ("New Jersey", "新泽西州"),
    "US-NM": ("New Mexico", "新墨西哥州"),
    "US-NY": ("New York", "纽约州"),
    "US-NC": ("North Carolina", "北卡罗来纳州"),
    "US-ND": ("North Dakota", "北达科他州"),
    "US-OH": ("Ohio", "俄亥俄州"),
    "US-OK": ("Oklahoma", "俄克拉何马州"),
    "US-OR": ("Oregon", "俄勒冈州"),
    "US-PA": ("Pennsylvania", "宾夕法尼亚州"),
    "US-RI": ("Rhode Island", "罗得岛州"),
    "US-SC": ("South Carolina", "南卡罗来纳州"),
    "US-SD": ("South Dakota", "南达科他州"),
    "US-TN": ("Tennessee", "田纳西州"),
    "US-TX": ("Texas", "得克萨斯州"),
    "US-UT": ("Utah", "犹他州"),
    "US-VT": ("Vermont", "佛蒙特州"),
    "US-VA": ("Virginia", "弗吉尼亚州"),
    "US-WA": ("Washington State", "华盛顿州"),
    "US-WV": ("West Virginia", "西弗吉尼亚州"),
    "US-WI": ("Wisconsin", "威斯康星州"),
    "US-WY": ("Wyoming", "怀俄明州"),
    "US-PR": ("Puerto Rico", "波多黎各"),
    "US-GU": ("Guam", "关岛"),
    "US-VI": ("U.S. Virgin Islands", "美属维尔京群岛"),
    "US-AS": ("American Samoa", "美属萨摩亚"),
    "US-MP": ("Northern Mariana Islands", "北马里亚纳群岛"),
}
NATIONS: Mapping[str, tuple[str, str]] = {
    "GB-ENG": ("England", "英格兰"),
    "GB-SCT": ("Scotland", "苏格兰"),
    "GB-WLS": ("Wales", "威尔士"),
    "GB-NIR": ("Northern Ireland", "北爱尔兰"),
    "GB-LND": ("London", "伦敦"),
    "GB-BIR": ("Birmingham", "伯明翰"),
    "GB-MAN": ("Manchester", "曼彻斯特"),
    "GB-LIV": ("Liverpool", "利物浦"),
    "GB-LDS": ("Leeds", "利兹"),
    "GB-BST": ("Bristol", "布里斯托尔"),
    "GB-EDH": ("Edinburgh", "爱丁堡"),
    "GB-GLG": ("Glasgow", "格拉斯哥"),
    "GB-CRF": ("Cardiff", "加的夫"),
    "GB-BFS": ("Belfast", "贝尔法斯特"),
}
PROVINCES: Mapping[str, tuple[str, str]] = {
    "CN-BJ": ("Beijing", "北京市"),
    "CN-TJ": ("Tianjin", "天津市"),
    "CN-HE": ("Hebei", "河北省"),
    "CN-SX": ("Shanxi", "山西省"),
    "CN-NM": ("Inner Mongolia", "内蒙古自治区"),
    "CN-LN": ("Liaoning", "辽宁省"),
    "CN-JL": ("Jilin", "吉林省"),
    "CN-HL": ("Heilongjiang", "黑龙江省"),
    "CN-HLJ": ("Heilongjiang", "黑龙江省"),  # the spelling before ISO's
    "CN-SH": ("Shanghai", "上海市"),
    "CN-JS": ("Jiangsu", "江苏省"),
    "CN-ZJ": ("Zhejiang", "浙江省"),
    "CN-AH": ("Anhui", "安徽省"),
    "CN-FJ": ("Fujian", "福建省"),
    "CN-JX": ("Jiangxi", "江西省"),
    "CN-SD": ("Shandong", "山东省"),
    "CN-HA": ("Henan", "河南省"),
    "CN-HB": ("Hubei", "湖北省"),
    "CN-HN": ("Hunan", "湖南省"),
    "CN-GD": ("Guangdong", "广东省"),
    "CN-GX": ("Guangxi", "广西壮族自治区"),
    "CN-HI": ("Hainan", "海南省"),
    "CN-CQ": ("Chongqing", "重庆市"),
    "CN-SC": ("Sichuan", "四川省"),
    "CN-GZ": ("Guizhou", "贵州省"),
    "CN-YN": ("Yunnan", "云南省"),
    "CN-XZ": ("Tibet", "西藏自治区"),
    "CN-SN": ("Shaanxi", "陕西省"),
    "CN-GS": ("Gansu", "甘肃省"),
    "CN-QH": ("Qinghai", "青海省"),
    "CN-NX": ("Ningxia", "宁夏回族自治区"),
    "CN-XJ": ("Xinjiang", "新疆维吾尔自治区"),
    "CN-TW": ("Taiwan", "台湾省"),
    "CN-HK": ("Hong Kong", "香港特别行政区"),
    "CN-MO": ("Macao", "澳门特别行政区"),
}
PARTS_OF_EUROPE: Mapping[str, tuple[str, str]] = {
    "DE-BE": ("Berlin", "柏林州"),
    "DE-BY": ("Bavaria", "巴伐利亚州"),
    "DE-HH": ("Hamburg", "汉堡州"),
    "DE-NW": ("North Rhine-Westphalia", "北莱茵-威斯特法伦州"),
    "ES-CT": ("Catalonia", "加泰罗尼亚"),
    "ES-MD": ("Madrid", "马德里"),
    "FR-IDF": ("the Paris region", "法兰西岛大区"),
    "IE-D": ("Dublin", "都柏林"),
    "IT-25": ("Lombardy", "伦巴第"),
    "IT-62": ("Lazio", "拉齐奥"),
    "NL-NH": ("North Holland", "北荷兰省"),
}
SUBDIVISIONS = {**STATES, **NATIONS, **PARTS_OF_EUROPE, **PROVINCES}


def region_name(code: str, language: str) -> str:
    """`Florida`, `佛罗里达州`; a subdivision we do not know reads `Germany (DE-BY)`."""
    if code in SUBDIVISIONS:
        return SUBDIVISIONS[code][language != "en"]
    country = code.partition("-")[0]
    name = Locale.parse(babel_locale(language)).territories.get(country)
    if name is None:
        return code
    if code == country:
        return str(name)
    return f"{name} ({code})" if language == "en" else f"{name}（{code}）"
