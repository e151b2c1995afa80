"""Answers that show themselves: as a table in a terminal or a notebook, as a data frame of pandas or polars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Self, SupportsIndex, TypeVar, overload

from schema.errors import MissingExtra

if TYPE_CHECKING:
    import pandas
    import polars
    from rich.console import RenderableType
    from rich.table import Table

ROWS_SHOWN = 50
PLAIN_WIDTH = 110  # of what stands for a table where there is neither terminal nor HTML
_STYLES = {"bold": "font-weight:bold", "dim": "opacity:.65"}

T = TypeVar("T")


class Tabular:
    """An answer that is a table too: ``rich.print`` and notebooks show it, ``to_pandas`` and ``to_polars`` turn it.

    A child gives :meth:`records`, and in :meth:`parts` what people are shown of them.
    """

    def __init_subclass__(cls) -> None:
        # IPython goes from class to class, and takes the repr of a dataclass before what its parent has.
        cls._repr_pretty_ = Tabular._repr_pretty_  # type: ignore[method-assign]

    @property
    def units(self) -> Mapping[str, str]:
        """Columns of :meth:`records` that hold quantities -> their units; "1" is a pure number."""
        return {}

    def records(self) -> list[dict[str, Any]]:
        """Give all rows as dicts with equal keys."""
        raise NotImplementedError

    def parts(self) -> Iterator[RenderableType]:
        """Give what people are shown, in order: tables and lines of rich."""
        raise NotImplementedError

    def _names(self) -> list[str]:
        return list(next(iter(self.records()), {}))

    def to_pandas(self) -> pandas.DataFrame:
        """Give the records as a data frame of pandas; ``attrs["units"]`` has :attr:`units`.

        Raises
        ------
        MissingExtra
            Where pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise MissingExtra("a data frame of pandas", "frames") from error
        frame = pandas.DataFrame.from_records(self.records(), columns=self._names())
        frame.attrs["units"] = dict(self.units)
        return frame

    def to_polars(self) -> polars.DataFrame:
        """Give the records as a data frame of polars; what is a list in a record is one there.

        Raises
        ------
        MissingExtra
            Where polars is not installed.
        """
        try:
            import polars
        except ImportError as error:
            raise MissingExtra("a data frame of polars", "frames") from error
        names, records = self._names(), self.records()
        # Column by column, so that a column is typed by all of its values rather than by the first hundred.
        columns = {name: polars.Series(name, [r[name] for r in records], strict=False) for name in names}
        return polars.DataFrame(columns)

    def __rich__(self) -> RenderableType:
        from rich.console import Group

        return Group(*self.parts())

    def _repr_html_(self) -> str:
        return html(self.parts())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Show IPython the table; ``repr`` stays what it is."""
        printer.text(plain_text(self.parts()))


class Rows(Tabular, list[T]):
    """A list of rows that shows itself as a table; a slice of it does too, and pickled it is a list.

    Parameters
    ----------
    rows : dicts with equal keys
    columns : those keys, for where there is no row

    Examples
    --------
    >>> found = Rows([{"metric": "overpotential", "value": 32.0}, {"metric": "density", "value": 1.2}])
    >>> found[0]["value"], type(found[:1]).__name__, found == list(found)
    (32.0, 'Rows', True)
    >>> found.to_pandas().shape, Rows([], ["metric"]).to_pandas().shape
    ((2, 2), (0, 1))
    """

    def __init__(self, rows: Iterable[T] = (), columns: Iterable[str] = ()) -> None:
        super().__init__(rows)
        self._columns = tuple(columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of :meth:`records`."""
        return self._columns or tuple(super()._names())

    def records(self) -> list[dict[str, Any]]:
        """Give the rows as dicts, to be changed without harm."""
        return [dict(row) for row in self]  # type: ignore[call-overload]  # a child whose rows are no dicts has its own

    def parts(self) -> Iterator[RenderableType]:
        """Give the first rows as one table, all columns."""
        from kb.printing import plain_table

        yield plain_table(self.columns, [list(row.values()) for row in self[:ROWS_SHOWN].records()])
        yield from self.more()

    def more(self) -> Iterator[RenderableType]:
        """Give the line that says what is not shown; nothing where all is."""
        from rich.text import Text

        if len(self) > ROWS_SHOWN:
            yield Text(f"The first {ROWS_SHOWN} of {len(self)} rows; a slice shows others.", "dim")
        if not self:
            yield Text("No rows.", "dim")

    def _names(self) -> list[str]:
        return list(self.columns)

    @overload
    def __getitem__(self, index: SupportsIndex) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: SupportsIndex | slice) -> T | Self:
        if not isinstance(index, slice):
            return super().__getitem__(index)
        part = type(self).__new__(type(self))
        list.__init__(part, super().__getitem__(index))
        part.__dict__.update(self.__dict__)
        return part

    def __reduce__(self) -> Any:
        return list, (list(self),)  # a ranking asks its base for more, which cannot go to another process


def html(parts: Iterable[RenderableType]) -> str:
    """Write tables and lines of rich as HTML; what they say is text there, whatever it looks like.

    Examples
    --------
    >>> from rich.text import Text
    >>> html([Text("<b>Li</b> & Cu")])
    '<div class="kb"><p>&lt;b&gt;Li&lt;/b&gt; &amp; Cu</p></div>'
    """
    from rich.table import Table

    told = (_html_table(part) if isinstance(part, Table) else f"<p>{_html_text(part)}</p>" for part in parts)
    return f'<div class="kb">{"".join(told)}</div>'


def plain_text(parts: Iterable[RenderableType]) -> str:
    """Write tables and lines of rich as text without colours, :data:`PLAIN_WIDTH` wide."""
    from io import StringIO

    from rich.console import Console

    out = StringIO()
    # In a notebook rich would show it by itself, whatever file it is given.
    Console(file=out, width=PLAIN_WIDTH, color_system=None, highlight=False, force_jupyter=False).print(
        *parts, sep="\n"
    )
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()).strip("\n")


def _html_table(table: Table) -> str:
    heads = [str(column.header) for column in table.columns]
    sides = [
        f' style="text-align:{column.justify}{";white-space:nowrap" if column.no_wrap else ""}"'
        for column in table.columns
    ]
    rows = zip(*(column.cells for column in table.columns), strict=True)
    if any(heads):
        cells = (f'<th scope="col"{side}>{_html_text(head)}</th>' for head, side in zip(heads, sides, strict=True))
        head = f"<thead><tr>{''.join(cells)}</tr></thead>"
    else:
        head = ""
    body = (_html_row(row, sides) for row in rows)
    return f"<table>{head}<tbody>{''.join(body)}</tbody></table>"


def _html_row(cells: Sequence[RenderableType], sides: Sequence[str]) -> str:
    told = (f"<td{side}>{_html_text(cell)}</td>" for cell, side in zip(cells, sides, strict=True))
    return f"<tr>{''.join(told)}</tr>"


def _html_text(part: RenderableType) -> str:
    """Write one text or cell, bold or dim as a whole where it is that in a terminal."""
    said = escape(getattr(part, "plain", str(part))).replace("\n", "<br>")
    style = "; ".join(_STYLES[word] for word in str(getattr(part, "style", "")).split() if word in _STYLES)
    return f'<span style="{style}">{said}</span>' if style and said else said
