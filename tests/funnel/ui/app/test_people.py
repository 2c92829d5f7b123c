"""People are invited, given roles, removed; everybody looks after the own account; the pages to get in are for all."""

import re
from datetime import UTC, datetime

import pyotp
import pytest
from playwright.sync_api import expect

from funnel.crm import installation, second_factors, user_links, users
from tests.browser import PHONE, Tab
from tests.funnel.ui.app.conftest import SIZES
from tests.funnel.ui.conftest import EMAIL, PASSWORD
from tests.servers.programs import KEYS

BOTH = pytest.mark.parametrize("wishes", SIZES, ids=["desk", "phone"])
SECRET_KEYS = [KEYS["SECRET_KEY"].encode()]
NEW = "another horse battery"


@pytest.fixture
def visitor(browser, place, tmp_path):
    """Makes tabs in which nobody is signed in."""
    tabs = []

    def make(**wishes):
        tabs.append(Tab(browser, [place.url], tmp_path, **wishes))
        return tabs[-1]

    yield make
    for tab in tabs:
        tab.close()


@pytest.fixture
def omar(place):
    """A viewer with a password; whatever becomes of him, he is gone after the test."""
    with place.database.transaction() as session:
        user_id = users.add(session, "omar@funnel.example", PASSWORD, datetime.now(UTC), role="viewer", name="Omar")
    yield user_id
    with place.database.transaction() as session:
        users.remove(session, users.find(session, user_id), datetime.now(UTC))


def sign_in(tab, place, email, password=PASSWORD):
    tab.page.goto(f"{place.url}/app/login")
    tab.page.get_by_label("Email").fill(email)
    tab.page.get_by_label("Password").fill(password)
    tab.page.get_by_role("button", name="Sign in").click()
    return tab.page


@BOTH
def test_the_own_account_is_there_for_everybody(tab, place, wishes):
    visitor = tab(**wishes)
    page = visitor.page
    page.get_by_role("button", name="Your settings").click()
    page.get_by_role("menuitem", name="My account").click()

    expect(page).to_have_url(f"{place.url}/app/settings/account")
    expect(page.get_by_text("This browser")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("Mia")
    visitor.look_in_light_and_dark("account")


def test_name_and_language_are_kept_with_the_account(place, omar, visitor):
    page = sign_in(visitor(), place, "omar@funnel.example")
    page.goto(f"{place.url}/app/settings/account")
    page.get_by_label("Name").fill("Omar K.")
    page.get_by_label("Language").select_option("Français")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Réglages")

    with place.database.transaction() as session:
        user = users.find(session, omar)
        assert (user.name, user.language) == ("Omar K.", "fr")


def test_a_password_is_changed_and_a_wrong_one_is_told_at_its_field(place, omar, visitor):
    tab = visitor()
    page = sign_in(tab, place, "omar@funnel.example")
    page.goto(f"{place.url}/app/settings/account")
    page.get_by_label("Your password of now").fill("wrong")
    page.get_by_label("New password").fill(NEW)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("This is not your password.")).to_be_visible()
    tab.look("account-wrong-password")
    page.get_by_label("Your password of now").fill(PASSWORD)
    page.get_by_role("button", name="Change the password").click()

    expect(page.get_by_text("The new password holds from now on.")).to_be_visible()
    with place.database.transaction() as session:
        assert users.check_password(session, "omar@funnel.example", NEW)


def test_a_session_elsewhere_is_seen_and_ended(place, omar, visitor):
    there = sign_in(visitor(), place, "omar@funnel.example")
    here = sign_in(visitor(), place, "omar@funnel.example")
    here.goto(f"{place.url}/app/settings/account")
    sessions = here.get_by_role("region").or_(here.locator("section")).filter(has_text="Sessions").last
    expect(sessions.get_by_role("listitem")).to_have_count(2)
    here.get_by_role("button", name="End", exact=True).click()

    expect(here.get_by_text("Signed out there.")).to_be_visible()
    expect(sessions.get_by_role("listitem")).to_have_count(1)
    there.goto(f"{place.url}/app/")
    expect(there).to_have_url(re.compile("/app/login"))


@BOTH
def test_somebody_is_invited_joins_gets_another_role_and_is_removed(tab, place, visitor, wishes):
    mias, email = tab(**wishes), f"jan{wishes['size'][0]}@funnel.example"
    page = mias.page
    page.goto(f"{place.url}/app/settings/people")
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_role("dialog").get_by_role("button", name="Invite").click()
    expect(page.get_by_text("There is a user with this email already.")).to_be_visible()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Role").select_option("Viewer")
    mias.look_in_light_and_dark("people-invite")
    page.get_by_role("dialog").get_by_role("button", name="Invite").click()
    dialog = page.get_by_role("alertdialog", name="The link")
    link = dialog.locator("code").inner_text()
    mias.look_in_light_and_dark("people-link")
    dialog.get_by_role("button", name="Done").click()
    row = page.get_by_role("row").filter(has_text=email)
    expect(row).to_contain_text("Viewer")

    jans = visitor(**wishes)
    join(jans, place, link, email)
    expect(jans.page.get_by_role("button", name="Invite somebody")).to_have_count(0)

    page.reload()
    row.get_by_role("button", name=re.compile("^Manage")).click()
    page.get_by_label("Role").select_option("Marketer")
    expect(page.get_by_text("Jan J.: Marketer from now on.")).to_be_visible()
    mias.look_in_light_and_dark("people-person")
    page.get_by_role("button", name="Remove", exact=True).click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Jan J. can sign in no more.")).to_be_visible()
    mias.look_in_light_and_dark("people")
    jans.page.goto(f"{place.url}/app/")
    expect(jans.page).to_have_url(re.compile("/app/login"))


