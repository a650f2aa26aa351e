"""What must always hold (design, section 6), declared once."""

from dialtone.invariants.rule import Rule
from dialtone.invariants.rules import (
    billing,
    built,
    ending,
    ledger,
    leftovers,
    numbers,
    partners,
    people,
    promises,
    proof,
    ringing,
    running,
    shared,
    told,
)

RULES = (
    Rule(
        1,
        "a number is never assigned, reserved or held twice",
        (
            numbers.owners_may_have_them,
            numbers.orders_do_not_share_them,
            numbers.orders_keep_them,
            numbers.trunk_numbers_wait_for_their_trunk,
            numbers.undone_orders_wait_for_none,
        ),
    ),
    Rule(
        2,
        "no group, DN, user or shared thing stays in BroadWorks for an order that ended failed or cancelled, unless a "
        "living order uses it; none is removed that another order made",
        (
            leftovers.ledgers_are_empty,
            leftovers.groups_go,
            leftovers.enterprises_go,
            leftovers.users_go,
            leftovers.numbers_go,
            shared.shared_things_go,
            shared.shared_things_stay,
            built.groups_stay,
            built.users_stay,
            built.numbers_stay,
        ),
    ),
    Rule(
        3,
        "a charge is posted for an item if, and only if, it is delivered, from the date that the billing rules give",
        (
            billing.billing_follows_the_pivot,
            billing.charges_are_of_an_order,
            billing.charges_are_of_one_run,
            billing.charges_begin_on_the_billing_start,
            billing.delivered_items_are_charged,
            billing.numbers_are_charged_as_they_were_given,
            billing.numbers_beyond_the_allowance_are_charged,
            billing.numbers_are_charged_since_they_came,
        ),
    ),
    Rule(
        3,
        "what people build is delivered, and charged, when its ticket is resolved with proof: a trunking item and its "
        "numbers, what is set up elsewhere, and the fees of these",
        (
            proof.nothing_is_charged_without_proof,
            proof.what_is_proven_is_charged,
            proof.charges_begin_with_their_proof,
            proof.trunk_numbers_are_charged_by_its_proof,
            proof.trunk_numbers_are_not_charged_before_their_trunk,
        ),
        part="b",
    ),
    Rule(
        3,
        "every posted line is on billing.events, once",
        (told.postings_are_published, told.what_is_published_is_posted),
        part="c",
    ),
    Rule(
        3,
        "every posting is what the billing rules give: its amount, its days, and its place in the ledger",
        (
            ledger.amounts_are_recomputed,
            ledger.days_are_counted,
            ledger.reversals_are_exact,
            ledger.nothing_is_reversed_twice,
            ledger.numbers_have_no_gaps,
            ledger.postings_are_what_their_subscription_charges,
            ledger.postings_tile,
        ),
        part="d",
    ),
    Rule(
        3,
        "every period that has begun is posted, and what goes on is due again",
        (ledger.periods_that_began_are_posted, ledger.what_goes_on_is_due),
        part="e",
    ),
    Rule(
        4,
        "an accepted order is never lost and never runs twice, whatever is retried, replayed or restarted",
        (
            running.no_order_is_accepted_twice,
            running.no_order_is_lost,
            running.nobody_is_ahead_of_the_order,
            running.nothing_is_built_twice,
            running.no_ticket_is_opened_twice,
            running.no_user_is_built_twice,
        ),
    ),
    Rule(
        5,
        "every order ends (completed, partial, failed, cancelled, rejected) or visibly waits for a named cause, and no "
        "message waits unsent without a name",
        (
            ending.orders_end_or_wait,
            ending.tickets_end_with_their_order,
            ending.messages_wait_for_a_cause,
            ending.messages_are_sent,
            ending.what_cannot_be_sent_waits_for_an_operator,
        ),
    ),
    Rule(
        5,
        "no record lies unread without a name",
        (ending.records_are_read,),
        part="b",
    ),
    Rule(
        6,
        "a partner never sees or touches another partner's data",
        (
            partners.rows_carry_their_partner,
            partners.numbers_are_shown_to_their_partner,
            partners.accounts_are_of_one_partner,
            partners.customers_are_their_partners,
            partners.enterprises_are_of_one_partner,
        ),
    ),
    Rule(
        7,
        "what an operator did (replay, edit, discard, resolve) is written down with who, when, why",
        (people.closed_letters_have_an_act, people.runs_have_a_replay, people.resolved_tickets_have_an_act),
    ),
    Rule(
        8,
        "what an order promised is there: every item that is completed has its effect (users, numbers on seats, "
        "tickets with proof)",
        (
            promises.orders_are_complete,
            promises.seats_have_users,
            promises.numbers_are_on_seats,
            promises.trunking_has_its_proof,
            promises.setup_elsewhere_has_its_proof,
        ),
    ),
    Rule(
        8,
        "every completed item has its add-ons, instances, voice mail and devices as well",
        (ringing.add_ons_and_instances_are_there, ringing.seats_ring),
        part="b",
        awaits="BroadWorks: a seat rings",
    ),
)
