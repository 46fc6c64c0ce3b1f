"""The sample hall: 162 places, three bands, and a programme of eight weeks."""

from datetime import date, datetime, time, timedelta

from sqlmodel import Session, select

from citizen_space.kit import clock
from citizen_space.kit.keys import Keys
from citizen_space.venue.models import Event, Performance, Price, PriceBand, Rate, Seat, SeatKind, Section

# code, name_fr, name_en
SECTIONS = [("parterre", "Parterre", "Stalls"), ("gradin", "Gradin", "Raked seats")]
BANDS = [
    ("A", "Première catégorie", "First category"),
    ("B", "Deuxième catégorie", "Second category"),
    ("C", "Troisième catégorie", "Third category"),
]

# code, name_fr, name_en, eligibility_fr, eligibility_en
RATES = [
    ("plein", "Plein", "Full", "", ""),
    (
        "reduit",
        "Réduit",
        "Reduced",
        "Étudiants, plus de 65 ans, cartes d’invalidité : justificatif à l’entrée.",
        "Students, over 65s, disability cards: proof at the door.",
    ),
    ("jeune", "Moins de 18 ans", "Under 18", "Carte d’identité à l’entrée.", "Identity card at the door."),
    (
        "solidaire",
        "Solidaire",
        "Solidarity",
        "Bénéficiaires de minima sociaux, demandeurs d’emploi : attestation de moins de trois mois.",
        "People on income support or seeking work: certificate of the last three months.",
    ),
]

# row → (band, seats left of the aisle, seats right of it); the wheelchair places are row R, level with the doors.
ROWS = [
    ("A", "A", 6, 6),
    ("B", "A", 7, 7),
    ("C", "A", 7, 7),
    ("D", "A", 7, 7),
    ("E", "B", 7, 7),
    ("F", "B", 7, 7),
    ("G", "B", 7, 7),
    ("H", "B", 7, 7),
    ("J", "C", 7, 7),
    ("K", "C", 7, 7),
    ("L", "C", 7, 7),
]
_PITCH, _AISLE, _MIDDLE, _FIRST_Y = 34, 48, 320, 96
_CROSS_AISLE_AFTER = "D"
_STALLS = "ABCDR"
_LEAST_CENTS = 500
_FEASTS = {(12, 24), (12, 25), (12, 31), (1, 1)}

# title_fr, title_en, genre_fr, genre_en, text_fr, text_en, artist, minutes, vat_key, full price in band A, B, C
EVENTS = [
    (
        "Les Voix du dedans",
        "Voices from Inside",
        "Chœur et récits",
        "Choir and stories",
        "Vingt voix d’ici et de la ville, six mois de travail, une heure de chant. Des lettres lues entre les chants.",
        "Twenty voices from here and from town, six months of work, one hour of song. Letters read between the songs.",
        "Le Chœur des deux rives",
        60,
        "vat_show",
        (1200, 1000, 800),
    ),
    (
        "L’Avare",
        "The Miser",
        "Théâtre",
        "Theatre",
        "La comédie de Molière, jouée à huit, sans décor, au plus près du public. Tout le monde y compte ses sous.",
        "Molière’s comedy, played by eight without a set, close to the audience. Everybody is counting their pennies.",
        "Compagnie du Quai",
        110,
        "vat_show",
        (1600, 1300, 1000),
    ),
    (
        "Petit Poucet, grand pas",
        "Tom Thumb, Big Steps",
        "Jeune public, dès 5 ans",
        "For children from 5",
        "Des ombres, une lampe, sept frères : le conte de Perrault à hauteur d’enfant.",
        "Shadows, a lamp, seven brothers: Perrault’s tale at a child’s height.",
        "La Lanterne sourde",
        45,
        "vat_show",
        (800, 650, 500),
    ),
    (
        "Django, un soir",
        "Django, One Evening",
        "Jazz manouche",
        "Gypsy jazz",
        "Deux guitares, un violon, une contrebasse. Le répertoire de Django Reinhardt et quelques compositions.",
        "Two guitars, a violin, a double bass. Django Reinhardt’s songs and a few of their own.",
        "Quartet Roulotte",
        80,
        "vat_show",
        (1500, 1200, 1000),
    ),
    (
        "Ce qui nous tient debout",
        "What Keeps Us Standing",
        "Danse",
        "Dance",
        "Cinq danseurs et des chaises. Une création née de trois résidences dans cette salle.",
        "Five dancers and some chairs. A new piece made during three residencies in this hall.",
        "Collectif Pas de côté",
        65,
        "vat_show_first_n",
        (1800, 1500, 1200),
    ),
    (
        "Le Grand Procès du loup",
        "The Great Trial of the Wolf",
        "Théâtre, dès 9 ans",
        "Theatre, from 9",
        "Le loup est jugé ; la salle est le jury. La fin change chaque soir.",
        "The wolf stands trial and the audience is the jury. The ending changes every night.",
        "Théâtre des Trois Chênes",
        75,
        "vat_show",
        (1000, 800, 600),
    ),
]

