"""Clients that sell, book and scan until the server is gone, and write down what they sent and what was answered."""

import itertools
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2

from citizen_space.kit.ids import new_key
from tests.crash.stage import Stage
from tests.harness.patience import PATIENCE_SECONDS


class Gone(Exception):
    """No answer came: whether the act was done is not known."""


KINDS = ("line", "sale", "hold", "accept", "ticket", "scan")


@dataclass
class Sent:
    """One form that was sent, and whether its answer was received."""

    kind: str
    surface: str
    path: str
    data: dict[str, str]
    cookies: Mapping[str, str]
    location: str = ""
    acknowledged: bool = False

    @property
    def submission(self) -> str:
        """The page's own id of this act."""
        return self.data.get("submission", "")


@dataclass
class Journal:
    """Everything that the clients sent, in its order."""

    sent: list[Sent] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    mutex: threading.Lock = field(default_factory=threading.Lock)

    @property
    def answers(self) -> int:
        """How many answers came, of whatever kind."""
        return self.answered.total()

    def write(self, one: Sent) -> Sent:
        """Note what is about to be sent, before it is."""
        with self.mutex:
            self.sent.append(one)
        return one

    def acknowledge(self, one: Sent, location: str) -> None:
        """Note that its answer came."""
        with self.mutex:
            one.acknowledged, one.location = True, location
            self.answered[one.kind] += 1

    def all(self, kind: str, *, acknowledged: bool | None = None) -> list[Sent]:
        """What was sent of a kind."""
        return [
            one for one in self.sent if one.kind == kind and (acknowledged is None or one.acknowledged is acknowledged)
        ]


class Visitor:
    """One browser: it follows nothing by itself, and knows an answer from silence."""

    def __init__(self, bases: Mapping[str, str], journal: Journal, cookies: Mapping[str, str] | None = None) -> None:
        self.bases, self.journal, self.cookies = bases, journal, dict(cookies or {})
        self._client = httpx2.Client(cookies=self.cookies, timeout=PATIENCE_SECONDS, trust_env=False)

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_told: object) -> None:
        self._client.close()

    def get(self, surface: str, path: str, *, expect: int = 200) -> httpx2.Response:
        """Open a page."""
        return self._answer(lambda: self._client.get(self.bases[surface] + path), expect)

    def send(self, kind: str, surface: str, path: str, data: dict[str, str], *, expect: int = 303) -> str:
        """Send a form; noted before, and again when it is answered. Gives where it leads."""
        return self.repeat(self.journal.write(Sent(kind, surface, path, data, self.cookies)), expect=expect)

    def repeat(self, one: Sent, *, expect: int = 303) -> str:
        """Send what is noted."""
        headers = {"sec-fetch-site": "same-origin"}
        url = self.bases[one.surface] + one.path
        answer = self._answer(lambda: self._client.post(url, data=one.data, headers=headers), expect)
        location = to_path(answer.headers.get("location", ""))
        self.journal.acknowledge(one, location)
        return location

    @staticmethod
    def _answer(ask: Callable[[], httpx2.Response], expect: int) -> httpx2.Response:
        try:
            answer = ask()
        except httpx2.TimeoutException as error:
            # The line of a server that is killed breaks at once: this is a machine too slow, or a server that hangs.
            raise TimeoutError(f"the line holds, and no answer came in {PATIENCE_SECONDS} s") from error
        except httpx2.TransportError as error:
            raise Gone(str(error)) from error
        if answer.status_code >= 500:  # the database is gone: said in words, and nothing is known to be done
            raise Gone(f"{answer.url}: {answer.status_code}")
        assert answer.status_code == expect, f"{answer.url}: {answer.status_code}\n{answer.text[:800]}"
        return answer


def to_path(address: str) -> str:
    """The path of an address, with its query."""
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


