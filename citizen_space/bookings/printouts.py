"""What a booking leaves the house as: an entry for a calendar."""

from typing import TYPE_CHECKING

from citizen_space.bookings.models import Booking, BookingStatus
from citizen_space.kit.lazy import later
from citizen_space.kit.qr import draw_png, make_code

if TYPE_CHECKING:
    import icalendar
else:  # for the first booking
    icalendar = later("icalendar")


def calendar(booking: Booking, *, title: str, place: str, description: str, url: str) -> bytes:
    """Write the booking as an .ics file."""
    event = icalendar.Event()
    event.add("uid", f"{booking.reference}@citizen-space")
    event.add("dtstamp", booking.cancelled_at or booking.confirmed_at or booking.created_at)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", title)
    event.add("location", place)
    event.add("description", description)
    event.add("url", url)
    event.add("status", "CANCELLED" if booking.status == BookingStatus.CANCELLED else "CONFIRMED")
    event.add("sequence", 1 if booking.status == BookingStatus.CANCELLED else 0)
    whole = icalendar.Calendar()
    whole.add("prodid", "-//Citizen Space//FR")
    whole.add("version", "2.0")
    whole.add("method", "CANCEL" if booking.status == BookingStatus.CANCELLED else "PUBLISH")
    whole.add_component(event)
    return bytes(whole.to_ical())


def code_picture(booking: Booking) -> bytes:
    """The reference as a code to scan, for the mail: what the page shows."""
    return draw_png(make_code(booking.reference), scale=6)
