// A small .xlsx, as a spreadsheet program writes one: sheets of texts, in a zip without compression.

const TABLE = Array.from({ length: 256 }, (_, number) => {
    let value = number;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
});

function checksum(bytes) {
    let value = 0xffffffff;
    for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
    return (value ^ 0xffffffff) >>> 0;
}

function zip(files) {
    const pieces = [];
    const entries = [];
    let offset = 0;
    for (const [name, text] of Object.entries(files)) {
        const content = Buffer.from(text, "utf-8");
        const named = Buffer.from(name, "utf-8");
        const common = Buffer.alloc(26);
        common.writeUInt16LE(20, 0);
        common.writeUInt32LE(checksum(content), 10);
        common.writeUInt32LE(content.length, 14);
        common.writeUInt32LE(content.length, 18);
        common.writeUInt16LE(named.length, 22);
        const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, named, content]);
        const tail = Buffer.alloc(14);
        tail.writeUInt32LE(offset, 10);
        entries.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, tail, named]));
        pieces.push(local);
        offset += local.length;
    }
    const directory = Buffer.concat(entries);
    const end = Buffer.alloc(22);
    end.write("PK\x05\x06", "latin1");
    end.writeUInt16LE(entries.length, 8);
    end.writeUInt16LE(entries.length, 10);
    end.writeUInt32LE(directory.length, 12);
    end.writeUInt32LE(offset, 16);
    return Buffer.concat([...pieces, directory, end]);
}

const escaped = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;");
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";

function sheet(rows) {
    const cells = (row, number) =>
        row
            .map((value, column) => `<c r="${String.fromCharCode(65 + column)}${number}" t="inlineStr"><is><t>${escaped(value)}</t></is></c>`)
            .join("");
    const lines = rows.map((row, index) => `<row r="${index + 1}">${cells(row, index + 1)}</row>`).join("");
    return `${HEAD}<worksheet xmlns="${SPREADSHEET}"><sheetData>${lines}</sheetData></worksheet>`;
}

// sheets: name -> rows of texts, at most 26 to a row.
export function workbook(sheets) {
    const names = Object.keys(sheets);
    const types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    const files = {
        "[Content_Types].xml": `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/>${names.map((_, index) => `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="${types}.worksheet+xml"/>`).join("")}</Types>`,
        "_rels/.rels": `${HEAD}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
        "xl/workbook.xml": `${HEAD}<workbook xmlns="${SPREADSHEET}" xmlns:r="${OFFICE}"><sheets>${names.map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join("")}</sheets></workbook>`,
        "xl/_rels/workbook.xml.rels": `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${names.map((_, index) => `<Relationship Id="rId${index + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`).join("")}</Relationships>`,
    };
    names.forEach((name, index) => (files[`xl/worksheets/sheet${index + 1}.xml`] = sheet(sheets[name])));
    return zip(files);
}
