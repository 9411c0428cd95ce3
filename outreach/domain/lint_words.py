"""The words that rules look for: one phrase a line, as a regular expression, whole words in any case, a blank for any space."""

APPROVAL_PROMISED = r"""
pre[ -]?approv(?:ed|al)
pre[ -]?qualif(?:ied|y|ication)
pre[ -]?selected
guarante(?:e|ed|es)
you(?:'ve| have)? (?:been |are )?(?:approved|selected|chosen)
you(?:'re| are) (?:approved|eligible|qualified)
you (?:already )?qualify
instant approval
no credit check
"""

COST_DENIED = r"""
no (?:lender |closing |upfront |up-front |hidden |out-of-pocket )?(?:fees?|costs?)
zero (?:closing )?(?:costs?|fees?)
without (?:any )?(?:fees?|costs?|closing costs?)
(?:fee|cost)-free
nothing out of pocket
(?<!feel\s)(?<!toll-)(?<!-)free(?! to (?:call|reply|write|ask))
costs? (?:you )?nothing
no[ -]cost
"""

SOURCE_OF_COMMUNICATION = r"""
(?:as )?your (?:current |present |existing )?(?:mortgage )?(?:lender|servicer|bank|mortgage company)
we service
your (?:mortgage )?account with us
the company you pay
on behalf of your
"""

GOVERNMENT_LOOK = r"""
government(?:al)?(?:-\w+)?
federal (?:program|relief|benefit|assistance|agency)
stimulus
relief (?:program|act)
official (?:notice|notification)
department of
hud
harp
white house
congress
president
(?:va|fha|usda) (?:program|benefit|notice|office)
making home affordable
"""

DEBT_ELIMINATION = r"""
(?:eliminat|eras|wip|cancel|forgiv|slash|erad)\w* (?:out |off )?(?:your |all |the |that )*(?:debts?|mortgage|loan|balance)
get (?:rid|out) of (?:your )?debt
debt[ -](?:free|relief|elimination|forgiveness)
consolidat\w+
pay off (?:your )?(?:debts|cards|credit cards)
"""

CASH_PROMISED = r"""
cash[ -](?:out|back|in hand|in your pocket)
skip (?:a|one|two|your|the next)\b[^.\n]{0,20}payments?
extra cash
miss(?:ing)? a payment
no payments? for
money in your pocket
"""

COUNSELOR = r"""
counsell?(?:or|ors|ing)
financial advis[eo]r
credit repair
"""

FIXED_MISLEADING = r"""
fixed (?:monthly )?payments?
fixed (?:forever|for life)
(?:never|won't|will not|can't) (?:go up|rise|change|increase)
locked (?:in )?(?:forever|for life)
fixed[^.\n]{0,40}(?:adjustable|variable|introductory|teaser|arm)
(?:adjustable|variable|introductory|teaser|arm)[^.\n]{0,40}fixed
"""

MISLEADING_COMPARISON = r"""
(?:the )?(?:lowest|best) (?:rates?|payments?|deal|costs?|price)
(?:historic|record)(?:ally)? lows?
unbeatable
better than (?:any|other|your)
lower than (?:any|other)
beat any
"""

FALSE_URGENCY = r"""
act (?:now|fast|today|quickly)
last chance
final (?:notice|chance|reminder)
urgent(?:ly)?
hurry
today only
limited[ -]time
don't (?:miss|wait)
do not (?:miss|wait)
before (?:it's|it is) too late
time is running out
won't last
will not last
once in a lifetime
immediate(?:ly)? (?:action|respond|reply)
while (?:it|they) lasts?
"""

AFFILIATE_REFERRAL_WITHOUT_DISCLOSURE = r"""
affiliates?
affiliated
(?:our|my) (?:trusted |preferred )?(?:partners?|title company|insurance|insurer|realtor|agent)
preferred (?:\w+ )?(?:title|insurance|insurer|realtor|agent|builder|company|partner|vendor)s?
referral (?:fee|bonus|reward)
gift cards?
"""