class Crowd:
    """Client threads that go on until nobody answers them any more."""

    def __init__(self, bases: Mapping[str, str], stage: Stage) -> None:
        self.bases, self.stage, self.journal = bases, stage, Journal()
        self._seats = iter(stage.for_sale)
        self._codes = itertools.cycle(stage.codes)  # who has been let in may come to the door again
        self._numbers = itertools.count(1)
        self._mutex = threading.Lock()
        self.failures: list[BaseException] = []
        self.gone: list[str] = []
        self._threads: list[threading.Thread] = []
        self._enough = threading.Event()

    def start(self) -> None:
        """Let everybody begin: two tills, two buyers, one door."""
        self._enough.clear()
        self.gone.clear()
        acts = [*(lambda till=till: self._sell(till) for till in self.stage.tills), self._book, self._book, self._scan]
        self._threads = [threading.Thread(target=self._go_on, args=(act,)) for act in acts]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Wait until everybody has noticed that nobody answers."""
        self._enough.set()
        for thread in self._threads:
            thread.join(timeout=2 * PATIENCE_SECONDS)
        assert not any(thread.is_alive() for thread in self._threads), "somebody still waits for an answer"
        if self.failures:
            raise self.failures[0]

    def _go_on(self, act: Callable[[], None]) -> None:
        try:
            while not self._enough.is_set():
                act()
        except Gone as gone:
            self.gone.append(str(gone))
        except StopIteration:
            return
        except BaseException as error:
            self.failures.append(error)

    def _next(self, source: Iterator[tuple[int, int]]) -> tuple[int, int]:
        with self._mutex:
            return next(source)

    # -- the three acts ------------------------------------------------------------------------------------------------

    def _sell(self, cookies: Mapping[str, str]) -> None:
        """Ring up two products and take the money."""
        with Visitor(self.bases, self.journal, cookies) as till:
            for product_id in self.stage.product_ids[:2]:
                form = {"submission": new_key(), "product_id": str(product_id)}
                till.send("line", "inner", "/caisse/vente/ajouter", form)
            page = till.get("inner", "/caisse/vente/payer").text
            found = re.search(r'action="(/caisse/vente/\d+/payer)"', page)
            assert found, page[:500]
            till.send("sale", "inner", found[1], {"submission": new_key(), "card_reference": "TPE 1"})

    def _book(self) -> None:
        """Hold a seat, pay for it in the sandbox, come back to the ticket."""
        performance_id, seat = self._next(self._seats)
        number = next(self._numbers)
        form = {
            "submission": new_key(),
            "performance_id": str(performance_id),
            f"tarif_{seat}": str(self.stage.full_rate),
            "name": f"Nom{number}",
            "email": f"visite{number}@example.org",
            "phone": "0612345678",
            "guest_1_first_name": "Prénom",
            "guest_1_last_name": f"Nom{number}",
        }
        with Visitor(self.bases, self.journal) as phone:
            pay_at(phone, phone.send("hold", "public", "/spectacles/reserver", form))

    def _scan(self) -> None:
        """Show a ticket at the door."""
        with self._mutex:
            code = next(self._codes)
        path = f"/caisse/salle/seances/{self.stage.tonight}/billet"
        with Visitor(self.bases, self.journal, self.stage.tills[0]) as door:
            door.send("scan", "inner", path, {"submission": new_key(), "code": code}, expect=200)


def pay_at(phone: Visitor, path: str) -> None:
    """Go from the hold to the processor, accept, come back: what is asked again gives the same."""
    checkout = to_path(phone.get("public", path, expect=303).headers["location"])
    if checkout.startswith("/bac-a-sable/"):
        back = phone.send("accept", "public", checkout, {"choice": "accept", "submission": new_key()})
    else:  # paid before: the pay page leads to the ticket
        back = checkout
    ticket = to_path(phone.get("public", back, expect=303).headers["location"])
    shown = phone.get("public", ticket)
    assert 'class="qr' in shown.text, "paid, and no ticket is shown"
    phone.journal.acknowledge(phone.journal.write(Sent("ticket", "public", ticket, {}, {})), ticket)
