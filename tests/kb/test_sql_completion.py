"""Completion of SQL: what may come next, and nothing where nobody can know."""

from hypothesis import given
from hypothesis import strategies as st

from kb.sql_completion import complete_sql


def words(before: str, after: str = "") -> list[str]:
    return [s.word for s in complete_sql(before, after)]


def test_tables_after_from_views_first():
    found = words("SELECT * FROM ")
    assert found[0] == "measurement_view"
    assert {"papers", "measurements", "evidence"} <= set(found)
    assert words("select * from meas")[0] == "measurement_view"


def test_columns_of_the_tables_that_are_named():
    assert "title" in words("SELECT ti", " FROM papers")
    assert "journal" in words("SELECT jou", " FROM papers AS p JOIN documents d ON d.paper_id = p.id")
    assert words("SELECT d.extr", " FROM papers AS p JOIN documents d ON d.paper_id = p.id") == ["extractor_version"]
    assert words("SELECT z.ti", " FROM papers AS p") == []


def test_columns_of_the_usual_view_before_a_table_is_named():
    assert "value_reported" in words("SELECT value_r")


def test_keywords_and_functions():
    assert words("SEL") == ["SELECT"]
    assert "count(" in words("SELECT cou", " FROM papers")


def test_named_questions():
    assert "@coverage" in words("@cov")


def test_nothing_inside_a_text_a_comment_does_not_count():
    assert words("SELECT 'pap") == []
    assert "title" in words("SELECT 'it''s', tit", " FROM papers -- don't")


def test_nothing_for_a_whole_word():
    assert words("SELECT title FROM papers") == []


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_is_survived_and_suggestions_go_on_what_was_typed(before, after):
    for one in complete_sql(before, after):
        assert one.word.casefold().startswith(before[one.start :].casefold())
