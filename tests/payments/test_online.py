"""Paying online: late, declined, abandoned, told twice, never told; nothing is sold twice and no money is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from citizen_space.bookings.models import Booking
from citizen_space.fiscal import service as fiscal
from citizen_space.fiscal.models import FiscalRow
from citizen_space.ledger import queries as books
from citizen_space.orders.models import Order
from citizen_space.outbox.models import Message
from citizen_space.payments import events, queries, sandbox_gateway, service
from citizen_space.payments.gateway import Event
from citizen_space.payments.models import HandledEvent, Payment, Payout, Refund, StoredEvent
from tests.harness.letters import words_of
from tests.payments.conftest import Place
from tests.payments.fake_stripe import FakeStripe


def test_paid_after_the_lapse_takes_the_place_again_when_it_is_free(place: Place) -> None:
    booking, order, payment = place.book()
    page = place.pay_page(payment)
    place.at += timedelta(minutes=14, seconds=50)
    with place.house.database.write() as session:
        # The bank confirms in the last seconds; the message is on its way while the hold lapses.
        row, message = sandbox_gateway.decide(session, page.rpartition("/")[2], "accept", place.at)
    assert message is not None and row.payment_id
    place.lapse()
    place.run("payments.sweep")
    with place.house.database.read() as session:
        assert session.get_one(Booking, booking.id).status == "confirmed"
        assert session.get_one(Order, order.id).status == "settled"
        assert session.get_one(Payment, payment.id).status == "received"
        mails = session.exec(select(Message)).all()
        assert [mail.key.partition(":")[0] for mail in mails] == ["confirmed"]


def test_paid_after_the_lapse_is_sent_back_when_the_place_is_gone(place: Place) -> None:
    late, order, payment = place.book()
    page = place.pay_page(payment)
    place.at += timedelta(minutes=14, seconds=50)
    with place.house.database.write() as session:
        sandbox_gateway.decide(session, page.rpartition("/")[2], "accept", place.at)
    place.lapse()
    quick, _other, other_payment = place.book()
    assert place.decide(place.pay_page(other_payment), "accept").endswith("/retour")
    place.run("payments.sweep")
    place.run("payments.sweep")
    with place.house.database.read() as session:
        assert session.get_one(Booking, quick.id).status == "confirmed"
        assert session.get_one(Booking, late.id).status == "lapsed"
        assert session.get_one(Order, order.id).status == "cancelled"
        refund = session.exec(select(Refund)).one()
        assert (refund.payment_id, refund.amount_cents, refund.status) == (payment.id, 1200, "pending")
        # What came in went out: only the other sale is left.
        assert books.balance(session, "4191") == 0 and books.balance(session, "5112") == 1200
        sealed = session.exec(select(FiscalRow.gross_cents).where(FiscalRow.order_id == order.id)).all()
        assert sealed == [1200, -1200]
        mails = {mail.key.partition(":")[0]: mail for mail in session.exec(select(Message))}
        assert mails["returned"].to_address == "lea@example.org"
        assert fiscal.verify(session, place.house.keys).ok
    assert "rendons en entier" in words_of(place.house, mails["returned"]).text
    place.run("payments.refunds")
    place.run("payments.refunds")
    with place.house.database.read() as session:
        assert session.exec(select(Refund)).one().status == "succeeded"


def test_the_whole_way_by_the_pages(place: Place) -> None:
    booking, order, payment = place.book()
    page = place.pay_page(payment)
    shown = place.client.get(page)
    assert "Paiement d’essai" in shown.text and "12,00" in shown.text
    assert place.decide(page, "decline") == page
    assert place.pay_page(payment) == page, "the same checkout is used again"
    back = place.decide(page, "accept")
    assert back == f"/payer/{payment.submission}/retour"
    assert place.client.get(back).headers["location"] == f"/spectacles/reservation/{booking.secret}"
    assert place.client.get(f"/payer/{payment.submission}").headers["location"].endswith(booking.secret)
    with place.house.database.read() as session:
        assert session.get_one(Order, order.id).status == "settled"
        assert session.exec(select(HandledEvent)).one().outcome == "received"
        assert len(session.exec(select(FiscalRow).where(FiscalRow.kind == "sale")).all()) == 1


def test_abandoning_says_that_nothing_was_taken(place: Place) -> None:
    _booking, _order, payment = place.book()
    cancelled = place.decide(place.pay_page(payment), "abandon")
    assert cancelled.endswith("/annule")
    assert "Rien n’a été débité" in place.client.get(cancelled).text
    with place.house.database.read() as session:
        assert session.get_one(Payment, payment.id).status == "expired"
    refused = place.client.get(f"/payer/{payment.submission}")
    assert refused.status_code == 409 and "délai est écoulé" in refused.text


def test_a_checkout_ends_before_its_hold(place: Place) -> None:
    _booking, _order, payment = place.book()
    page = place.pay_page(payment)
    place.at += timedelta(minutes=14, seconds=10)
    place.run("payments.expire")
    with place.house.database.read() as session:
        assert session.get_one(Payment, payment.id).status == "expired"
    assert "Ce paiement est terminé" in place.client.get(page).text
    _booking, _order, never_opened = place.book()
    place.lapse()
    place.run("payments.expire")
    with place.house.database.read() as session:
        assert session.get_one(Payment, never_opened.id).status == "expired"


def test_an_unknown_payment_is_not_here_and_a_page_that_is_down_says_so(stripe_place: Place, fake: FakeStripe) -> None:
    assert stripe_place.client.get("/payer/nothing-here").status_code == 404
    _booking, _order, payment = stripe_place.book()
    fake.faults.append("500")
    down = stripe_place.client.get(f"/payer/{payment.submission}")
    assert down.status_code == 503 and "ne répond pas" in down.text and "Réessayer" in down.text
    assert stripe_place.pay_page(payment).startswith(fake.url)


def paid_message(stripe_place: Place, fake: FakeStripe) -> tuple[Booking, Payment, bytes, str]:
    """Pay at Stripe; the message has not come yet."""
    booking, _order, payment = stripe_place.book()
    stripe_place.pay_page(payment)
    session_id = list(fake.sessions)[-1]
    fake.pay(session_id)
    body, signature = fake.event("checkout.session.completed", fake.sessions[session_id])
    return booking, payment, body, signature


def post(place: Place, body: bytes, signature: str) -> int:
    """Deliver a message."""
    return place.client.post("/stripe/webhook", content=body, headers={"stripe-signature": signature}).status_code


@pytest.mark.race
def test_a_message_told_many_times_at_once_has_one_effect(stripe_place: Place, fake: FakeStripe) -> None:
    booking, _payment, body, signature = paid_message(stripe_place, fake)
    gate = threading.Barrier(16)

    def deliver(_number: int) -> int:
        gate.wait()
        return post(stripe_place, body, signature)

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(deliver, range(16))) == {200}
    with stripe_place.house.database.read() as session:
        assert len(session.exec(select(StoredEvent)).all()) == len(session.exec(select(HandledEvent)).all()) == 1
        assert len(session.exec(select(FiscalRow).where(FiscalRow.kind == "sale")).all()) == 1
        assert session.get_one(Booking, booking.id).status == "confirmed"
        assert session.exec(select(StoredEvent)).one().body == body.decode()


def test_messages_out_of_order_end_in_the_same_state(stripe_place: Place, fake: FakeStripe) -> None:
    _booking, payment, body, signature = paid_message(stripe_place, fake)
    # An older word about the same checkout comes last, and says less than is true now.
    stale = {**fake.sessions[list(fake.sessions)[-1]], "status": "expired", "payment_status": "unpaid"}
    late_body, late_signature = fake.event("checkout.session.expired", stale)
    assert post(stripe_place, body, signature) == post(stripe_place, late_body, late_signature) == 200
    with stripe_place.house.database.read() as session:
        assert session.get_one(Payment, payment.id).status == "received"


def test_a_forged_message_is_refused_and_not_stored(stripe_place: Place, fake: FakeStripe) -> None:
    _booking, payment, body, _signature = paid_message(stripe_place, fake)
    assert post(stripe_place, body, "t=1,v1=00") == 400
    assert post(stripe_place, b"{}", "") == 400
    with stripe_place.house.database.read() as session:
        assert not session.exec(select(StoredEvent)).all()
        assert session.get_one(Payment, payment.id).status == "pending"


def test_a_message_whose_answer_stripe_could_not_give_is_told_again(stripe_place: Place, fake: FakeStripe) -> None:
    _booking, payment, body, signature = paid_message(stripe_place, fake)
    fake.faults.append("500")
    assert post(stripe_place, body, signature) == 503
    with stripe_place.house.database.read() as session:
        assert len(session.exec(select(StoredEvent)).all()) == 1 and not session.exec(select(HandledEvent)).all()
    # Nobody tells it again: the clock takes up what was stored and left alone.
    stripe_place.run("payments.events")
    with stripe_place.house.database.read() as session:
        assert session.get_one(Payment, payment.id).status == "received"
        assert session.exec(select(HandledEvent)).one().outcome == "received"


def test_control_without_the_stamp_a_message_has_its_effect_twice(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: it is the stamp and the row's lock that make a second telling harmless."""
    _booking, _order, payment = place.book()
    page = place.pay_page(payment)
    place.decide(page, "accept")
    told: list[int] = []
    monkeypatch.setattr(service, "is_handled", lambda _session, _event_id: False)
    with place.house.database.write() as session:
        stored = session.exec(select(StoredEvent)).one()
        event = Event(stored.event_id, stored.kind, stored.object_id)
        state = sandbox_gateway._state(sandbox_gateway.get_session(session, stored.object_id), place.at)
        monkeypatch.setattr(service, "receive", lambda *_a, **_f: True)

        def on_paid(_session: object, payment_id: int, _at: object) -> str:
            told.append(payment_id)
            return "/"

        effect = events.take_effect(session, event, state, place.at, on_paid)
    assert effect.outcome == "received" and told == [payment.id], "without the stamp it counts as fresh"


