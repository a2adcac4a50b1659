"""Names that are one name: short forms, and spellings that neither sound nor letters connect.

Written for this project from common knowledge; a name may stand in several groups.
"""

from mappa.offenders.names.spelling import fold

GROUPS: tuple[str, ...] = (
    # English
    "Alexander Alex Alec Alasdair Alistair Alastair Sandy Xander Aleksander Olek",
    "Alexandra Alex Sandra Lexi Lexie Sasha Aleksandra Ola",
    "Andrew Andy Drew Andrzej Andras Andreas",
    "Anthony Tony Antony Antoni Antek",
    "Barbara Barb Babs Basia",
    "Benjamin Ben Benny Benji",
    "Catherine Katherine Kathryn Kate Katie Kathy Cathy Cath Kat Kitty Katarzyna Kasia Catriona",
    "Charles Charlie Chas Chuck Karol",
    "Charlotte Charlie Lottie Lotte",
    "Christine Christina Chris Tina Krystyna Chrissie",
    "Christopher Chris Kit Krzysztof Krzys Topher",
    "Daniel Dan Danny Dani",
    "Danielle Dani Danni Daniela Daniella",
    "David Dave Davy Davey Dai Dafydd Dewi Dawid Daud Dawood",
    "Deborah Deb Debbie Debra",
    "Dorothy Dot Dottie Dolly",
    "Edward Ed Eddie Ted Teddy Ned Edek",
    "Eleanor Ellie Nell Nora Elinor Lenore",
    "Elizabeth Elisabeth Liz Lizzie Beth Betty Bess Eliza Libby Lisa Elspeth Bethan Elzbieta Ela",
    "Francis Frank Frankie Franciszek Fran",
    "Frances Fran Frankie Fanny",
    "Frederick Fred Freddie Freddy",
    "Geoffrey Jeffrey Geoff Jeff",
    "George Georgie Jerzy Jurek Sior Seoras",
    "Gerald Gerard Gerry Jerry",
    "Gregory Greg Grzegorz Grigor",
    "Harold Harry Hal",
    "Henry Harry Hal Henryk",
    "Isabel Isabella Isobel Bella Izzy Ishbel",
    "Jacqueline Jackie Jacqui",
    "James Jim Jimmy Jamie Hamish Seumas Seamus Shamus Jakub Kuba",
    "Janet Jan Jessie Sinead",
    "Jennifer Jen Jenny Gwenhwyfar",
    "Jessica Jess Jessie",
    "John Jon Jack Johnny Sean Shaun Shawn Ian Iain Eoin Owen Jan Janek Ieuan Evan Euan Ewan Ifan",
    "Jonathan Jon Jonny Jonathon",
    "Joseph Joe Joey Jozef Yusuf Yousef Youssef Yusef Yousuf",
    "Joanna Jo Joanne Asia Siwan",
    "Joshua Josh",
    "Judith Judy Judi",
    "Kenneth Ken Kenny Coinneach",
    "Lawrence Laurence Larry Laurie",
    "Leonard Len Lenny Leo",
    "Lewis Louis Lou Ludwik",
    "Margaret Maggie Meg Megan Peggy Madge Greta Marged Mairead Malgorzata Gosia",
    "Mary Marie Maria Molly Polly Mair Mairi Mhairi Vari Maura Moira Maryam Mariam Miriam",
    "Matthew Matt Matty Mateusz",
    "Michael Mike Mick Mickey Mikey Michal Mihangel",
    "Nicholas Nick Nicky Nicolas Mikolaj Nico",
    "Nicola Nicky Nikki Nicole",
    "Oliver Ollie Olly",
    "Patricia Pat Patsy Tricia Trish",
    "Patrick Pat Paddy Padraig Patryk",
    "Peter Pete Pedr Piotr Piotrek Peadar",
    "Philip Phillip Phil Pip",
    "Rebecca Becky Becca Rebekah",
    "Richard Rick Rich Ricky Dick Dickie Ryszard",
    "Robert Rob Bob Bobby Robbie Bert Rab",
    "Ronald Ron Ronnie Ranald",
    "Samuel Sam Sammy Sami",
    "Samantha Sam Sammy",
    "Sarah Sara Sally Sadie",
    "Stephen Steven Steve Steffan Stefan Szczepan",
    "Susan Sue Suzanne Susie Suzie Zuzanna",
    "Theodore Ted Theo Teddy",
    "Theresa Teresa Terry Tess Tessa",
    "Thomas Tom Tommy Tomos Twm Tomasz Tomek Tam",
    "Timothy Tim Timmy",
    "Victoria Vicky Vikki Tori Wiktoria",
    "Walter Wally Walt",
    "William Will Bill Billy Willie Liam Gwilym Uilleam",
    "Zachary Zach Zak Zack Zakariya",
    # Welsh and Gaelic
    "Sian Shan Sharn Jane",
    "Rhys Reece Rees Reese Rhisiart",
    "Llywelyn Llewellyn Llewelyn Lyn",
    "Gruffydd Gruffudd Griffith Griff Guto",
    "Gwenllian Gwen Gwenda Gwenyth Gwyneth",
    "Angharad Harri Ann",
    "Siobhan Shivaun Shevaun Chevonne Shivonne",
    "Niamh Neve Nieve Neave",
    "Saoirse Sersha Seersha",
    "Caoimhe Keeva Kiva Keva",
    "Aoife Eefa Efa Eva",
    "Ruaridh Ruairidh Ruari Rory Roderick",
    "Aonghas Angus Innes",
    "Domhnall Donald Don Donnie",
    "Eilidh Ailie Ayley Helen Ellen Helena",
    "Oisin Osheen Ossian",
    "Tadhg Tighe Teague",
    # Polish
    "Wojciech Wojtek Voytek Adalbert",
    "Stanislaw Staszek Stan Stas",
    "Agnieszka Agnes Aga",
    "Pawel Paul Pol",
    "Lukasz Luke Luka Lucas",
    # South Asian and Arabic
    "Mohammed Mohammad Muhammad Muhammed Mohamed Mohamad Muhamad Mehmet Mohd Md Mo Mahomed",
    "Ahmed Ahmad Ahmet Ahmadi",
    "Hussain Hussein Husain Hossain Hussayn Hossein",
    "Chaudhry Choudhury Chowdhury Chaudhary Chaudhuri Choudhry",
    "Syed Sayed Sayyid Sayyed Saeed Said",
    "Abdul Abd Abdel Abdal",
    "Abdurrahman Abdulrahman Abdelrahman Rahman Rehman",
    "Fatima Fatimah Fatma Faatimah",
    "Aisha Ayesha Aysha Aishah Ayesha",
    "Ibrahim Ebrahim Abraham Ibraheem",
    "Ismail Ishmael Esmail",
    "Umar Omar Omer",
    "Usman Osman Uthman Othman",
    "Iqbal Eqbal Ikbal",
    "Qureshi Koreshi Kureishi Quraishi",
    "Lakshmi Laxmi Luxmi",
    "Krishna Krishnan Kishan",
    "Ishaan Ishan Eshan Eshaan",
    "Harpreet Harprit Preet",
    # Chinese family names in several romanisations
    "Zhang Chang Cheung Teo",
    "Chen Chan Tan Chin",
    "Wang Wong Huang Ong Hwang",
    "Li Lee Lei",
    "Xu Hsu Hui Tsui",
    "Liu Lau Low",
    "Lin Lam Lim",
    "Zhou Chow Chou Chau",
    "Wu Ng Goh Woo",
    "Zheng Cheng Tay Cheang",
    "Guo Kwok Kuo Quek",
    "Xie Hsieh Tse",
)


def _groups_by_name() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in GROUPS:
        names = [fold(name) for name in group.split()]
        for name in names:
            found.setdefault(name, set()).add(names[0])
    return {name: frozenset(groups) for name, groups in found.items()}


_BY_NAME = _groups_by_name()
_NONE: frozenset[str] = frozenset()


def forms(token: str) -> frozenset[str]:
    """The groups of names that a folded word belongs to; empty for most words."""
    return _BY_NAME.get(token, _NONE)
