"""Commands of the app for `bench --site SITE ...`."""

import click
import frappe
from frappe.commands import get_site, pass_context


@click.command("social-crm-demo")
@click.option(
    "--families",
    default=None,
    type=click.IntRange(1, 100_000),
    help="How many families; 207 without it, whole blocks are copied in bulk.",
)
@click.option("--seed", default=None, type=int, help="Another seed gives other people with the same figures.")
@click.option("--today", default=None, help="The day (YYYY-MM-DD) from which every date is counted back.")
@click.option("--force", is_flag=True, help="Also on a site that holds families of its own.")
@click.option("--remove", is_flag=True, help="Remove the demo instead; what others wrote stays.")
@pass_context
def social_crm_demo(
    context: dict, families: int | None, seed: int | None, today: str | None, force: bool, remove: bool
) -> None:
    """Load a fictional community, its figures computed from its records, or remove it."""
    from social_crm import demo

    site = get_site(context)
    frappe.init(site=site)
    frappe.connect()
    try:
        if remove:
            demo.remove()
            click.echo("The demo was removed.")
        else:
            wanted = families if families is not None else demo.default_families()
            demo.load(wanted, demo.DEFAULT_SEED if seed is None else seed, today, force)
    finally:
        frappe.destroy()


@click.command("social-crm-demo-certificate")
@pass_context
def social_crm_demo_certificate(context: dict) -> None:
    """Make a certificate to try sealed actas with; it proves nothing to third parties, and the paper says so."""
    site = get_site(context)
    frappe.init(site=site)
    frappe.connect()
    try:
        from social_crm.field_records.services.sealed_pdf import certificate
        from social_crm.print_formats import jinja

        path = certificate.make_demo(jinja.organisation_identity()["name"])
        click.echo(f"Wrote {path} and named it in the site's configuration.")
    except certificate.CertificateProblem as problem:
        raise click.ClickException(str(problem)) from None
    finally:
        frappe.destroy()


commands = [social_crm_demo, social_crm_demo_certificate]