def test_money_for_an_order_that_is_paid_already_goes_back(place: Place) -> None:
    booking, order, payment = place.book()
    with place.house.database.write() as session:
        twice = service.start(
            session, order, tender="card_online", amount_cents=1200, submission="pay-again-1", at=place.at,
            expires_at=payment.expires_at,
        )  # fmt: skip
    first, second = place.pay_page(payment), place.pay_page(twice)
    place.decide(first, "accept")
    place.decide(second, "accept")
    with place.house.database.read() as session:
        assert session.get_one(Order, order.id).settlement == payment.submission
        assert session.get_one(Booking, booking.id).status == "confirmed"
        refund = session.exec(select(Refund)).one()
        assert refund.payment_id == twice.id and books.balance(session, "5112") == 1200


def test_a_payout_leads_to_its_sales(place: Place) -> None:
    _booking, order, payment = place.book()
    place.decide(place.pay_page(payment), "accept")
    with place.house.database.write() as session:
        assert sandbox_gateway.make_payout(session, place.at) is not None
        assert sandbox_gateway.make_payout(session, place.at) is None, "nothing is paid out twice"
    place.run("payments.payouts")
    place.run("payments.payouts")
    with place.house.database.read() as session:
        payout = session.exec(select(Payout)).one()
        assert payout.amount_cents + payout.fee_cents == 1200 and payout.id is not None
        assert queries.list_items_with_orders(session, payout.id)[0][1] == order.id
        assert queries.list_payouts_of_payments(session, [payment.id or 0])[0][1].id == payout.id


