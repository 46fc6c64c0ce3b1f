"""What the house will write, put into words without waiting for the clock."""

from sqlmodel import select

from citizen_space import scheduler
from citizen_space.outbox import service as outbox
from citizen_space.outbox.models import Message
from citizen_space.outbox.rules import Written
from citizen_space.web.visit import House


def words_of(house: House, message: Message) -> Written:
    """Put one queued letter into words."""
    with house.database.read() as session:
        letters = scheduler.list_letters(house)
        return outbox.write_letter(session, message, templates=house.templates, letters=letters)


def list_letters(house: House) -> list[Written]:
    """Put every queued letter into words, the oldest first."""
    with house.database.read() as session:
        queued = session.exec(select(Message).order_by(Message.id)).all()  # type: ignore[arg-type]
    return [words_of(house, message) for message in queued]
