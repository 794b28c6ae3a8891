from social_crm.scopes import SCOPES as _SCOPES

app_name = "social_crm"
app_title = "Social CRM"
app_publisher = "Social CRM contributors"
app_description = "One relational memory for organisations that restore livelihoods"
app_email = "maintainers@socialcrm.example"
app_license = "MIT"

before_install = "social_crm.install.before_install"
after_install = "social_crm.install.after_install"
before_uninstall = "social_crm.uninstall.before_uninstall"
before_migrate = ["social_crm.install.before_migrate"]
after_migrate = ["social_crm.install.after_migrate"]

# The ledger of shipped rows names what it brought; deleting such a row is the administrator's right.
ignore_links_on_delete = ["Shipped Item"]

# One builder answers for lists and for single documents (permissions.py).
permission_query_conditions = {
    doctype: f"social_crm.permissions.{doctype.lower().replace(' ', '_').replace('-', '_')}_conditions"
    for doctype in _SCOPES
}
has_permission = {doctype: "social_crm.permissions.has_permission" for doctype in _SCOPES}

# Dotted paths of tuples of social_crm.timeline.TimelineSource; other apps may add theirs.
social_crm_timeline = []

# Amounts in words, Spanish dates and pictures for our print formats.
jinja = {"methods": ["social_crm.print_formats.jinja"]}
