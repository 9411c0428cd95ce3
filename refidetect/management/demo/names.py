"""Invented names and places of the demo. Area codes are the state's, numbers end in 555-01xx, addresses are at example.com."""

FIRST = """
Abigail Adrian Amara Anders Anika Arturo Astrid Beatriz Bennett Bram Calla Carlos Cecily Cormac Dalia Dashiell Delphine Desmond
Elena Elias Emeka Esther Fabian Felicity Fergus Gideon Greta Hadley Hana Hugo Imani Ines Isaac Ivy Jasper Joaquin Josefina Juno
Kamal Keiko Kiran Lars Leland Lena Lucian Magnus Marisol Mei Mercer Mira Nadia Nils Noor Odessa Omar Orla Petra Quentin Ramona
Rafael Rowan Rosalind Saskia Silas Soren Sunniva Tamsin Thaddeus Theo Tobias Una Vera Viggo Wendell Willa Xavier Yara Zadie Zelda
""".split()

LAST = """
Abernathy Adeyemi Alvarado Ashby Bellweather Brannigan Brightwater Calloway Cardenas Castellan Chaudhry Cordero Delacroix Dunmore
Eastman Ekstrom Fairchild Ferreira Finch Gallagher Greenhalgh Guerrero Haddad Halvorsen Hargrove Hathaway Holloway Ibarra Isaksen
Jankowski Kapoor Kensington Kowalczyk Lachance Lindqvist Lockhart Marchetti Mendonca Montague Moreau Nakamura Nightingale Oduya
Okafor Ostrowski Pemberton Quintero Ramaswamy Ravenscroft Rosenthal Sauer Sorensen Strand Tanaka Thackeray Underhill Valdivia Vega
Villareal Wainwright Whitaker Winslow Yamamoto Yilmaz Zielinski Zimmerman
""".split()

STREETS = (
    "Alder Aspen Birch Cedar Clover Cottonwood Elm Fern Hawthorn Juniper Larch Laurel Maple Oak Pine Poplar Sage Willow".split()
)

# Branch: its clock, and the cities it lends in (city, state, ZIP, area code).
BRANCHES = {
    "Denver": (
        "America/Denver",
        (("Denver", "CO", "80205", "303"), ("Aurora", "CO", "80013", "720"), ("Boulder", "CO", "80304", "303"),
         ("Fort Collins", "CO", "80525", "970"), ("Provo", "UT", "84604", "801")),
    ),
    "Phoenix": (
        "America/Phoenix",
        (("Phoenix", "AZ", "85018", "602"), ("Mesa", "AZ", "85205", "480"), ("Tucson", "AZ", "85718", "520"),
         ("Las Vegas", "NV", "89117", "702")),
    ),
    "Tampa": (
        "America/New_York",
        (("Tampa", "FL", "33609", "813"), ("Orlando", "FL", "32806", "407"), ("Sarasota", "FL", "34236", "941"),
         ("Savannah", "GA", "31405", "912")),
    ),
}  # fmt: skip