def test_a_refund_that_the_processor_refuses_is_work_for_finance(stripe_place: Place, fake: FakeStripe) -> None:
    _booking, payment, body, signature = paid_message(stripe_place, fake)
    post(stripe_place, body, signature)
    with stripe_place.house.database.write() as session:
        stripe_place.shop.at = stripe_place.at
        stripe_place.shop.refund(session, payment.order_id, register_id=stripe_place.shop.web_id)
    fake.charges[next(iter(fake.charges))]["amount_refunded"] = 1200
    stripe_place.run("payments.refunds")
    with stripe_place.house.database.write() as session:
        refund = session.exec(select(Refund)).one()
        assert refund.status == "failed" and "unrefunded" in refund.last_error
        service.retry_refund(session, refund.id or 0)
    fake.charges[next(iter(fake.charges))]["amount_refunded"] = 0
    fake.faults.append("reset after")
    stripe_place.run("payments.refunds")
    stripe_place.run("payments.refunds")
    with stripe_place.house.database.read() as session:
        assert session.exec(select(Refund)).one().status == "succeeded"
    assert len(fake.refunds) == 1, "the answer that was lost was not asked for anew"


def test_a_refund_that_fails_after_it_had_succeeded_is_work_again(stripe_place: Place, fake: FakeStripe) -> None:
    """A bank may send money back for weeks: Stripe then moves a refund from succeeded to failed."""
    _booking, payment, body, signature = paid_message(stripe_place, fake)
    post(stripe_place, body, signature)
    with stripe_place.house.database.write() as session:
        stripe_place.shop.at = stripe_place.at
        stripe_place.shop.refund(session, payment.order_id, register_id=stripe_place.shop.web_id)
    stripe_place.run("payments.refunds")
    (made,) = fake.refunds.values()
    with stripe_place.house.database.read() as session:
        assert session.exec(select(Refund)).one().status == "succeeded"
    made["status"] = "failed"
    told, signature = fake.event("refund.failed", made)
    assert post(stripe_place, told, signature) == 200
    with stripe_place.house.database.write() as session:
        (troubled, _payment), *_none = queries.list_troubled_refunds(session)
        assert troubled.status == "failed" and troubled.succeeded_at is None
        service.retry_refund(session, troubled.id or 0)
    # The money is in our hands again: Stripe counts it as not given back.
    fake.charges[next(iter(fake.charges))]["amount_refunded"] = 0
    stripe_place.run("payments.refunds")
    with stripe_place.house.database.read() as session:
        assert session.exec(select(Refund)).one().status == "succeeded"
    assert len(fake.refunds) == 2


