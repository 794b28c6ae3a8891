// A template with cascading choices, three levels deep, in a group and in a repeat, in each way that choices are drawn.

import { api } from "./lib.mjs";

const ADMIN = "Social CRM Administrator";

const question = (field_type, field_name, label, more = {}) => ({ field_type, field_name, label, ...more });
const one = (field_name, label, choice_list, choice_filter, more = {}) => question("select_one", field_name, label, { choice_list, choice_filter, ...more });

export const QUESTIONS = [
    one("departamento", "Departamento", "departamentos", "", { required: 1 }),
    question("begin_group", "lugar", "Lugar"),
    one("municipio", "Municipio", "municipios", "departamento = ${departamento}", { required: 1, appearance: "minimal" }),
    one("vereda", "Vereda", "veredas", "municipio = ${municipio}"),
    question("end_group", "", ""),
    question("select_multiple", "rurales", "Municipios rurales donde compra", {
        choice_list: "municipios",
        choice_filter: "departamento = ${departamento} and Zona = 'rural'",
    }),
    question("begin_repeat", "predios", "Predios"),
    question("text", "predio", "Nombre del predio"),
    one("otro", "Otro municipio", "municipios", "departamento = ${departamento} and name != ${municipio}"),
    one("sitio", "Vereda del predio", "veredas", "municipio = ${otro}", { required: 1, appearance: "minimal" }),
    question("begin_group", "caminos", "Caminos"),
    question("select_multiple", "pasos", "Veredas de paso", {
        choice_list: "veredas",
        choice_filter: "municipio = ${otro} or selected(${rurales}, municipio) or 'Región-2' = ${predio} and Región-2 = 'alta'",
    }),
    one("llegada", "Por dónde se llega", "veredas", "selected(${pasos}, name)", { appearance: "autocomplete" }),
    question("end_group", "", ""),
    question("text", "sena", "Señas", { relevant: "${sitio} != ''" }),
    question("end_repeat", "", ""),
    question("calculate", "cuantos", "", { calculation: "count-selected(${rurales})" }),
];

// The group of the rows with a list of ticks.
const PATHS = QUESTIONS.slice(QUESTIONS.findIndex((row) => row.field_name === "caminos")).slice(0, 4);

const choice = (list_name, choice_value, label, choice_attributes = "") => ({ list_name, choice_value, label, choice_attributes });

export const CHOICES = [
    choice("departamentos", "guajira", "La Guajira"),
    choice("departamentos", "cesar", "Cesar"),
    choice("municipios", "riohacha", "Riohacha", "departamento = guajira; Zona = rural"),
    choice("municipios", "maicao", "Maicao", "departamento = guajira"),
    choice("municipios", "dibulla", "Dibulla", "departamento = guajira; Zona = rural"),
    choice("municipios", "valledupar", "Valledupar", "departamento = cesar; Zona = rural"),
    choice("municipios", "aguachica", "Aguachica", "departamento = cesar; Zona = urbana"),
    choice("veredas", "camarones", "Camarones", "municipio = riohacha"),
    choice("veredas", "tomarrazon", "Tomarrazón", "municipio = riohacha; Región-2 = alta"),
    choice("veredas", "carraipia", "Carraipía", "municipio = maicao"),
    choice("veredas", "palomino", "Palomino", "municipio = dibulla; Región-2 = alta"),
    choice("veredas", "mingueo", "Mingueo", "municipio = dibulla"),
    choice("veredas", "azucar_buena", "Azúcar Buena", "municipio = valledupar"),
    choice("veredas", "norean", "Noreán", "municipio = aguachica"),
];

const ENGLISH = { departamento: "Department", municipio: "Town", vereda: "Village", "departamentos/guajira": "The Guajira", "municipios/riohacha": "Riohacha town" };

// Published, in two languages or in one: labels of choices stand in another place then. Returns its name.
// in_rows: whether rows have lists of ticks too, which the Desk asks in a form of the row.
export async function makeCascade(title, is_bilingual = true, in_rows = true) {
    const template_key = `cascada_${Math.random().toString(36).slice(2, 10).replace(/\d/g, "x")}`;
    const translations = is_bilingual ? Object.entries(ENGLISH).map(([element, label]) => ({ language: "English (en)", element, label })) : [];
    const questions = in_rows ? QUESTIONS : QUESTIONS.filter((row) => !PATHS.includes(row));
    const values = { template_key, title, version: 1, component: "General", questions, choices: CHOICES, translations };
    const { name } = await api(ADMIN, "POST", "/api/resource/Acta Template", values);
    await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.templates.set_status", { template: name, status: "Published" });
    return name;
}
