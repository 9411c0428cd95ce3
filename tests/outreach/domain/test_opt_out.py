"""A borrower's words: a wish to be left alone in any wording is heard, and a sentence about the loan is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain import opt_out
from outreach.domain.opt_out import Certainty, OptOut

TWILIO_STOPS = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT")
NAMED_BY_LAW = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")

CLEAR = """
    STOP.
    Stop!!!
    stop please
    Please stop
    Pls stop texting
    STOP ALL
    stop all messages
    S.T.O.P.
    “Stop”
    stop thanks
    No stop
    Opt-out
    OPT OUT please
    opt me out
    I want to opt out
    Please opt my husband out
    i'd like to unsubscribe
    Unsubscribe me
    unsub
    Cancel please
    End texts
    Stop. I refinanced already.
    Stop, we sold the house
    please quit texting me
    Quit calling my house
    take me off your list
    Take me off of this list now
    please take my name off your mailing list
    Get me off this list
    get me out of your system
    don't text me anymore
    Don’t text me
    dont ever contact me again
    Do not contact me
    Do not contact.
    DO NOT CALL
    never call me again
    put me on your do not call list
    remove me
    Remove me from your list please
    remove my number
    Please remove my email address from your database
    delete my number
    Lose my number
    lose this number
    forget my number
    leave me alone
    Leave us alone!
    please leave my wife alone
    leave me the hell alone
    no more emails
    No more texts please
    no more of these messages
    no texts please
    stop emailing my wife
    Stop sending me these
    please stop contacting me about refinancing
    would you please stop sending texts to this number
    Why won't you stop texting me
    can you stop texting me
    stop with the texts
    Stop the calls about insurance
    stop these annoying messages
    enough with the emails
    cease all communication
    cease and desist contacting me
    I no longer want your messages
    I don't want these emails
    I do not want to receive any more texts
    I don't want to be contacted
    we do not wish to hear from you
    I don't want to hear from you again
    I don't want you to call
    I revoke my consent
    I hereby revoke consent to be contacted
    I withdraw my permission
    revoke all consent
    I said stop
    I told you to stop
    already replied stop
    stop it
    Stop this now
    stop bothering me
    quit bugging us
    go away
    F off
    Hi Jonah, please don't email me again. Thanks, Maria
    I'm happy with my loan. Please stop messaging.
    Thanks, but please do not send me any more emails
    Not interested, take me off your list
    I can't stop you from mailing but stop texting me
    When does my loan end? Also stop texting me
    alto
    ALTO por favor
    Basta
    No me envíe más mensajes
    no me envien mas mensajes
    no me mande más textos
    No me llame
    no me escriban más
    no me moleste
    deje de enviarme mensajes
    Deje de llamar
    dejen de molestarme
    por favor deje de mandarme textos
    déjeme en paz
    no quiero más mensajes
    no quiero recibir llamadas
    No más correos
    quíteme de su lista
    bórreme
    saquen mi número de la lista, no me llamen
    darme de baja
    cancelar
    🛑
    🛑🛑
    Do not text or call me
    please don't ever call or text me
    Could you please stop
    I am not interested please stop
    STOP - I don't want this
    Stop. I am working with another lender
    stop texting my dad he died
    He no longer wants to be contacted
    How do I unsubscribe?
    how do I get off this list
    How can I make the texts end
    You keep texting me, quit
    please refrain from contacting me
    I'd rather not get texts
    I already asked you to remove me
    don't text, call me
    stop stop stop
    S T O P
    st0p
    STOOOPPP
    unsuscribe
    unsubcribe me
    ya no me escriban
    Retírame de la lista
    para de escribirme
"""
DOUBTFUL = """
    not interested
    No thanks
    wrong number
    who gave you my number
    this is harassment
    I will report you to the FCC
    too many texts
    never again
    No me interesa
    número equivocado
    this has to stop
    Will this ever stop
    STOP IT I SAID SO YESTERDAY AND THE DAY BEFORE 🛑
    Can you halt
    no need to text me again
    Cancel my subscription
    leave me out of this
    blocked
    please only email me
    I never signed up for this
    please stop the process
    I don't want to refinance
    no gracias
    ✋ question: what are the costs
    mi esposo llega alto
    I've had enough
    I'm done
    please please make it end
