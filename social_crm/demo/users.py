"""The people of the demo site: one for each role, and two gestores who work in different communities."""

DOMAIN = "demo.socialcrm.example"
# The global default under which a site notes that it holds a demo, and which.
MARK = "social_crm_demo"

# (e-mail, role, full name). The administrator comes first: Frappe makes the first user of a site a System Manager.
DEMO_USERS: tuple[tuple[str, str, str], ...] = (
    ("administracion@demo.socialcrm.example", "Social CRM Administrator", "Adriana Quintero Rojas"),
    ("direccion@demo.socialcrm.example", "Programme Director", "Hernando Daza Ariza"),
    ("gestora.barrancas@demo.socialcrm.example", "Gestor", "Yuliana Brito Epiayú"),
    ("gestor.cesar@demo.socialcrm.example", "Gestor", "Óscar Mejía Fragozo"),
    ("ingresos@demo.socialcrm.example", "Income Advisor", "Marelvis Solano Pinto"),
    ("credito@demo.socialcrm.example", "Credit Officer", "Fabián Ustáriz Medina"),
    ("comite@demo.socialcrm.example", "Credit Committee", "Gloria Peñaranda Socarrás"),
    ("suplente.comite@demo.socialcrm.example", "Credit Committee", "Nelson Iguarán Pana"),
    ("educacion@demo.socialcrm.example", "FES Advisor", "Katerine Pushaina Uriana"),
    ("psicosocial@demo.socialcrm.example", "Psychosocial Professional", "Luz Dary Carrillo Amaya"),
    ("medicion@demo.socialcrm.example", "M&E Analyst", "Andrés Felipe Murgas Toro"),
    ("auditoria@demo.socialcrm.example", "Auditor", "Beatriz Elena Gnecco Zuleta"),
)
