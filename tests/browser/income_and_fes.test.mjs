// Productive units and the higher-education fund in the Desk, in Spanish: the dialogs, the curves and the reports.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { api, browserTest, create, day, makeCommunity, makeFamily } from "./lib.mjs";

const ADMIN = "System Manager";
const mark = randomUUID().slice(0, 8);

let place;
// One community with a person in it, and the staff who work there; made once for all tests of this file.
async function makePlace() {
    const community = await makeCommunity(ADMIN, `Roche ${mark}`, ["Income Advisor", "FES Advisor", "Programme Director"]);
    const programme = (
        await create(ADMIN, "Social Programme", {
            programme_name: `Programa ${mark}`,
            status: "Running",
            start_date: "2020-01-01",
        })
    ).name;
    const { person } = await makeFamily(ADMIN, community, "Epiayú");
    return { community, programme, person };
}
const thePlace = () => (place ??= makePlace());

function semesterOfToday() {
    const [year, month] = day(-1).split("-").map(Number);
    return `${year}-${month <= 6 ? 1 : 2}`;
}

async function makeUnit() {
    const { person, programme } = await thePlace();
    const unit = await create("Income Advisor", "Productive Unit", {
        unit_name: `Panadería ${randomUUID().slice(0, 6)}`,
        beneficiary: person,
        programme,
        kind: "New",
        activity_sector: "Food",
        started_on: day(200),
    });
    for (const [daysAgo, sales] of [
        [60, 900000],
        [30, 1100000],
        [5, 1250000],
    ]) {
        await create("Income Advisor", "Productive Unit Follow-up", {
            productive_unit: unit.name,
            visit_date: day(daysAgo),
            operating: "Yes",
            sales,
            costs: 600000,
        });
    }
    return unit.name;
}

browserTest("an adviser sees how a unit goes and closes it with its reason", { role: "Income Advisor" }, async (t) => {
    const { page, open, screenshot } = t;
    const unit = await makeUnit();
    await open(`/app/productive-unit/${unit}`);
    await page.getByText("Estado: Activo").waitFor();
    await page.locator(".form-tabs").getByText("Seguimiento", { exact: true }).click();
    await page.locator(".unit-chart svg polyline, .unit-chart svg path.line-graph-path").first().waitFor();
    assert.equal(await page.locator('[data-fieldname="follow_up_html"] tbody tr').count(), 3);
    await screenshot("productive-unit-follow-up");
    await page.locator(".actions-btn-group button").click();
    await page.locator(".actions-btn-group").getByText("Cerrar", { exact: true }).click();
    const dialog = page.locator(".modal.show");
    await dialog.getByText("Cerrar la unidad productiva").waitFor();
    await dialog.locator('select[data-fieldname="closing_reason"]').selectOption({ label: "Salud" });
    await dialog.getByRole("button", { name: "Cerrar unidad" }).click();
    await page.getByText("Estado: Cerrado").waitFor({ state: "attached" });
    const closed = await api("Income Advisor", "GET", `/api/resource/Productive Unit/${unit}`);
    assert.deepEqual([closed.workflow_state, closed.closing_reason], ["Closed", "Health"]);
});

browserTest("an adviser enrols a student through the phase menu", { role: "FES Advisor" }, async (t) => {
    const { page, open, screenshot } = t;
    const { person, programme } = await thePlace();
    const student = await create("FES Advisor", "FES Student", {
        beneficiary: person,
        programme,
        registered_on: "2024-01-15",
        first_phase: "Admitted",
        institution: "Universidad de La Guajira",
        academic_programme: "Trabajo Social",
    });
    await open(`/app/fes-student/${student.name}`);
    await page.locator(".inner-group-button").getByText("Fase").click();
    await page.locator(".inner-group-button").getByText("Matricular").click();
    const dialog = page.locator(".modal.show");
    await dialog.locator('input[data-fieldname="period"]').fill(semesterOfToday());
    await dialog.locator('input[data-fieldname="semester_number"]').fill("1");
    await dialog.getByRole("button", { name: "Registrar" }).click();
    await page.getByText(/^Matriculado desde el/).waitFor();
    await page.locator(".form-tabs").getByText("Semestres", { exact: true }).click();
    await page.locator('[data-fieldname="semesters_html"]').getByText(semesterOfToday()).waitFor();
    await screenshot("fes-student-semesters");
    const kept = await api("FES Advisor", "GET", `/api/resource/FES Student/${student.name}`);
    assert.deepEqual(
        kept.phases.map((row) => row.phase),
        ["Admitted", "Enrolled"]
    );
});

browserTest("a payment is registered through its dialog", { role: "FES Advisor" }, async (t) => {
    const { page, open } = t;
    const { programme } = await thePlace();
    const [{ name: student }] = await api(
        "FES Advisor",
        "GET",
        `/api/resource/FES Student?filters={"programme":"${programme}"}`
    );
    const wages = await api(ADMIN, "GET", '/api/resource/Minimum Wage?filters={"year":2025}');
    if (!wages.length) {
        await create(ADMIN, "Minimum Wage", { year: 2025, monthly_value: 1423500, source: "Decreto" });
    }
    const semester = await create("FES Advisor", "FES Semester", {
        fes_student: student,
        period: "2025-2",
        tuition: 2000000,
    });
    for (const [role, action] of [
        ["FES Advisor", "Request"],
        ["Programme Director", "Approve"],
    ]) {
        await api(role, "POST", "/api/method/frappe.model.workflow.apply_workflow", {
            doc: JSON.stringify({ doctype: "FES Semester", name: semester.name }),
            action,
        });
    }
    await open(`/app/fes-semester/${semester.name}`);
    await page.getByRole("button", { name: "Registrar pago" }).click();
    const dialog = page.locator(".modal.show");
    await dialog.locator('input[data-fieldname="reference"]').fill(`TRX-${mark}`);
    await dialog.getByRole("button", { name: "Registrar", exact: true }).click();
    await page.getByText(/^Pagado: /).first().waitFor();
    const paid = await api("FES Advisor", "GET", `/api/resource/FES Semester/${semester.name}`);
    assert.deepEqual([paid.paid_total, paid.pending_total], [2000000, 0]);
});

browserTest("the reports are drawn in Spanish, on a telephone too", { role: "Income Advisor", phone: true }, async (t) => {
    const { page, open } = t;
    await makeUnit();
    for (const [report, title] of [
        ["Active Productive Units", "Unidades productivas activas"],
        ["Productive Units by Stage", "Unidades productivas por etapa"],
        ["Follow-ups Overdue", "Seguimientos vencidos"],
    ]) {
        await open(`/app/query-report/${report}`);
        await page.locator(".page-title").getByText(title).first().waitFor();
        await page.locator(".report-wrapper, .chart-wrapper, .no-result, .msg-box").first().waitFor({ state: "attached" });
    }
});
