"""The parts of an e-mail that the system writes, in MJML with Liquid in it: notice, example, signature, footer, and the page.

Table cells and the drawn mark carry their style inline, because some mail readers drop style sheets; dark colors live in the
sheet alone, where a reader that drops it stays light. What the system wrote has the class `system`, for a preview to mark.
"""

ESTIMATE_NOTICE = "Your actual rate, payment, and costs could be higher. Get an official Loan Estimate before choosing a loan."
NMLS_CONSUMER_ACCESS = "https://www.nmlsconsumeraccess.org/"

INK, QUIET, LINE, ACCENT = "#151c29", "#475569", "#dfe4ea", "#1f5bc4"
FONT = "Arial, Helvetica, sans-serif"

_STYLE = f"""
p {{ margin: 0 0 15px; }}
h1, h2, h3 {{ margin: 0 0 8px; font-size: 18px; line-height: 26px; }}
a {{ color: {ACCENT}; }}
@media (max-width: 479px) {{
  .page > table > tbody > tr > td {{ padding-left: 16px !important; padding-right: 16px !important; }}
}}
@media (prefers-color-scheme: dark) {{
  body, div[role="article"], .page, .page > table {{ background: #10151d !important; background-color: #10151d !important; }}
  .page div, .page td, .page th, .page p {{ color: #e8ecf2 !important; }}
  .quiet div, .quiet td, .page .quiet, .page .quiet div {{ color: #b3bdca !important; }}
  .page a {{ color: #84aef8 !important; }}
  .notice td {{ border-color: #e8ecf2 !important; }}
  .page .cell, .page .quiet td {{ border-color: #3a4554 !important; }}
  .button a, .button td {{ background: #84aef8 !important; color: #10151d !important; }}
  .page .roof {{ border-bottom-color: #e8ecf2 !important; }}
  .page .house {{ background: #e8ecf2 !important; }}
  .page .bar {{ background: #10151d !important; }}
}}
"""

NOTICE = f"""
<mj-section css-class="system" padding="0 0 18px"><mj-column css-class="notice" border="2px solid {INK}" padding="10px 16px">
<mj-text font-size="17px" line-height="25px" font-weight="700" padding="0">{ESTIMATE_NOTICE}</mj-text>
</mj-column></mj-section>"""

# Every row of the example: label, the loan now, the example, and whether the example's figure is set in bold.
_ROWS = (
    ("Monthly payment, principal and interest", "{{ current_payment }}", "{{ new_payment }}", True),
    ("Number of monthly payments left", "{{ payments_left }}", "{{ payments_left }}", False),
    ("Annual percentage rate (APR)", "–", "{{ apr }}", True),
    ("Interest rate", "{{ note_rate }}", "{{ market_rate }}", False),
    ("Cost to refinance, once, about", "$0", "{{ closing_costs }}", False),
    ("Pays for itself after", "–", "{{ break_even }}", False),
)
_TABLE_NOTE = (
    "Taxes and insurance are not included, so the actual payment will be higher. Balance {{ balance }}{{ balance_note }}. "
    "The APR counts the whole cost shown."
)

SIGNATURE = """
<mj-section css-class="system" padding="8px 0 0"><mj-column><mj-text>
<strong>{{ officer_name }}</strong><br />Loan officer, NMLS {{ officer_nmls }}<br />
{{ lender_name }}, NMLS {{ lender_nmls }}<br />{{ contact_line }}
</mj-text></mj-column></mj-section>"""

# Drawn from borders: Gmail shows neither inline SVG nor inlined pictures, and a picture to load would tell who reads. Word's
# engine in old Outlook draws no triangles; there the words stand alone.
_MARK = f"""<!--[if !mso]><!--><div aria-hidden="true" style="width:30px;padding-top:2px;">
<div class="roof" style="width:0;height:0;border-left:15px solid transparent;border-right:15px solid transparent;border-bottom:12px solid {INK};font-size:0;line-height:0;"></div>
<div class="house" style="width:24px;height:17px;margin:0 auto;background:{INK};font-size:0;line-height:0;">
<div class="bar" style="width:12px;height:3px;margin:0 auto;background:#ffffff;position:relative;top:4px;"></div>
<div class="bar" style="width:12px;height:3px;margin:0 auto;background:#ffffff;position:relative;top:7px;"></div>
</div></div><!--<![endif]-->"""  # noqa: E501 - a style attribute has no line breaks

_ADVERTISEMENT = (
    "This is an advertisement from {{ lender_name }}, the company that made your loan in {{ closing_year }}. "
    "You may pay a different company now; we do not write for it, nor for any government agency. "
    "Not an offer or a commitment to lend."
)

