"""The words of an HTML mail as plain lines, with what it quotes behind `> ` as in plain mail."""

from html.parser import HTMLParser

SILENT = frozenset({"script", "style", "head", "title", "template"})
LINES = frozenset({"p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "hr"})
QUOTES = frozenset({"blockquote"})


def text_of(html: str) -> str:
    """Its visible words. Broken HTML gives what can be read of it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        self._silent = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag in QUOTES:
            self._end_line()
            self._quoted += 1
        elif tag == "br" or tag in LINES:
            self._end_line()
        elif tag == "li":
            self._end_line()
            self._line.append("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in QUOTES:
            self._end_line()
            self._quoted = max(0, self._quoted - 1)
        elif tag in LINES or tag == "li":
            self._end_line()
        if tag == "p":
            self._lines.append((self._quoted, ""))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line.append(data)

    def _end_line(self) -> None:
        words = " ".join("".join(self._line).split())
        if words:
            self._lines.append((self._quoted, words))
        self._line = []

    def text(self) -> str:
        self._end_line()
        return "\n".join(f"{'> ' * quoted}{words}".rstrip() for quoted, words in self._lines).strip()
