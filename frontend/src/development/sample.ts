// Invented records with which the screens can be worked on without a server.

import { addDays, isoDay } from "../i18n/format";
import type { ActaHeader, AuthorisationText, Community, CorrectionForm, Family, KnownCommitment, Person, TemplatePackage, Unit, Visit } from "../store/records";

const SURNAMES = ["Epiayú", "Uriana", "Gómez", "Peñaranda", "Ibáñez", "Martínez", "Núñez", "Solano", "Brito", "Ipuana"];
const NAMES = ["Rosa", "José", "Ángela", "Luis", "María", "Íngrid", "Wilfrido", "Nubia"];

export const communities: Community[] = ["Nuevo Roche", "Tamaquito", "Las Casitas"].map((community_name, index) => ({
    name: `COM-${index + 1}`,
    community_name,
    kind: "Resettled",
    municipality: "44078",
}));

export const families: Family[] = Array.from({ length: 60 }, (_, index) => ({
    name: `FAM-${String(index + 1).padStart(5, "0")}`,
    family_name: `${SURNAMES[index % 10]} ${SURNAMES[(index * 3 + 1) % 10]}`,
    community: `COM-${(index % 3) + 1}`,
    status: "Active",
    head: `BEN-${String(index * 2 + 1).padStart(5, "0")}`,
    head_name: `${NAMES[index % 8]} ${SURNAMES[index % 10]}`,
    member_count: 2,
    present_detail: `Manzana ${(index % 7) + 1}, casa ${index + 1}`,
}));

export const persons: Person[] = families.flatMap((family, index) =>
    [0, 1].map((place) => ({
        name: `BEN-${String(index * 2 + place + 1).padStart(5, "0")}`,
        full_name: `${NAMES[(index + place * 3) % 8]} ${family.family_name}`,
        family: family.name,
        kinship: place ? "Child" : "Head",
        status: "Active",
        birth_date: place ? "2012-05-04" : "1980-02-03",
        sex: place ? "Male" : "Female",
        community: family.community,
        documents: [{ document_type: place ? "TI" : "CC", document_number: String(40_100_000 + index * 2 + place) }],
    })),
);

export const units: Unit[] = families.slice(0, 20).map((family, index) => ({
    name: `UP-${String(index + 1).padStart(4, "0")}`,
    unit_name: ["Tienda La Esperanza", "Gallinas ponedoras", "Modistería"][index % 3]!,
    beneficiary: family.head ?? null,
    family: family.name,
    community: family.community,
    status: "Active",
    next_visit: "2026-11-30",
}));

export const actas: ActaHeader[] = families.slice(0, 15).map((family, index) => ({
    name: `ACTA-2026-${String(index + 1).padStart(5, "0")}`,
    uuid: null,
    title: `Visita domiciliaria: ${family.family_name}`,
    template: "visita_domiciliaria-1",
    visit_date: "2026-10-12",
    status: index % 4 ? "Closed" : "Draft",
    family: family.name,
}));

export const commitments: KnownCommitment[] = families.slice(0, 10).map((family, index) => ({
    name: `COMP-${index + 1}`,
    subject: "Llevar copia del documento del hijo mayor",
    due_date: "2026-12-05",
    status: "Open",
    family: family.name,
}));

export const visits: Visit[] = families.slice(0, 5).map((family, index) => ({
    name: `VIS-${index + 1}`,
    family: family.name,
    community: family.community,
    visit_date: addDays(isoDay(), [-9, 0, 0, 1, 6][index] ?? 0),
    reason: "Seguimiento",
    position: index + 1,
}));

const field = (fieldname: string, es: string, en: string, fieldtype = "Data", options: string[] = []) => ({
    fieldname, fieldtype, label: { es, en }, required: fieldname.endsWith("_name"), length: 140,
    options: options.map((value) => ({ value, label: { es: value, en: value } })),
});

export const forms: CorrectionForm[] = [
    { name: "Family", fields: [field("family_name", "Familia", "Family"), field("present_detail", "Lugar actual", "Present Place", "Small Text")] },
    { name: "Beneficiary", fields: [field("birth_date", "Fecha de nacimiento", "Date of Birth", "Date"), field("sex", "Sexo", "Sex", "Select", ["Female", "Male"])] },
    { name: "Productive Unit", fields: [field("unit_name", "Unidad productiva", "Productive Unit")] },
];

export const authorisationTexts: AuthorisationText[] = [
    { name: "AUT-Biometrics-1", title: "Autorización de datos biométricos", purpose: "Biometrics", version: "1", valid_from: "2020-01-01", text: "La huella es un dato sensible. No estoy obligado a darla." },
];

const FORM = `<form class="or" data-form-id="visita_domiciliaria"><h3 id="form-title">Visita domiciliaria</h3>
<label class="question"><span lang="" class="question-label active">¿Cómo está la familia?</span><input type="text" name="/visita_domiciliaria/estado" data-type-xml="string"/></label></form>`;
const MODEL = `<model><instance><visita_domiciliaria xmlns:jr="http://openrosa.org/javarosa" id="visita_domiciliaria" version="1"><estado/><meta><instanceID/></meta></visita_domiciliaria></instance></model>`;

export const templates: TemplatePackage[] = [
    {
        template: "visita_domiciliaria-1",
        key: "visita_domiciliaria",
        version: 1,
        title: "Visita domiciliaria",
        description: "Cómo vive la familia y qué se acordó.",
        component: "General",
        status: "Published",
        hash: "sample",
        languages: ["es"],
        html: FORM,
        model: MODEL,
        mapping: null,
    },
];