"""
NEITHER = """
    I can't stop thinking about the rate
    When does my loan end?
    when does the term end
    can we cancel the PMI?
    How do I cancel my mortgage insurance
    Can you remove the PMI from my loan?
    don't stop, keep me posted
    Please don't stop texting me
    don't unsubscribe me
    please cancel my 3 pm call
    Cancel my appointment
    Cancel call
    I need to cancel our call tomorrow
    can we cancel Tuesday's meeting and do Friday
    Could we end the call by 4
    At the end of the month
    by the end of this year
    in the end we chose 15 years
    let's talk at week end
    my lease is up at year end
    I'll stop by your office tomorrow
    does the payment stop when I turn 65
    do not hesitate to call me
    Don't forget to call me tomorrow
    Don't call it off, I still want to refinance
    I never got your email
    I didn't receive the text with the link
    I don't have email, can you call me
    call me
    Please call me at 303-555-0142
    text me the details
    Yes, please email me the numbers
    what is the rate today?
    do you have good enough rates
    is my credit good enough?
    my rate is 7.375, can you beat it
    how do I opt in
    I quit my job in March, can I still refinance?
    He quit smoking
    Can I stop escrow?
    Ok so can I just quit my job
    how do I stop autopay
    how do I remove my ex from the title
    remove my wife's name from the loan
    no problem
    no worries, talk soon
    there is no end date on the offer right?
    send me everything you need from me
    I want to hear from you
    keep texting me the updates
    Sounds great. No, I have no questions.
    no escrow please
    what's the catch
    thanks
    ok
    yes
    START
    HELP
    can I opt out of escrow
    Please take me off the title
    take the PMI off my loan
    Don't email me at work, use my gmail
    Do not send the documents by email
    i stopped paying extra
    DON'T STOP
    ¿cuándo termina mi préstamo?
    avíseme si bajan las tasas
    cancelar mi cita
    ¿Puede llamarme mañana?
    sí, me interesa
    👍