FOOTER = f"""
<mj-section css-class="system" padding="20px 0 0"><mj-column css-class="quiet" border-top="1px solid {LINE}" padding="16px 0 0">
<mj-text font-size="13px" line-height="20px" color="{QUIET}" padding="0">
<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="width:100%;"><tr>
<td valign="top" style="width:48px;">{_MARK}</td>
<td valign="top" style="font-family:{FONT};font-size:13px;line-height:20px;color:{QUIET};">
<strong>Equal Housing Opportunity.</strong> {_ADVERTISEMENT}<br />{{{{ postal_address }}}}<br />
<a href="{{{{ unsubscribe_link }}}}" style="color:{ACCENT};white-space:nowrap;">Stop these e-mails</a> &nbsp;
<a href="{{{{ preferences_link }}}}" style="color:{ACCENT};white-space:nowrap;">Choose what we send</a> &nbsp;
<a href="{NMLS_CONSUMER_ACCESS}" style="color:{ACCENT};white-space:nowrap;">NMLS Consumer Access</a>
</td></tr></table></mj-text></mj-column></mj-section>"""

EXAMPLE_TEXT = "\n".join(
    (
        "The example in full (your loan now | example):",
        *(f"- {label}: {now} | {example}" for label, now, example, _ in _ROWS),
        _TABLE_NOTE,
    )
)
SIGNATURE_TEXT = (
    "{{ officer_name }}\nLoan officer, NMLS {{ officer_nmls }}\n{{ lender_name }}, NMLS {{ lender_nmls }}\n{{ contact_line }}"
)
FOOTER_TEXT = f"""--
Equal Housing Opportunity. {_ADVERTISEMENT}
{{{{ postal_address }}}}
Stop these e-mails: {{{{ unsubscribe_link }}}}
Choose what we send: {{{{ preferences_link }}}}
NMLS Consumer Access: {NMLS_CONSUMER_ACCESS}"""


def example_table() -> str:
    """The example as MJML: payment, number of payments, APR above the rate at the same size, and cost."""
    head = f"font-family:{FONT};font-size:14px;line-height:20px;padding:8px 0;border-bottom:1px solid {INK};white-space:nowrap;"
    rows = "".join(_row(*row) for row in _ROWS)
    return f"""<mj-text css-class="system" padding="4px 0 8px">
<table cellpadding="0" cellspacing="0" border="0" style="width:100%;border-collapse:collapse;color:{INK};">
<thead><tr><td class="cell" style="{head}">&nbsp;</td>
<th class="cell" scope="col" align="right" style="{head}">Your loan now</th>
<th class="cell" scope="col" align="right" style="{head}padding-left:22px;">Example</th></tr></thead>
<tbody>{rows}</tbody></table></mj-text>
<mj-text css-class="quiet system" font-size="14px" line-height="21px" color="{QUIET}">{_TABLE_NOTE}</mj-text>"""


def _row(label: str, now: str, example: str, bold: bool) -> str:
    cell = f"font-family:{FONT};font-size:15px;line-height:21px;padding:8px 0;border-bottom:1px solid {LINE};"
    weight = "font-weight:700;" if bold else ""
    return (
        f'<tr><th class="cell" scope="row" align="left" style="{cell}font-weight:400;">{label}</th>'
        f'<td class="cell" align="right" style="{cell}padding-left:14px;white-space:nowrap;">{now}</td>'
        f'<td class="cell" align="right" style="{cell}padding-left:14px;white-space:nowrap;{weight}">{example}</td></tr>'
    )


def document(*, notice: str, preview: str, body: str) -> str:
    """A whole MJML document around an author's fragments."""
    return f"""<mjml lang="en"><mj-head>
<mj-title>A note from {{{{ officer_name }}}}, {{{{ lender_name }}}}</mj-title>
{f"<mj-preview>{preview}</mj-preview>" if preview else ""}
<mj-attributes>
<mj-all font-family="{FONT}" />
<mj-text font-size="16px" line-height="25px" color="{INK}" padding="0 0 15px" />
<mj-button background-color="{ACCENT}" color="#ffffff" font-size="16px" font-weight="700" border-radius="4px"
 align="left" inner-padding="15px 22px" padding="6px 0 18px" css-class="button" />
<mj-divider border-width="1px" border-color="{LINE}" padding="4px 0 18px" />
</mj-attributes>
<mj-style>{_STYLE}</mj-style>
</mj-head><mj-body width="640px" background-color="#ffffff">
<mj-wrapper padding="24px 20px" css-class="page" background-color="#ffffff">{notice}
<mj-section padding="0"><mj-column>
{body}
</mj-column></mj-section>{SIGNATURE}{FOOTER}
</mj-wrapper></mj-body></mjml>"""
