"""Given names, and parts from which family names are made up, by where the names come from."""

from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True)
class Origin:
    """Names that go together: ``men``, ``women`` and family names for either."""

    label: str
    share: int
    men: tuple[str, ...]
    women: tuple[str, ...]
    families: tuple[str, ...]
    women_families: tuple[str, ...] = ()
    scripts: tuple[tuple[str, str], ...] = ()


def _made(starts: str, ends: str) -> tuple[str, ...]:
    return tuple(start + end for start, end in product(starts.split(), ends.split()))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ENGLISH_MEN = _words(
    "Daniel Tobias Neil Martin Colin Adrian Stephen Gareth Simon Keith Darren Wayne Craig Lee Alan "
    "Peter Michael Christopher Andrew Philip Nicholas Anthony Matthew Jonathan Edward William Henry"
    " Robert Richard Geoffrey Kenneth Leonard Oliver Jack Thomas George Harry Samuel Joseph Luke "
    "Nathan Callum Ryan Aaron Dean Shane Jason Terence Raymond Dominic Julian Rupert Giles Russell"
    " Barry Gordon Graham Trevor Roy Stuart Vincent Benjamin Zachary Reece Kieran Leon Marcus Max"
)
_ENGLISH_WOMEN = _words(
    "Margaret Gwen Danielle Elizabeth Catherine Susan Jacqueline Rebecca Deborah Patricia Dorothy "
    "Victoria Samantha Charlotte Eleanor Theresa Barbara Christine Joanne Alexandra Jennifer Judith"
    " Nicola Frances Isabel Leah Sarah Hannah Claire Tracey Donna Paula Louise Amy Kelly Gemma"
)
_ENGLISH_FAMILIES = _made(
    "Wex Ark Col Ren Hal Thorn Brack Dun Ash Stan Wid Mar Cald Fen Hather Lang Pen Rook Sal Tarn "
    "Under Wither Yar Elm Brom Crow Dray Gris Hol Kel Lud Mel Nether Oak Quar Rad Shel Til Ul Ver",
    "combe wright beck wick ham sby thwaite ledge field mere stow gate den worth ley croft bourne "
    "garth dale mond well hurst",
)
_WELSH_FAMILIES = _made(
    "Llan Pen Tre Gwern Rhyd Bryn Cae Llwyn Mor Caer",
    "forwen wyllt fardd ddu gwyn derwen elyn afon eirin fryn",
)
_GAELIC_FAMILIES = (
    *_made(
        "Mac Mc", "Fergannon Ilvarnie Orrachan Tavarish Quhollan Annaran Eachrin Lorran Gillavey"
    ),
    *_made("O' O’ Ní", "Dunnaghy Brannigal Fearon Sullaher Rourkin Maolagh Cahallan"),
)
_SOUTH_ASIAN_FAMILIES = (
    *_made(
        "Pathar Sundar Bal Jagir Chandra Deva Rama Vella Kanda Meher", "wal kar jit nathan dhar"
    ),
    *_words("Chaudhry Choudhury Qureshi Bhattarai Krishnamurthy Venkataraman Siddiquey"),
)
_ARABIC_FAMILIES = (
    *_made("Al- El- ", "Hassani Zahrawi Khalidi Masoudi Nasrawi Rashidi Tarabi Yafawi Qudsawi"),
    *("Abd al-Rahmani", "bin Yafawi", "Abdelqaderi", "Benhassine", "Bouzaradi"),
)
_POLISH_STEMS = "Wiśniobor Kowalisz Zielomir Dąbrowiec Łukomir Szczepol Źrebow Jaworzyn Gołąbow"
_CHINESE_FAMILIES = (
    ("Wang", "王"), ("Li", "李"), ("Zhang", "张"), ("Chen", "陈"), ("Liu", "刘"), ("Zhao", "赵"),
    ("Huang", "黄"), ("Zhou", "周"), ("Wu", "吴"), ("Xu", "徐"), ("Zheng", "郑"), ("Xie", "谢"),
)  # fmt: skip
_CHINESE_MEN = (
    ("Xiaoming", "小明"), ("Jianguo", "建国"), ("Zhiqiang", "志强"), ("Haoran", "浩然"),
    ("Weidong", "卫东"), ("Yichen", "奕辰"), ("Guohua", "国华"), ("Wenbin", "文斌"),
)  # fmt: skip
_CHINESE_WOMEN = (
    ("Meiling", "美玲"), ("Xiuying", "秀英"), ("Yuxuan", "雨萱"), ("Lihua", "丽华"), ("Qing", "青"),
)  # fmt: skip
_WEST_AFRICAN = _made("Oyela Ade Ola Ogun Ayo Baba Ife", "ran wemi tunde bayo sola")