"""


def phrases(table):
    return [line.strip() for line in table.strip().splitlines()]


def test_the_tables_are_long_enough_to_mean_something():
    assert len(phrases(CLEAR)) + len(phrases(DOUBTFUL)) + len(phrases(NEITHER)) >= 120


@pytest.mark.parametrize("words", [*TWILIO_STOPS, *NAMED_BY_LAW, *(word.title() for word in NAMED_BY_LAW)])
def test_a_word_of_the_law_or_the_carrier_counts_at_once(words):
    for written in (words, f" {words}\n", f"{words}.", f"{words}!", f"Please {words}"):
        read = opt_out.reads_as_opt_out(written, "sms")
        assert read is not None
        assert read.certainty is Certainty.CLEAR


@pytest.mark.parametrize("words", phrases(CLEAR))
def test_a_plain_wish_counts_at_once(words):
    read = opt_out.reads_as_opt_out(words, "sms")
    assert read is not None
    assert read.certainty is Certainty.CLEAR


@pytest.mark.parametrize("words", phrases(DOUBTFUL))
def test_words_that_may_be_a_wish_wait_for_a_person(words):
    read = opt_out.reads_as_opt_out(words, "sms")
    assert read is not None
    assert read.certainty is Certainty.DOUBTFUL


@pytest.mark.parametrize("words", phrases(NEITHER))
def test_words_about_the_loan_are_no_wish_to_be_left_alone(words):
    assert opt_out.reads_as_opt_out(words, "sms") is None


@pytest.mark.parametrize(
    ("words", "received_by", "closed"),
    [
        ("STOP", "sms", {"sms", "call"}), ("STOP", "call", {"sms", "call"}), ("stop", "email", {"email"}),
        ("Remove me", "email", {"sms", "email", "call"}), ("unsubscribe", "email", {"email"}),
        ("stop texting me", "email", {"sms"}), ("no more emails", "sms", {"email"}), ("stop calling", "sms", {"call"}),
        ("stop texting, just call", "sms", {"sms"}), ("don't text, call me", "sms", {"sms"}),
        ("stop messaging but call me", "sms", {"sms"}), ("do not text or call me", "sms", {"sms", "call"}),
        ("stop everything", "email", {"sms", "email", "call"}), ("no more contact at all", "sms", {"sms", "email", "call"}),
        ("stop all communication", "sms", {"sms", "email", "call"}), ("do not contact me", "sms", {"sms", "email", "call"}),
        ("leave me alone", "email", {"sms", "email", "call"}), ("I revoke my consent", "sms", {"sms", "email", "call"}),
        ("no me llame", "sms", {"call"}), ("no más correos", "email", {"email"}), ("🛑", "sms", {"sms", "call"}),
    ],
)  # fmt: skip
def test_the_channels_that_the_words_close(words, received_by, closed):
    read = opt_out.reads_as_opt_out(words, received_by)
    assert read == OptOut(Certainty.CLEAR, frozenset(closed))


def test_a_channel_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="fax"):
        opt_out.reads_as_opt_out("stop", "fax")


OURS = "> Reply STOP to end texts.\n> Unsubscribe from all messages"


def test_our_own_words_quoted_below_an_answer_are_not_read():
    answer = f"Sounds good, call me.\n\nOn Fri, 24 Apr 2026, Jonah Reyes <jonah@example.com> wrote:\n{OURS}"
    assert opt_out.reads_as_opt_out(answer, "email") is None
    unmarked = "Sounds good.\n\n-----Original Message-----\nUnsubscribe from all messages"
    assert opt_out.reads_as_opt_out(unmarked, "email") is None


def test_words_above_or_below_a_quote_are_read():
    quote = f"On Fri, 24 Apr 2026, Jonah Reyes <jonah@example.com> wrote:\n{OURS}"
    for answer in (f"Take me off your list\n\n{quote}", f"{quote}\n\nTake me off your list"):
        assert opt_out.reads_as_opt_out(answer, "email") is not None


@pytest.mark.parametrize("words", ["HELP", "help", "Info", "help me", "Help please!", "Ayuda"])
def test_a_call_for_help(words):
    assert opt_out.reads_as_help(words)
    assert opt_out.reads_as_opt_out(words, "sms") is None


@pytest.mark.parametrize("words", ["Can you help me with the rate?", "helpful", "no help needed", "", "STOP"])
def test_no_call_for_help(words):
    assert not opt_out.reads_as_help(words)


@pytest.mark.parametrize("words", ["START", "Unstop", "yes", "YES!", "Start please", "Opt in", "Sí"])
def test_a_wish_to_hear_from_us_again(words):
    assert opt_out.reads_as_opt_in(words)
    assert opt_out.reads_as_opt_out(words, "sms") is None


@pytest.mark.parametrize("words", ["yes I have a question", "when do we start", "don't start", "STOP", "start stop", ""])
def test_no_wish_to_hear_from_us_again(words):
    assert not opt_out.reads_as_opt_in(words)


@given(st.text(max_size=300), st.sampled_from(["sms", "email", "call"]))
def test_any_text_can_be_read(text, received_by):
    read = opt_out.reads_as_opt_out(text, received_by)
    assert read is None or read.channels


@given(
    st.sampled_from(phrases(CLEAR)),
    st.sampled_from(["", "Hi Jonah. ", "Thanks! ", "Hola, ", "\n"]),
    st.sampled_from(["", "\n", "!!!", ". Thanks, Maria", " 😡"]),
    st.sampled_from([str, str.upper, str.lower, lambda words: words.replace("'", "\u2019")]),
)
def test_a_wish_is_heard_however_it_is_dressed(words, before, after, spelled):
    single = opt_out.plain(words) in ("end please", "cancel please", "cancelar", "darme de baja", "no mas")
    text = words if single else before + spelled(words) + after
    assert opt_out.reads_as_opt_out(text, "sms") is not None


@pytest.mark.parametrize(
    ("words", "channels"),
    [
        ("stop all calls, texts and emails", {"sms", "call", "email"}),
        ("Please stop calls, emails", {"call", "email"}),
        ("no more texts, emails or calls please", {"sms", "call", "email"}),
        ("stop texting, just call", {"sms"}),
        ("Stop emails, thanks", {"email"}),
    ],
)
def test_a_list_of_channels_closes_all_that_it_names(words, channels):
    assert opt_out.reads_as_opt_out(words, "sms").channels == channels
