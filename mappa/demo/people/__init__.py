"""Made-up people for the demo, the tests and the measurements; nobody here exists."""

from mappa.demo.people.fixed import FIXED
from mappa.demo.people.made_up import DEMO_DAY, people
from mappa.demo.people.person import SyntheticAddress, SyntheticAlias, SyntheticPerson

__all__ = [
    "DEMO_DAY",
    "FIXED",
    "SyntheticAddress",
    "SyntheticAlias",
    "SyntheticPerson",
    "people",
]