def test_one_payment_that_cannot_be_handled_does_not_hold_up_the_others(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _first, _order, stuck = place.book()
    place.starts_at += timedelta(days=1)
    second, _order, well = place.book()
    for payment in (stuck, well):
        page = place.pay_page(payment)
        with place.house.database.write() as session:
            sandbox_gateway.decide(session, page.rpartition("/")[2], "accept", place.at)
    handle = place.house.on_paid

    def fail_for_one(session: Session, payment_id: int, at: datetime) -> str:
        if payment_id == stuck.id:
            raise LookupError("nobody thought of that")
        return handle(session, payment_id, at)

    monkeypatch.setattr(place.house, "on_paid", fail_for_one)
    place.at += timedelta(minutes=2)
    with pytest.raises(LookupError):  # which the clock notes beside the job
        place.run("payments.sweep")
    with place.house.database.read() as session:
        assert session.get_one(Booking, second.id).status == "confirmed"
        assert session.get_one(Payment, stuck.id).status == "pending"


def test_a_message_of_what_the_processor_does_not_know_is_answered_once(stripe_place: Place, fake: FakeStripe) -> None:
    """Of another account, or long gone: asked for ever, a hundred of them would hold up all the others."""
    unknown, signature = fake.event("checkout.session.completed", {"id": "cs_unknown", "object": "checkout.session"})
    assert post(stripe_place, unknown, signature) == 409
    stripe_place.run("payments.events")
    with stripe_place.house.database.read() as session:
        assert session.exec(select(HandledEvent)).one().outcome.startswith("refused")
        assert not queries.list_unhandled(session, "stripe")


@pytest.mark.parametrize("lost", ["answer", "house"])
def test_a_refund_asked_for_again_after_a_day_is_made_once(
    stripe_place: Place, fake: FakeStripe, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """The processor forgets our keys after a day; a part of a payment could then be given back twice."""
    _booking, payment, body, signature = paid_message(stripe_place, fake)
    post(stripe_place, body, signature)
    with stripe_place.house.database.write() as session:
        stripe_place.shop.at = stripe_place.at
        stripe_place.shop.refund(session, payment.order_id, amount_cents=500, register_id=stripe_place.shop.web_id)
    if lost == "answer":
        fake.faults.append("reset after")
        stripe_place.run("payments.refunds")
    else:
        with monkeypatch.context() as patch:
            patch.setattr(service, "note_refund", lambda *_a: exit("the power is cut"))
            with pytest.raises(SystemExit):
                stripe_place.run("payments.refunds")
    assert len(fake.refunds) == 1
    fake.answers.clear()
    stripe_place.at += timedelta(hours=25)
    stripe_place.run("payments.refunds")
    with stripe_place.house.database.read() as session:
        assert session.exec(select(Refund)).one().status == "succeeded"
    assert len(fake.refunds) == 1
