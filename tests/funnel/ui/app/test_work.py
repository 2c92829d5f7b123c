"""Owners, notes, tasks, merging: what people do with leads, by hand, in the app."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from funnel.crm import bulk, bulk_actions, duplicates, jobs
from funnel.models import Lead, Note, Task
from tests import factories
from tests.funnel.ui.app.conftest import SIZES

BOTH = pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])


@pytest.fixture
def pair(place):
    """The ids of two leads that are one person."""
    with place.database.transaction() as session:
        session.execute(text("TRUNCATE notes, tasks"))
        session.execute(text("DELETE FROM leads WHERE fields ->> 'phone' = '+33612345678'"))
        now = datetime.now(UTC)
        first = factories.lead(session, at=now, fields={"first_name": "Ada", "city": "Nice", "phone": "+33612345678"})
        second = factories.lead(session, at=now, fields={"first_name": "A.", "phone": "+33612345678"})
        return first.id, second.id


@BOTH
def test_a_note_is_written_pinned_edited_and_deleted(tab, place, pair, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/leads/{pair[0]}?view=notes")
    expect(page.get_by_text("No notes yet.")).to_be_visible()
    page.get_by_label("New note").fill("Likes tea.\nCall after six.")
    page.get_by_role("button", name="Add the note").click()
    note = page.get_by_role("listitem").filter(has_text="Likes tea.")
    expect(note).to_be_visible()
    note.get_by_role("button", name="Pin", exact=True).click()
    expect(note.get_by_text("Pinned")).to_be_visible()
    note.get_by_role("button", name="Edit the note").click()
    page.get_by_role("dialog").get_by_label("Notes").fill("Likes coffee.")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    edited = page.get_by_role("listitem").filter(has_text="Likes coffee.")
    expect(edited.get_by_text(re.compile("edited"))).to_be_visible()
    visitor.look("lead-notes")

    edited.get_by_role("button", name="Delete the note").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete the note").click()
    expect(page.get_by_text("No notes yet.")).to_be_visible()
    with place.database.transaction() as session:
        assert session.query(Note).count() == 0


@BOTH
def test_a_task_is_added_on_the_lead_found_among_mine_and_done(tab, place, pair, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/leads/{pair[0]}")
    page.get_by_role("button", name="New task").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What is to be done").fill("Call Ada")
    expect(dialog.get_by_role("button", name="Add the task")).to_be_enabled()
    visitor.look("task-dialog")
    dialog.get_by_role("button", name="Add the task").click()
    expect(page.get_by_role("checkbox", name="Call Ada")).to_be_visible()
    with place.database.transaction() as session:
        session.query(Task).one().due_at = datetime.now(UTC) - timedelta(hours=3)

    page.goto(f"{place.url}/app/")
    page.get_by_role("main").get_by_role("link", name="My tasks").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tasks")
    expect(page.get_by_text("overdue")).to_be_visible()
    visitor.look("tasks")
    page.get_by_text("Call Ada").click()
    expect(page.get_by_text("Nothing to do.")).to_be_visible()
    page.get_by_label("Which").select_option("done")
    expect(page.get_by_role("checkbox", name="Call Ada")).to_be_checked()


def test_a_lead_is_given_to_somebody(tab, place, pair):
    page = tab().page
    page.goto(f"{place.url}/app/leads/{pair[0]}")
    owner = page.get_by_role("combobox", name="Owner")
    owner.select_option(index=1)

    expect(page.get_by_text("Given to")).to_be_visible()
    page.reload()
    expect(owner).not_to_have_value("")
    page.goto(f"{place.url}/app/leads")
    page.get_by_role("combobox", name="Owner").select_option("My leads")
    expect(page.get_by_role("link", name="Ada")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)
    with place.database.transaction() as session:
        assert session.get(Lead, pair[0]).owner_id


@BOTH
def test_two_leads_are_merged_and_parted_again(tab, place, pair, wishes):
    first, second = pair
    visitor = tab(**wishes)
    page = visitor.page
    with place.database.transaction() as session:
        other = session.get(Lead, second).email
    page.goto(f"{place.url}/app/leads/{first}")
    page.get_by_role("button", name="Merge with another lead").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Address or name of the other lead").fill(other)
    dialog.get_by_role("button", name="Choose A.").click()
    dialog.get_by_role("group", name="first name").get_by_label("A.").check()
    visitor.look("merge")
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A.")

    page.goto(f"{place.url}/app/leads/{second}")
    page.wait_for_url(f"{place.url}/app/leads/{first}")
    expect(page.get_by_text("Part of this lead")).to_be_visible()
    visitor.look("merged")
    page.get_by_role("button", name="Part them again").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Part them again").click()
    expect(page.get_by_text("They are two leads again.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada")
    page.goto(f"{place.url}/app/leads/{second}")
    expect(page.get_by_role("heading", level=1)).to_have_text("A.")


def test_duplicates_are_compared_and_merged_from_the_list(tab, place, pair):
    visitor = tab(locale="fr-FR")
    page = visitor.page
    page.goto(f"{place.url}/app/leads")
    page.get_by_role("link", name="Doublons").click()
    with page.expect_response(lambda response: response.request.method == "POST"):  # the job is asked for
        page.get_by_role("button", name="Comparer tous les prospects").click()
    expect(page.get_by_role("button", name="Comparaison…")).to_be_disabled()
    with place.database.transaction() as session:  # as a worker does
        job = jobs.page(session, kind=duplicates.KIND).items[0]
        now = datetime.now(UTC)
        jobs.write(job, duplicates.find(session, job, now), now)
    group = page.get_by_role("listitem").filter(has_text="Même téléphone")
    expect(group).to_be_visible()
    visitor.look("duplicates")
    group.get_by_role("button", name="Voir et fusionner: A.").click()
    page.get_by_role("dialog").get_by_role("button", name="Fusionner", exact=True).click()

    expect(page.get_by_text("Fusionnés.")).to_be_visible()
    with place.database.transaction() as session:
        assert session.get(Lead, pair[1]) is None


@BOTH
def test_new_leads_are_shared_out_by_rules(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/settings/assignment")
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_label("Name").fill("Clinics")
    page.get_by_label("Condition (JSON)").fill("{")
    expect(page.get_by_text("This is no JSON.")).to_be_visible()
    page.get_by_label("Condition (JSON)").fill('{"stge": "lead"}')
    page.get_by_role("group", name="People").get_by_role("checkbox").first.check(force=True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("did you mean")).to_be_visible()
    visitor.look("assignment")
    page.get_by_label("Condition (JSON)").fill('{"stage": "lead"}')
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds")).to_be_visible()

    page.reload()
    expect(page.get_by_label("Name")).to_have_value("Clinics")
    page.get_by_label("From").select_option(index=1)
    page.get_by_role("button", name="Hand over").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Hand over").click()
    expect(page.get_by_text("Waits for a worker…")).to_be_visible()
    with place.database.transaction() as session:
        session.execute(text("DELETE FROM assignment_rules"))


@BOTH
def test_something_is_done_with_all_leads_that_fit(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/leads?search=crowd.example")
    page.get_by_role("checkbox", name="Choose lead00@crowd.example").check(force=True)
    bar = page.get_by_role("group", name="With the chosen leads")
    expect(bar.get_by_text("1 chosen")).to_be_visible()
    bar.get_by_role("button", name="Choose all that fit").click()
    visitor.look("bulk-bar")
    bar.get_by_role("button", name="Do…").click()
    page.get_by_role("menuitem", name="Put a tag on").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tag").fill("fair")
    expect(dialog.get_by_role("button", name="Do it with 60 leads")).to_be_enabled()
    visitor.look("bulk-dialog")
    dialog.get_by_role("button", name="Do it with 60 leads").click()
    expect(page.get_by_text("Waits for a worker…")).to_be_visible()
    with place.database.transaction() as session:  # as a worker does
        job = jobs.page(session, kind=bulk.KIND).items[0]
        now = datetime.now(UTC)
        jobs.write(job, bulk.working(bulk_actions.ACTIONS)(session, job, now), now)
    expect(page.get_by_text("60 of 60")).to_be_visible()
    visitor.look("bulk-done")
    page.get_by_role("button", name="Close").click()

    page.goto(f"{place.url}/app/leads?tag=fair")
    expect(page.get_by_role("checkbox", name="Choose lead00@crowd.example")).to_be_visible()
    with place.database.transaction() as session:
        assert session.query(Lead).filter(Lead.tags.contains(["fair"])).count() == 60
        session.execute(text("UPDATE leads SET tags = array_remove(tags, 'fair')"))


@BOTH
def test_the_board_shows_each_stage_and_moves_a_lead_by_keyboard(tab, place, pair, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.goto(f"{place.url}/app/board")
    column = page.get_by_role("region", name="Customer")
    expect(column.get_by_text("2 leads")).to_be_visible()
    visitor.look("board")
    page.get_by_role("button", name="Move Ada").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="To Customer").press("Enter")

    expect(column.get_by_role("link", name="Ada")).to_be_visible()
    expect(column.get_by_text("3 leads")).to_be_visible()
    with place.database.transaction() as session:
        lead = session.get(Lead, pair[0])
        assert (lead.stage, lead.stage_held_until is not None) == ("customer", True)
    page.get_by_label("Whose leads").select_option("me")
    expect(column.get_by_text("0 leads")).to_be_visible()
