"""The chart of accounts: code, French and English label, kind."""

from citizen_space.ledger.models import AccountKind

_ASSET, _DEBT = AccountKind.ASSET, AccountKind.LIABILITY
_INCOME, _EXPENSE = AccountKind.INCOME, AccountKind.EXPENSE

CHART: tuple[tuple[str, str, str, AccountKind], ...] = (
    ("4191", "Acomptes reçus", "Deposits received", _DEBT),
    ("421", "Rémunérations dues", "Wages owed", _DEBT),
    ("4457", "TVA collectée", "VAT collected", _DEBT),
    ("467", "Part des victimes à verser", "Victims’ share owed", _DEBT),
    ("5112", "Paiements en ligne à recevoir", "Online payments on their way", _ASSET),
    ("5113", "Cartes à recevoir", "Card terminal on its way", _ASSET),
    ("5114", "Titres-restaurant à encaisser", "Meal vouchers to collect", _ASSET),
    ("5115", "Chèques à encaisser", "Cheques to collect", _ASSET),
    ("512", "Banque", "Bank", _ASSET),
    ("53", "Caisse", "Cash", _ASSET),
    ("58", "Virements internes", "Internal transfers", _ASSET),
    ("627", "Frais bancaires et de paiement", "Bank and processor fees", _EXPENSE),
    ("641", "Rémunérations", "Wages", _EXPENSE),
    ("654", "Manquants de caisse", "Cash short", _EXPENSE),
    ("658", "Part versée aux victimes", "Share for victims", _EXPENSE),
    ("7061", "Recettes du restaurant", "Restaurant revenue", _INCOME),
    ("7062", "Recettes de la salle", "Hall revenue", _INCOME),
    ("7063", "Recettes de l’atelier", "Workshop revenue", _INCOME),
    ("758", "Excédents de caisse", "Cash over", _INCOME),
)

JOURNAL_LABELS = {
    "VT": "Ventes",
    "AC": "Acomptes",
    "VI": "Part des victimes",
    "BQ": "Banque",
    "CA": "Caisse",
    "PA": "Rémunérations",
    "OD": "Opérations diverses",
}