def join(tab, place, link, email):
    """What the link shows, in the way of somebody who has never been here."""
    page = tab.page
    page.goto(link)
    tab.look_in_light_and_dark("join")
    page.get_by_label("Your name").fill("Jan J.")
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("The same once more").fill(NEW + "x")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("alert")).to_have_text("The two passwords are not the same.")
    tab.look("join-wrong")
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("The same once more").fill(NEW)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is set.")
    tab.look("login-after-joining")
    sign_in(tab, place, email, NEW)
    page.goto(f"{place.url}/app/settings/people")
    expect(page.get_by_role("tab", name="People")).to_be_visible()
    expect(page.get_by_role("tab", name="API tokens")).to_have_count(0)


@BOTH
def test_a_second_factor_is_set_up_asked_for_and_removed(place, omar, visitor, wishes):
    tab = visitor(**wishes)
    page = sign_in(tab, place, "omar@funnel.example")
    page.goto(f"{place.url}/app/settings/account")
    page.get_by_role("button", name="Set up a second factor").click()
    page.get_by_role("dialog").get_by_label("Your password of now").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    dialog = page.get_by_role("dialog").filter(has=page.get_by_role("img", name="QR code"))
    secret = dialog.locator("code").inner_text()
    expect(dialog.get_by_role("img")).to_be_visible()
    assert dialog.get_by_role("img").evaluate("image => image.naturalWidth") > 50
    tab.look_in_light_and_dark("factor-set-up")
    dialog.get_by_label("Code of the app").fill("12")
    dialog.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("This is not the code of now.")).to_be_visible()
    dialog.get_by_label("Code of the app").fill(pyotp.TOTP(secret).now())
    dialog.get_by_role("button", name="Confirm").click()
    codes = page.get_by_role("alertdialog", name="Your recovery codes")
    expect(codes.get_by_role("listitem")).to_have_count(10)
    first = codes.get_by_role("listitem").first.inner_text()
    tab.look_in_light_and_dark("factor-codes")
    codes.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes are left")).to_be_visible()

    page.context.clear_cookies()
    sign_in(tab, place, "omar@funnel.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    tab.look_in_light_and_dark("login-code")
    page.get_by_label("Code").fill("123")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("opens nothing")
    tab.look("login-code-wrong")
    page.get_by_label("Code").fill(first)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{place.url}/app/")

    page.goto(f"{place.url}/app/settings/account")
    expect(page.get_by_text("9 recovery codes are left")).to_be_visible()
    page.get_by_role("button", name="Remove the second factor").click()
    page.get_by_role("dialog").get_by_label("Your password of now").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Signing in asks for no code any more.")).to_be_visible()


def test_where_everybody_needs_a_second_factor_nothing_else_opens_before(tab, place, omar, visitor):
    admin = tab()
    admin.page.goto(f"{place.url}/app/settings/people")
    try:
        admin.page.get_by_text("Everybody needs a second factor").click()
        admin.page.wait_for_url(f"{place.url}/app/settings/account")
        expect(admin.page.get_by_role("alert")).to_contain_text("Everybody here needs a second factor")
        theirs = visitor(size=PHONE)
        page = sign_in(theirs, place, "omar@funnel.example")
        page.wait_for_url(f"{place.url}/app/settings/account")
        theirs.look_in_light_and_dark("factor-needed")
        with place.database.transaction() as session:
            user, now = users.find(session, omar), datetime.now(UTC)
            secret = second_factors.start(user, SECRET_KEYS)
            second_factors.confirm(session, user, pyotp.TOTP(secret).at(now), SECRET_KEYS, now)
        page.reload()
        page.get_by_role("heading", name="Second factor").wait_for()
        page.goto(f"{place.url}/app/leads")

        expect(page.get_by_role("heading", level=1)).to_have_text("Leads")
    finally:
        with place.database.transaction() as session:
            installation.require_factor(session, False)
    # what was refused meanwhile is what this is about
    admin.complaints[:] = [one for one in admin.complaints if "403" not in one]
    theirs.complaints[:] = [one for one in theirs.complaints if "403" not in one]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_pages_to_get_in_need_no_script_and_speak_french(place, omar, visitor, scripts):
    tab = visitor(scripts=scripts, locale="fr-FR", size=PHONE)
    page = tab.page
    page.goto(f"{place.url}/app/login")
    tab.look("login-french")
    page.get_by_role("link", name="Mot de passe oublié ?").click()
    expect(page.get_by_text("n’envoie pas de courriel")).to_be_visible()
    tab.look("forgotten-french")
    with place.database.transaction() as session:
        user = users.find(session, omar)
        link = user_links.make(session, user, datetime.now(UTC))
    page.goto(user_links.url(place.url, SECRET_KEYS, link.id))
    page.get_by_label("Nouveau mot de passe").fill(NEW)
    page.get_by_label("Le même encore une fois").fill(NEW)
    tab.look("reset-french")
    page.get_by_role("button", name="Enregistrer le mot de passe").click()

    expect(page.get_by_role("status")).to_contain_text("Votre mot de passe est enregistré.")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce lien n’ouvre plus rien")
    tab.look("spent-french")
    tab.complaints[:] = [one for one in tab.complaints if "410" not in one]
