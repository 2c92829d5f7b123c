"""What columns mean by their names, and the programs that are known by them."""

import pytest

from funnel.importing import PRESETS, guess_columns, problem
from funnel.importing.headers import columns_without_names

EXPORTS = {
    "hubspot": (
        "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Create Date,"
        "Unsubscribed from all email,Email hard bounce reason",
        "ignore,fields.first_name,fields.last_name,email,fields.phone,ignore,stage,created_at,opt_out,bounced",
    ),
    "brevo": (
        "CONTACT ID,EMAIL,NOM,PRENOM,SMS,email_marketing,OPT_IN,ADDED_TIME,MODIFIED_TIME",
        "ignore,email,fields.last_name,fields.first_name,fields.mobile,mail_status,consent,created_at,ignore",
    ),
    "activecampaign": (
        "Contact ID,Email,First Name,Last Name,Phone,Account Name,Tags,Date Created,Status",
        "ignore,email,fields.first_name,fields.last_name,fields.phone,fields.company,tags,created_at,mail_status",
    ),
    "mautic": (
        "id,points,firstname,lastname,company,position,email,mobile,dateAdded,preferred_locale,dnc_reason",
        "ignore,ignore,fields.first_name,fields.last_name,fields.company,fields.job_title,email,fields.mobile,"
        "created_at,locale,mail_status",
    ),
    "listmonk": (
        "uuid,email,name,attributes,status,created_at,updated_at",
        "ignore,email,fields.name,attributes,mail_status,created_at,ignore",
    ),
}


@pytest.mark.parametrize("program", PRESETS)
def test_the_export_of_each_program_is_recognised_and_mapped(program):
    names, columns = EXPORTS[program]

    assert guess_columns(names.split(",")) == (program, columns.split(","))


def test_the_unsubscribes_and_bounces_of_hubspot_are_known_too():
    names = ["Email", "Portal Bounce", "Portal Unsubscribe", "Portal Spam Report", "Global Bounce"]

    assert guess_columns(names) == ("hubspot", ["email", "bounced", "opt_out", "complained", "bounced"])


def test_french_names_are_understood_with_and_without_accents():
    names = [
        "Prénom",
        "NOM",
        "Adresse e-mail",
        "Société",
        "Code postal",
        "Étiquettes",
        "Date d'inscription",
        "Désinscrit",
    ]

    assert guess_columns(names) == (
        None,
        [
            *("fields.first_name", "fields.last_name", "email", "fields.company", "fields.postal_code", "tags"),
            *("created_at", "opt_out"),
        ],
    )


def test_what_nobody_knows_becomes_a_field_and_two_fields_never_share_a_key():
    names = ["Email", "Shoe size", "Shoe-Size", "2nd pet", "", "名前", "E-mail"]

    _, columns = guess_columns(names)

    assert columns == [
        *("email", "fields.shoe_size", "fields.shoe_size_2", "fields.nd_pet", "fields.column_5", "fields.column_6"),
        "ignore",
    ]
    assert [problem(columns, at) for at in range(len(columns))] == [None] * 7


def test_without_a_header_only_the_address_can_be_told():
    assert columns_without_names(["Ann", "ann@example.com"]) == ["fields.column_1", "email"]


@pytest.mark.parametrize("target", ["fields.", "fields.1st", "fields.a b", "fields.email", "phone", "", "email"])
def test_a_column_cannot_mean_just_anything(target):
    assert problem(["email", target], 1)