ORIGINS: tuple[Origin, ...] = (
    Origin("English", 60, _ENGLISH_MEN, _ENGLISH_WOMEN, _ENGLISH_FAMILIES),
    Origin(
        "Welsh", 7,
        _words("Dafydd Rhys Llywelyn Gruffydd Ieuan Tomos Gwilym Steffan Iwan Emyr Aled Geraint"),
        _words("Siân Gwenllian Angharad Mair Bethan Rhiannon Cerys Eirlys Nerys"),
        _WELSH_FAMILIES,
    ),
    Origin(
        "Gaelic", 9,
        _words("Ruaridh Hamish Iain Seán Eoin Aonghas Pádraig Tadhg Oisín Domhnall Alasdair Rory"),
        _words("Siobhán Niamh Saoirse Caoimhe Aoife Eilidh Mhairi Catriona Gráinne Sinéad"),
        _GAELIC_FAMILIES,
    ),
    Origin(
        "South Asian", 10,
        _words("Ishaan Harpreet Rajesh Vikram Arjun Sanjay Imran Gurdeep Suresh Anil Tariq Kamal"),
        _words("Lakshmi Priyanka Ayesha Sunita Manpreet Nasreen Anjali Rukhsana"),
        _SOUTH_ASIAN_FAMILIES,
    ),
    Origin(
        "Arabic", 6,
        _words("Mohammed Ahmed Yusuf Ibrahim Hussain Omar Khaled Mustafa Ismail Bilal Samir Tarek"),
        _words("Fatima Aisha Maryam Layla Zaynab Noura Samira"),
        _ARABIC_FAMILIES,
    ),
    Origin(
        "Polish", 4,
        _words("Łukasz Krzysztof Wojciech Stanisław Paweł Grzegorz Michał Andrzej Mateusz Piotr"),
        _words("Katarzyna Małgorzata Agnieszka Elżbieta Zuzanna Wiktoria"),
        _made(_POLISH_STEMS, "ski icki"),
        _made(_POLISH_STEMS, "ska icka"),
    ),
    Origin(
        "Chinese", 2,
        tuple(name for name, _ in _CHINESE_MEN),
        tuple(name for name, _ in _CHINESE_WOMEN),
        tuple(name for name, _ in _CHINESE_FAMILIES),
        scripts=(*_CHINESE_FAMILIES, *_CHINESE_MEN, *_CHINESE_WOMEN),
    ),
    Origin(
        "West African", 2,
        _words("Oluwaseun Kwabena Chukwuemeka Babatunde Kofi Emeka Tunde"),
        _words("Adaeze Ngozi Folasade Abena Chidinma"),
        _WEST_AFRICAN,
    ),
)  # fmt: skip

NICKNAMES = _words("Ginger Tigger Spanner Biscuit Lofty Sparky Badger Chalky Moose Pip Duke Smudge")

SHORT_FORMS = {
    "Daniel": "Dan", "Tobias": "Toby", "Stephen": "Steve", "Michael": "Mick", "Robert": "Bob",
    "Christopher": "Chris", "Andrew": "Andy", "Nicholas": "Nick", "Anthony": "Tony",
    "Matthew": "Matt", "Jonathan": "Jon", "Edward": "Ted", "William": "Billy", "Henry": "Harry",
    "Richard": "Dick", "Thomas": "Tommy", "Samuel": "Sam", "Joseph": "Joe", "Benjamin": "Ben",
    "Elizabeth": "Liz", "Catherine": "Kate", "Susan": "Sue", "Rebecca": "Becky", "Margaret": "Meg",
    "Dafydd": "Dai", "Gruffydd": "Guto", "Mohammed": "Mo", "Katarzyna": "Kasia",
    "Małgorzata": "Gosia", "Wojciech": "Wojtek", "Danielle": "Dani", "Siobhán": "Shivaun",
}  # fmt: skip
