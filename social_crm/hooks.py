from social_crm.access import wiring as _access

app_name = "social_crm"
app_title = "Social CRM"
app_publisher = "Social CRM contributors"
app_description = "One relational memory for organisations that restore livelihoods"
app_email = "maintainers@socialcrm.example"
app_license = "MIT"
app_logo_url = "/assets/social_crm/images/social_crm.svg"
add_to_apps_screen = [
    {
        "name": "social_crm",
        "logo": "/assets/social_crm/images/social_crm.svg",
        "title": "Social CRM",
        # Not /app/social-crm: v15 compares that with the workspace's name and, for a name of two words, opens another.
        "route": "/app",
        "has_permission": "social_crm.apps_screen.has_permission",
    }
]

# Where the app's icon leads on v16, which otherwise takes any of our workspaces.
app_home = "/app/social-crm"

before_install = "social_crm.install.before_install"
after_install = "social_crm.install.after_install"
before_uninstall = "social_crm.uninstall.before_uninstall"
after_uninstall = "social_crm.uninstall.after_uninstall"
before_migrate = ["social_crm.install.before_migrate"]
after_migrate = ["social_crm.install.after_migrate"]

# The ledger of shipped rows names what it brought; deleting such a row is the administrator's right.
# Rows of a census name what they became; erasing a person must not fail on them. Receipts of devices name drafts.
ignore_links_on_delete = [
    "Shipped Item",
    "Census Import Row",
    "Field Submission",
    "Sync Conflict",
    "OpenRosa Submission",
]

before_tests = "social_crm.testing.before_tests"

# "Find a Person" in the navbar of the Desk, charts whose labels can be read, numbers read as the country writes them.
app_include_js = [
    "find_person.bundle.js",
    "horizontal_bars.bundle.js",
    "lists.bundle.js",
    "desk_language.bundle.js",
    "numbers.bundle.js",
]
app_include_css = ["horizontal_bars.bundle.css", "form_head.bundle.css"]

# One builder answers for lists and for single documents; access/wiring.py says which door asks whom.
permission_query_conditions = _access.PERMISSION_QUERY_CONDITIONS
has_permission = _access.HAS_PERMISSION

doc_events = {
    **_access.DOC_EVENTS,
    # Of ERPNext, where it is installed: what microcredit posted there is taken back by microcredit.
    "Journal Entry": {
        "before_cancel": "social_crm.microcredit.services.accounting.erpnext.refuse_cancellation"
    },
    # What a visit shows about the income of a business may be a warning about its loan.
    "Productive Unit Follow-up": {
        **_access.DOC_EVENTS["Productive Unit Follow-up"],
        "on_change": "social_crm.microcredit.services.warnings.visit_changed",
        "after_delete": "social_crm.microcredit.services.warnings.visit_changed",
    },
    # The platform's log of SMS keeps no number of a person whom we wrote to.
    "SMS Log": {"before_insert": "social_crm.microcredit.services.alerts.channels.keep_no_number"},
}
override_whitelisted_methods = _access.OVERRIDES
standard_queries = _access.STANDARD_QUERIES
before_request = [
    "social_crm.access.requests.refuse_aliases",
    "social_crm.access.unreadable.refuse_requests",
]
# Clients of OpenRosa wait for a challenge, also when they come with wrong credentials; other addresses are left alone.
after_request = [
    "social_crm.field_records.openrosa.renderer.challenge",
    "social_crm.access.unreadable.name_bad_json",
]
# Frappe removes the content of a file before it asks whether the row may go.
delete_file_data_content = ["social_crm.access.file_contents.delete"]
extend_bootinfo = [
    "social_crm.access.workspaces.extend_bootinfo",
    "social_crm.workflow_status.translate_states",
]

# Dotted paths of tuples of social_crm.timeline.TimelineSource; other apps may add theirs.
social_crm_timeline = [
    "social_crm.social_crm.timeline.SOURCES",
    "social_crm.income_generation.timeline.SOURCES",
    "social_crm.higher_education.timeline.SOURCES",
    "social_crm.microcredit.timeline.SOURCES",
    "social_crm.psychosocial.timeline.SOURCES",
    "social_crm.field_records.timeline.SOURCES",
]

# Who must hear that a person no longer authorises a use of their data: dotted paths of functions that take the decision.
social_crm_authorisation_ended = [
    "social_crm.field_records.services.fingerprints.forget",
    "social_crm.field_records.services.sync.erasure.with_authorisation",
]

# Amounts in words, Spanish dates and pictures for our print formats.
jinja = {
    "methods": [
        "social_crm.print_formats.jinja",
        "social_crm.timeline.life_for_print",
        "social_crm.social_crm.printing",
        "social_crm.income_generation.printing",
        "social_crm.field_records.printing",
        "social_crm.microcredit.printing",
    ]
}

# The pages to which the QR of a receipt and of an acta lead, and the field app at /campo.
page_renderer = [
    "social_crm.microcredit.verification_page.ReceiptVerification",
    "social_crm.field_records.verification_page.ActaVerification",
    "social_crm.field_records.field_app.FieldApp",
    "social_crm.field_records.openrosa.renderer.OpenRosa",
]

scheduler_events = {
    # A census import or a batch of payments whose worker was lost goes on by itself, and the PDF of an acta is made.
    "cron": {
        "*/3 * * * *": [
            "social_crm.social_crm.services.census.loading.resume_stalled",
            "social_crm.microcredit.services.payments.posting.resume_stalled",
            "social_crm.field_records.services.sealed_pdf.making.resume",
        ]
    },
    # The stored status of productive units serves lists; each night some pass the term of their last visit.
    # So do the days late and overdue amounts of microcredits, which move with the calendar alone.
    "daily": [
        "social_crm.income_generation.services.refresh_all_units",
        "social_crm.microcredit.services.nightly.refresh_all",
        "social_crm.microcredit.services.accounting.outbox.nightly",
        "social_crm.microcredit.services.alerts.sending.nightly",
        "social_crm.field_records.services.sync.uploads.sweep",
        "social_crm.field_records.services.sync.erasure.sweep",
    ],
    # Every seal of every acta, and whether one is missing.
    "daily_long": ["social_crm.field_records.services.chain_checks.nightly"],
    # Alerts go out within the hours of the law, hour by hour.
    "hourly_long": ["social_crm.microcredit.services.alerts.sending.hourly"],
}
