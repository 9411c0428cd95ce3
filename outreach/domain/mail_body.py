"""What an author's e-mail body may be made of: a few blocks of MJML with plain words in them, each staying in its place.

A body that could close the frame around it, style what is not its own or load something could hide what the law wants shown.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

BLOCKS = frozenset({"mj-text", "mj-button", "mj-divider", "mj-spacer"})
INLINE = frozenset({"p", "br", "strong", "b", "em", "i", "a", "ul", "ol", "li", "h1", "h2", "h3", "span"})
ATTRIBUTES = frozenset({"href", "align", "height", "padding", "padding-top", "padding-bottom", "lang"})
EMPTY = frozenset({"br", "mj-divider", "mj-spacer", "img", "link"})
REMOTE = frozenset({"img", "mj-image", "mj-carousel", "mj-hero", "mj-font", "mj-include", "link", "script", "iframe", "video"})

EXAMPLE = re.compile(r"\{\{-?\s*example_table\s*-?\}\}")
_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}", re.DOTALL)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a body, in a sentence, and at which line of it; `remote` where it would load something."""

    sentence: str
    line: int
    remote: bool = False


@dataclass(frozen=True)
class Read:
    """A body as its reader found it: problems, links as (address, line)."""

    problems: tuple[Problem, ...]
    links: tuple[tuple[str, int], ...]


def read(body: str) -> Read:
    """Reads a body once, from its first tag to its last."""
    reader = _Reader()
    # Lines must stay countable where a comment goes.
    reader.feed(_COMMENT.sub(lambda comment: "\n" * comment.group().count("\n"), body))
    reader.close()
    for tag, line in reader.open:
        reader.problems.append(Problem(f"<{tag}> is never closed.", line))
    return Read(tuple(reader.problems), tuple(reader.links))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, int]] = []
        self.problems: list[Problem] = []
        self.links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        inside = any(name in BLOCKS for name, _ in self.open)
        if tag in REMOTE:
            self._say(f"<{tag}> would load something when the mail is opened; mail here loads nothing.", remote=True)
        elif tag not in (INLINE if inside else BLOCKS):
            where = "inside a block" if inside else "in a body, outside a block"
            self._say(f"<{tag}> is not allowed {where}.")
        for name, value in attrs:
            if name == "href":
                self.links.append((value or "", line))
            elif name in ("src", "background", "background-url", "srcset"):
                self._say(f"The attribute {name} would load something when the mail is opened.", remote=True)
            elif name not in ATTRIBUTES:
                self._say(f"The attribute {name} of <{tag}> is not allowed: the system sets how a mail looks.")
        if tag not in EMPTY:
            self.open.append((tag, line))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in EMPTY:
            return
        if self.open and self.open[-1][0] == tag:
            self.open.pop()
        else:
            self._say(f"</{tag}> closes nothing that is open here.")
            if any(name == tag for name, _ in self.open):
                while self.open.pop()[0] != tag:
                    continue

    def handle_data(self, data: str) -> None:
        if not self.open and EXAMPLE.sub("", data).strip():
            self._say("Words must stand inside a block, such as <mj-text>.")

    def handle_comment(self, data: str) -> None:
        self._say("A comment would be sent along; use {% comment %} … {% endcomment %}.")

    def handle_decl(self, decl: str) -> None:
        self._say("A declaration is not allowed in a body.")

    def handle_pi(self, data: str) -> None:
        self._say("A processing instruction is not allowed in a body.")

    def unknown_decl(self, data: str) -> None:
        self._say("A declaration is not allowed in a body.")

    def _say(self, sentence: str, *, remote: bool = False) -> None:
        self.problems.append(Problem(sentence, self.getpos()[0], remote))