# What each rate takes off the full price, in percent.
_OFF = {"plein": 0, "reduit": 25, "jeune": 40, "solidaire": 50}

# event, weeks ahead, weekday (0 is Monday), hour
DATES = [
    (0, 0, 4, time(20, 0)),
    (1, 1, 3, time(20, 30)),
    (1, 1, 4, time(20, 30)),
    (2, 2, 2, time(15, 0)),
    (2, 2, 5, time(16, 0)),
    (3, 3, 4, time(20, 30)),
    (4, 4, 3, time(20, 0)),
    (4, 4, 4, time(20, 0)),
    (0, 5, 5, time(18, 0)),
    (5, 6, 4, time(19, 30)),
    (5, 7, 5, time(16, 0)),
]


def plant(session: Session, *, at: datetime, keys: Keys) -> None:
    """Lay out the hall and its programme; returns at once when they are there."""
    if session.exec(select(Seat.id)).first() is not None:
        return
    _lay_seats(session)
    events = _write_events(session)
    today = clock.local(at).date()
    session.add(_performance(events[3], today, time(20, 0)))
    for number, weeks, weekday, hour in DATES:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
        on = _working_day(monday + timedelta(days=weekday))
        if on > today:
            session.add(_performance(events[number], on, hour))
    session.flush()


def _working_day(on: date) -> date:
    """Nobody plays on the feast days at the end of the year: two days later then."""
    while (on.month, on.day) in _FEASTS:
        on += timedelta(days=2)
    return on


def _performance(event: Event, on: date, starts: time) -> Performance:
    starts_at = clock.moment(on, starts)
    half_an_hour_before = starts_at - timedelta(minutes=30)
    return Performance(
        event_id=event.id or 0,
        starts_at=starts_at,
        doors_at=half_an_hour_before,
        sales_end_at=half_an_hour_before,
    )


def _lay_seats(session: Session) -> None:
    sections = [Section(code=code, name_fr=fr, name_en=en, sort=n) for n, (code, fr, en) in enumerate(SECTIONS)]
    bands = {code: PriceBand(code=code, name_fr=fr, name_en=en, sort=n) for n, (code, fr, en) in enumerate(BANDS)}
    session.add_all([*sections, *bands.values()])
    session.flush()
    y = _FIRST_Y
    for row, band, left, right in ROWS:
        section = sections[0] if row in _STALLS else sections[1]
        session.add_all(_row(row, section.id or 0, bands[band].id or 0, left, right, y))
        y += 40
        if row == _CROSS_AISLE_AFTER:
            session.add_all(_wheelchair_row(sections[0].id or 0, bands["B"].id or 0, y))
            y += 56
    session.flush()


def _row(row: str, section_id: int, band_id: int, left: int, right: int, y: int) -> list[Seat]:
    seats = []
    for number in range(1, left + right + 1):
        if number <= left:
            x = _MIDDLE - _AISLE // 2 - (left - number) * _PITCH - _PITCH // 2
        else:
            x = _MIDDLE + _AISLE // 2 + (number - left - 1) * _PITCH + _PITCH // 2
        seats.append(Seat(section_id=section_id, band_id=band_id, row=row, number=number, x=x, y=y))
    return seats


def _wheelchair_row(section_id: int, band_id: int, y: int) -> list[Seat]:
    """Five wheelchair places and as many for who comes along, level with the doors, in pairs."""
    seats = []
    for pair in range(5):
        start = _MIDDLE - 238 + pair * 108
        for offset, kind in ((0, SeatKind.WHEELCHAIR), (_PITCH, SeatKind.COMPANION)):
            number = 2 * pair + 1 + (offset > 0)
            seats.append(
                Seat(
                    section_id=section_id, band_id=band_id, row="R", number=number, x=start + offset, y=y + 8, kind=kind
                )
            )
    return seats


def _write_events(session: Session) -> list[Event]:
    rates = [
        Rate(code=code, name_fr=fr, name_en=en, eligibility_fr=why_fr, eligibility_en=why_en, sort=n)
        for n, (code, fr, en, why_fr, why_en) in enumerate(RATES)
    ]
    events = [
        Event(
            title_fr=one[0],
            title_en=one[1],
            genre_fr=one[2],
            genre_en=one[3],
            text_fr=one[4],
            text_en=one[5],
            artist=one[6],
            minutes=one[7],
            vat_key=one[8],
        )
        for one in EVENTS
    ]
    session.add_all([*rates, *events])
    session.flush()
    bands = session.exec(select(PriceBand).order_by(PriceBand.code)).all()
    for event, facts in zip(events, EVENTS, strict=True):
        for band, full in zip(bands, facts[9], strict=True):
            session.add_all(
                Price(
                    event_id=event.id or 0,
                    band_id=band.id or 0,
                    rate_id=rate.id or 0,
                    price_cents=_rounded(full, _OFF[rate.code]),
                )
                for rate in rates
            )
    return events


def _rounded(full: int, percent_off: int) -> int:
    """Take a part off and round down to half a euro; five euros are the least."""
    return max(_LEAST_CENTS, full * (100 - percent_off) // 5000 * 50)
