"""Documents as the house prints them, for every test of this package."""

from printers.document import Block, Code, Columns, Cut, Document, Kick, Rule, Space, Text

TRAIL = "https://espace-citoyen.example/ou-va-votre-argent/7K3MQ2XA"


def receipt() -> Document:
    """Return what a customer keeps for ten years."""
    return Document(
        kind="receipt",
        title="Ticket R1-000123",
        blocks=(
            Text("Le Passe-Muraille", size="large", align="center", bold=True),
            Text("Restaurant de l’espace citoyen", align="center"),
            Text("12 rue de l’Écluse · 59000 Lille", align="center"),
            Text("SIRET 110 000 056 00017 · TVA FR 12 110000056", size="small", align="center"),
            Space(),
            Columns(("Ticket R1-000123", "lun. 23 nov. 2026, 12:30")),
            Columns(("Table 12 · 2 couverts", "Poste R07")),
            Rule(),
            Columns(("2 × Velouté de potimarron, crème fraîche d’Isigny et éclats de châtaigne", "13,00 €")),
            Columns(("1 × Entrecôte grillée, beurre maître d’hôtel", "18,50 €")),
            Text("   cuisson à point", size="small"),
            Columns(("1 × Œufs mollets à l’oseille", "12,00 €")),
            Columns(("1 × Café gourmand", "6,50 €")),
            Rule(),
            Columns(("TOTAL", "50,00 €"), size="large", bold=True),
            Space(),
            Columns(("Carte bancaire", "40,00 €")),
            Columns(("Titre-restaurant", "10,00 €")),
            Rule(),
            Columns(("TVA", "HT", "TVA", "TTC"), weights=(3, 4, 4, 4), bold=True),
            Columns(("10 %", "39,55 €", "3,95 €", "43,50 €"), weights=(3, 4, 4, 4)),
            Columns(("20 %", "5,42 €", "1,08 €", "6,50 €"), weights=(3, 4, 4, 4)),
            Rule(),
            Columns(("Part versée aux victimes", "4,50 €"), bold=True),
            Text("comprise dans le prix que vous avez payé", size="small"),
            Code(TRAIL, caption="Où va votre argent : 7K3MQ2XA"),
            Space(),
            Text("Merci, et à bientôt.", align="center"),
            Text("Signature a41f 90c2 7be3 · Logiciel Citizen Space 0.1", size="small", align="center"),
            Cut(),
        ),
    )


def kitchen_chit() -> Document:
    """Return what the kitchen reads from two metres."""
    return Document(
        kind="kitchen",
        title="Bon de cuisine",
        blocks=(
            Text("TABLE 12", size="huge", align="center", bold=True),
            Text("PLATS", size="huge", align="center"),
            Columns(("12:47", "2 couverts")),
            Rule("="),
            Text("+ 1 Entrecôte", size="large", bold=True),
            Text("  saignante, sauce à part", size="large"),
            Text("− 1 Œufs mollets", size="large", bold=True),
            Text("ALLERGIE : fruits à coque, crustacés", size="large", bold=True, inverted=True),
            Space(2),
            Cut(),
        ),
    )


def admission() -> Document:
    """Return a ticket of the hall."""
    return Document(
        kind="admission",
        title="Billet",
        blocks=(
            Text("La nuit des rois", size="large", align="center", bold=True),
            Text("vendredi 4 décembre 2026, 20:00", align="center"),
            Text("C 14", size="huge", align="center", bold=True),
            Text("Parterre · tarif réduit", align="center"),
            Columns(("Prix", "8,00 €"), bold=True),
            Code("A1.4F7K.9QZ2-MXTR", caption="À présenter à l’entrée : 4F7K 9QZ2"),
            Cut(),
        ),
    )


def bike_tag() -> Document:
    """Return what hangs on a bicycle."""
    return Document(
        kind="bike_tag",
        title="Étiquette vélo",
        blocks=(
            Text("V-0042", size="huge", align="center", bold=True),
            Text("Gitane bleu, panier avant", align="center"),
            Columns(("Promis pour", "mer. 25 nov., 16:00")),
            Code("V-0042", kind="code128"),
            Code("3760123456784", kind="ean13", caption="Chambre à air 700 × 25"),
            Cut(partial=False),
        ),
    )


def z_report() -> Document:
    """Return the close of a day; it opens the drawer."""
    rows: list[Block] = [
        Columns((name, f"{count}", amount), weights=(5, 1, 3))
        for name, count, amount in (
            ("Carte bancaire", 48, "1 234,56 €"),
            ("Titre-restaurant", 12, "148,00 €"),
            ("Espèces", 0, "0,00 €"),
            ("Remboursements", 1, "−12,00 €"),
        )
    ]
    return Document(
        kind="z",
        title="Z 42",
        blocks=(
            Kick(),
            Text("Z 42", size="huge", align="center", bold=True),
            Text("Caisse R1 · 23/11/2026", align="center"),
            Rule("="),
            *rows,
            Rule(),
            Columns(("TOTAL", "1 370,56 €"), size="large", bold=True),
            Columns(("Total perpétuel", "98 765,43 €"), bold=True),
            Columns(("Écart de caisse", "0,00 €")),
            Cut(partial=False),
        ),
    )


def english_note() -> Document:
    """Return a document narrower than its paper."""
    return Document(
        kind="note",
        width=30,
        language="en",
        blocks=(
            Text("Note – not a receipt", bold=True),
            Columns(("2 × Tea", "5,00 €")),
            Text("Thank you", align="right", inverted=True),
            Cut(),
        ),
    )


SAMPLES = (receipt, kitchen_chit, admission, bike_tag, z_report, english_note)
