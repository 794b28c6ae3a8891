"""Which field a column of a bank file fills: read from its header and from what was chosen before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from social_crm.microcredit.domain.bank_values import read_amount
from social_crm.social_crm.domain.census_headers import Column, header_key
from social_crm.social_crm.domain.census_problem import Problem, column_letter, error

REMEMBERED, EXACT, SIMILAR, UNKNOWN = "Remembered", "Exact", "Similar", "Unknown"
IGNORE = "ignore"
_SIMILAR_FROM = 0.86


@dataclass(frozen=True)
class Field:
    """A field of a payment. label: English, translated when shown. headers: how clerks and banks head its column."""

    key: str
    label: str
    headers: tuple[str, ...]


# What a clerk writes for one of several loans comes before what the bank prints on every line.
FIELDS: tuple[Field, ...] = (
    Field("paid_on", "Payment Date", (
        "Fecha", "Fecha de pago", "Fecha del pago", "Fecha movimiento", "Fecha de transacción", "Fecha transacción",
        "Fecha consignación", "Fecha de recaudo", "Fecha operación", "Fecha aplicación", "Date", "Payment Date", "Posting Date",
    )),
    Field("amount", "Amount", (
        "Valor", "Valor pagado", "Valor pago", "Valor del pago", "Valor recaudado", "Valor consignado", "Valor transacción",
        "Monto", "Monto pagado", "Importe", "Abono", "Abonos", "Crédito", "Créditos", "Pago", "Pagos", "Recaudo", "Cuota pagada",
        "Total pagado", "Amount", "Credit", "Paid",
    )),
    Field("bank_reference", "Bank Reference", (
        "Número de transacción", "Transacción", "No. de transacción", "Comprobante", "Número de comprobante", "No. comprobante",
        "Número de aprobación", "Autorización", "Código de autorización", "CUS", "Número de operación", "Operación", "Recibo",
        "No. de recibo", "Número de consignación", "Id transacción", "Documento banco", "Transaction", "Bank Reference", "Receipt",
    )),
    Field("loan_number", "Loan Number", (
        "Crédito número", "Número de crédito", "No. de crédito", "Número del crédito", "Microcrédito", "Número de microcrédito",
        "Código del crédito", "Obligación", "Número de obligación", "No. obligación", "Préstamo", "Número de préstamo", "Pagaré",
        "Loan", "Loan Number", "Microcredit",
    )),
    Field("document_number", "Document Number", (
        "Cédula", "Número de cédula", "No. de cédula", "Documento", "Número de documento", "No. de documento", "Identificación",
        "Número de identificación", "CC", "C.C.", "NIT", "Cédula del cliente", "Documento del cliente", "Documento pagador",
        "Nit pagador", "Document", "Document Number", "ID Number",
    )),
    Field("payer_reference", "Reference Given by the Payer", (
        "Referencia", "Referencia 1", "Referencia de pago", "Referencia pago", "Ref 1", "Ref. de pago", "Referencia principal",
        "Reference", "Payment Reference",
    )),
    Field("payer_name", "Payer", (
        "Nombre", "Nombres", "Nombre del cliente", "Cliente", "Titular", "Pagador", "Nombre del pagador", "Nombres y apellidos",
        "Nombre completo", "Consignante", "Deudor", "Beneficiario", "Name", "Payer",
    )),
    Field("group_name", "Solidarity Group", (
        "Grupo", "Grupo solidario", "Nombre del grupo", "Group", "Solidarity Group",
    )),
    Field("description", "Description", (
        "Descripción", "Concepto", "Detalle", "Observaciones", "Observación", "Oficina", "Canal", "Referencia 2", "Description", "Notes",
    )),
)  # fmt: skip

_EXACT: Mapping[str, str] = {header_key(name): field.key for field in FIELDS for name in field.headers}
KEYS: frozenset[str] = frozenset(field.key for field in FIELDS)
LABELS: Mapping[str, str] = {field.key: field.label for field in FIELDS}
# By one of these a payment finds its loan.
FINDS_LOAN = ("loan_number", "document_number", "payer_reference", "group_name")
_IGNORED = frozenset(
    header_key(name)
    for name in ("Saldo", "Débito", "Débitos", "Cargo", "Cargos", "Hora", "No.", "Ítem", "Sucursal")
)


@dataclass(frozen=True)
class Suggestion:
    """The field suggested for a column ("" for none) and what that rests on."""

    index: int
    field: str
    basis: str


def known_headers(remembered: Mapping[str, str]) -> dict[str, str]:
    """Return header key -> field of all headers that are known, those of the organisation over ours."""
    return {**_EXACT, **dict.fromkeys(_IGNORED, IGNORE), **remembered}


def suggest(columns: Sequence[Column], remembered: Mapping[str, str]) -> tuple[Suggestion, ...]:
    """Suggest a field for each column, each field at most once.

    remembered: header key -> field key (or IGNORE) as the organisation chose before.
    """
    offers: list[tuple[float, int, str, str]] = []
    for column in columns:
        key = header_key(column.header)
        if key in remembered:
            offers.append((3.0, column.index, remembered[key], REMEMBERED))
        elif key in _IGNORED:
            offers.append((2.0, column.index, IGNORE, EXACT))
        elif key in _EXACT:
            offers.append((2.0 + _fits(_EXACT[key], column), column.index, _EXACT[key], EXACT))
        elif key:
            offers.extend(_similar(column, key))
    chosen: dict[int, tuple[str, str]] = {}
    taken: set[str] = set()
    for _weight, index, field, basis in sorted(offers, key=lambda offer: (-offer[0], offer[1])):
        if index not in chosen and (field == IGNORE or field not in taken):
            chosen[index] = (field, basis)
            taken.add(field)
    return tuple(Suggestion(column.index, *chosen.get(column.index, ("", UNKNOWN))) for column in columns)


def _fits(field: str, column: Column) -> float:
    """Of two columns headed as the amount, the one that holds amounts."""
    if field != "amount" or not column.samples:
        return 0.0
    return sum(0.5 for sample in column.samples if read_amount(sample).value) / len(column.samples)


def _similar(column: Column, key: str) -> list[tuple[float, int, str, str]]:
    best: dict[str, float] = {}
    for known, field in _EXACT.items():
        ratio = SequenceMatcher(None, key, known).ratio()
        if ratio >= _SIMILAR_FROM:
            best[field] = max(best.get(field, 0.0), ratio)
    return [(ratio, column.index, field, SIMILAR) for field, ratio in best.items()]


def check_mapping(mapping: Mapping[int, str]) -> tuple[Problem, ...]:
    """Return what a mapping (column index -> field key) lacks or has twice."""
    used = [key for key in mapping.values() if key and key != IGNORE]
    problems = []
    for key in sorted({key for key in used if used.count(key) > 1}):
        letters = ", ".join(column_letter(index) for index, value in mapping.items() if value == key)
        problems.append(error("payment_field_twice", payment_field=key, columns=letters))
    for key in ("amount", "paid_on"):
        if key not in used:
            problems.append(error("payment_field_missing", payment_field=key))
    return tuple(problems)
