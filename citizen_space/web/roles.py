"""Who may enter: the names of the roles and the groups that routes ask for."""

ANYONE: frozenset[str] = frozenset()
WORKER = frozenset({"worker"})

CHEF = frozenset({"chef", "director"})
STAGE = frozenset({"stage_manager", "director"})
WORKSHOP = frozenset({"workshop_head", "director"})
# The gate sees the day's list and not the money; finance sees the money and no identity papers.
GATE = frozenset({"gate_officer", "director"})
FINANCE = frozenset({"finance", "director"})
ADMIN = frozenset({"admin", "director"})
ROOM_HEADS = CHEF | STAGE | WORKSHOP
HEADS_OF = {"restaurant": CHEF, "venue": STAGE, "repairs": WORKSHOP}
STAFF = ROOM_HEADS | GATE | FINANCE | ADMIN
TILL = WORKER | STAFF
