"""The base as web pages: ``kb serve``."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.doors import db_option, examples, opened, say


@click.command(
    epilog=examples(
        "kb serve",
        "kb serve papers.sqlite --open",
        "kb serve --port 0",
        "kb serve --host 0.0.0.0 --db public/kb.sqlite",
    )
)
@click.argument("base", metavar="[BASE]", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to; others than this machine: see below.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 takes a free one.")
@click.option("--open", "browser", is_flag=True, help="Open it in the web browser.")
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), default=3.0, show_default=True,
              metavar="SECONDS", help="What one question may take.")  # fmt: skip
@click.option("--sql/--no-sql", "own_sql", default=None,
              help="Whether readers may write SQL.  [default: on this machine they may, from others not]")  # fmt: skip
@click.option("--public-texts", is_flag=True, help="All who can reach it may read all texts, whatever their licences.")
@db_option
def serve(
    base: str | None, host: str, port: int, browser: bool, time_limit: float, own_sql: bool | None, public_texts: bool,
    db: str,
) -> None:  # fmt: skip
    """Show a base as web pages: find, search, tables, plots, each number in its passage.

    It only reads, and is served to this machine alone.  With another --host, others can reach it: it is refused while
    the base holds texts whose licences do not let them be passed on, unless --public-texts says that they may see them.
    """
    path = Path(base or db)
    with opened(str(path)):  # whether it can be, and is sound where it is not trusted
        from kb.web.serving import checked, serve, withheld_from

    place = checked(host, port)
    if not place.loopback and not public_texts:
        withheld_from(path, host)

    def tell(url: str) -> None:
        click.echo(url)
        say("ctrl+C ends it")

    serve(path, place, tell, seconds=time_limit, own_sql=place.loopback if own_sql is None else own_sql,
          browser=browser)  # fmt: skip
