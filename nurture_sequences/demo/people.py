"""Pure: two hundred invented people who came to the landing page over the last months, more of them lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from funnel.crm.touches import Touched
from nurture_sequences.demo.business import ROOFS

COUNT = 200
MONTHS = timedelta(days=150)
FIRST = """
    Ada Amir Anouk Basile Bruna Celia Dario Elif Emil Fanny Gael Hana Ilan Iris Jonas Kenza Lena Malo Mina Nils
    Noor Olga Omar Paula Rafa Sana Tess Uma Vera Yann
""".split()  # noqa: SIM905 - fifty names read better so
LAST = """
    Aubeclair Bontoit Clairvent Daubriet Estivaux Feuillard Grandpignon Hautruisseau Jolivert Lanternier
    Mirebois Noiseraie Ormesson Petitjour Quatrevents Rochebelle Sautereau Tournesol Valombre Verdelune
""".split()  # noqa: SIM905 - fifty names read better so
TOWNS = ("Aubeville", "Bellerive", "Clairmont", "Doucelande", "Ensoleil", "Fontgrise")
#: where people come from, and how often
TOUCHES = (
    (5, Touched("search", "cpc", "roofs-by-season", term="solar roof cost")),
    (4, Touched("newsletter", "email", "spring-letter")),
    (3, Touched("neighbours", "referral", "three-roofs")),
    (2, Touched("fair", "offline", "home-fair")),
    (4, Touched()),
)


@dataclass(frozen=True)
class Person:
    """One of them. Times are engine times; what has not happened yet is None."""

    email: str
    fields: dict[str, Any]
    #: when the form was filled in; the first time made the lead
    filled: tuple[datetime, ...]
    touch: Touched
    may_be_called: bool
    unsubscribed_at: datetime | None
    #: how far our people brought the lead once the letters were over: 0 to 3 rungs
    rungs: int
    zone: str = "Europe/Paris"


def people(now: datetime, seed: int = 1) -> list[Person]:
    """The same ones for the same `now` and seed, the longest known first."""
    random = Random(seed)  # noqa: S311 - invents people, guards nothing
    names = random.sample(list(product(FIRST, LAST)), COUNT)
    # The square makes three in ten of them so recent that they are still in the sequence.
    ages = sorted((MONTHS * random.random() ** 2 for _ in names), reverse=True)
    return [_person(random, first, last, now - age, now) for (first, last), age in zip(names, ages, strict=True)]


def _person(random: Random, first: str, last: str, came: datetime, now: datetime) -> Person:
    fields: dict[str, Any] = {"first_name": first, "last_name": last, "town": random.choice(TOWNS)}
    fields |= {"roof": random.choice(ROOFS)}
    if random.random() < 0.7:
        fields["bill"] = random.randrange(400, 3200, 20)
    again, gone = came + MONTHS * random.random() / 3, came + timedelta(days=30) * random.random()
    return Person(
        email=f"{first}.{last}@{random.choice(('example.com', 'example.org', 'mail.example'))}".lower(),
        fields=fields,
        filled=(came, again) if random.random() < 0.25 and again < now else (came,),
        touch=random.choices([touch for _, touch in TOUCHES], [often for often, _ in TOUCHES])[0],
        may_be_called=random.random() < 0.35,
        unsubscribed_at=gone if random.random() < 0.12 and gone < now else None,
        rungs=random.choices((0, 1, 2, 3), (60, 18, 12, 10))[0],
    )
