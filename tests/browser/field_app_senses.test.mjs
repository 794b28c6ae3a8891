// What the phone hears, sees and knows: a voice note, the place with its accuracy, photos in the size that was chosen,
// commitments that become tasks, what changed since the last sync, and the storage that is used and freed.

import assert from "node:assert/strict";
import { PIN, store } from "./field_app.mjs";
import { allSafe, assertAccessible, choosePhoto, enroll, findFamily, publishTemplate, question, sign, templateTitle, turnedPhoto } from "./field_app_screens.mjs";
import { api, browserTest, makeCommunity, makeFamily, url } from "./lib.mjs";

const ADMIN = "System Manager";
const GESTOR = "Gestor";
const MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

async function prepare(key) {
    const community = await makeCommunity(ADMIN, `Sentidos ${key}`, [GESTOR]);
    const made = await makeFamily(ADMIN, community, `Ipuana ${key}`);
    await publishTemplate(ADMIN, `sentidos_${key}`);
    return { community, ...made };
}

async function begin(page, key) {
    await findFamily(page, `Ipuana ${key}`);
    await page.locator(".float").click();
    await page.getByRole("button", { name: templateTitle(`sentidos_${key}`) }).click();
    await page.locator("form.or .question").first().waitFor();
}

async function signAndClose(page, beforeReview = async () => {}) {
    await page.locator(".steps button").nth(1).click();
    await page.locator(".chip").first().click();
    await page.locator("dialog.sheet").getByRole("button", { name: "Firmar" }).click();
    await sign(page);
    await page.locator(".steps button").nth(2).click();
    await beforeReview();
    await page.locator(".steps button").nth(3).click();
    await page.getByText("Todo listo para cerrar").waitFor();
    await page.getByRole("button", { name: "Cerrar y enviar" }).click();
    await page.locator("dialog.ask").getByRole("button", { name: "Cerrar y enviar" }).click();
}

const sent = (page) => page.getByText("Acta a salvo en el servidor").waitFor({ timeout: 90_000 });
const duration = (player) =>
    player.evaluate(async (audio) => {
        // A recording of Chromium says how long it is only once its end was looked for.
        audio.currentTime = 1e6;
        for (let tries = 0; tries < 200 && !(audio.duration > 0 && Number.isFinite(audio.duration)); tries += 1) await new Promise((done) => setTimeout(done, 50));
        return audio.duration;
    });

browserTest("a voice note is recorded with the network off, heard again after a restart, and arrives as sound", { phone: true, flags: MICROPHONE }, async ({ page, context, screenshot }) => {
    const key = `v${Date.now().toString(36)}`;
    const { family } = await prepare(key);
    await page.setViewportSize({ width: 360, height: 740 });
    await context.grantPermissions(["microphone"], { origin: url });
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await context.setOffline(true);
    await begin(page, key);
    await question(page, "Objetivo").locator("input").fill("Con voz");
    const note = question(page, "Nota de voz");
    await note.getByRole("button", { name: "Grabar" }).click();
    await note.getByText("Grabando…").waitFor();
    await note.locator(".field-clock", { hasText: "0:02" }).waitFor();
    await assertAccessible(page, "while it records");
    await screenshot("field-app-recording");
    await note.getByRole("button", { name: "Parar" }).click();
    await note.locator("audio").waitFor();
    assert.ok((await duration(note.locator("audio"))) > 1, "the note has a length");
    // Recorded anew: the first one goes, and asks for nothing.
    await note.getByRole("button", { name: "Grabar de nuevo" }).click();
    await note.locator(".field-clock", { hasText: "0:01" }).waitFor();
    await note.getByRole("button", { name: "Parar" }).click();
    await note.locator("audio").waitFor();
    await page.getByText(/^Guardado en el teléfono/).waitFor();
    const address = page.url();
    await page.locator(".top-button").click();
    await page.locator(".float").waitFor();

    // The same address anew: from what lies on the phone.
    await context.setOffline(false);
    await page.goto(address);
    await page.getByLabel("PIN").fill(PIN);
    await page.getByRole("button", { name: "Abrir" }).click();
    await note.locator("audio").waitFor();
    assert.ok((await duration(note.locator("audio"))) > 0.5);
    await signAndClose(page);
    await sent(page);
    const filters = encodeURIComponent(JSON.stringify({ family }));
    const [row] = await api(ADMIN, "GET", `/api/resource/Acta?filters=${filters}`);
    const acta = await api(ADMIN, "GET", `/api/resource/Acta/${row.name}`);
    const { nota } = JSON.parse(acta.answers);
    const sound = await context.request.get(url + nota);
    assert.equal(sound.status(), 200);
    const bytes = await sound.body();
    assert.deepEqual([...bytes.subarray(0, 4)], [0x1a, 0x45, 0xdf, 0xa3], "WebM");
    assert.ok(bytes.length > 1000, `${bytes.length} bytes`);
    const files = await api(ADMIN, "GET", `/api/resource/File?filters=${encodeURIComponent(JSON.stringify({ attached_to_doctype: "Acta", attached_to_name: row.name, file_url: nota }))}`);
    assert.equal(files.length, 1, "the first note was not sent");
});

browserTest("a microphone that is not allowed is said, and a sound file may be chosen instead", { phone: true }, async ({ page, context }) => {
    const key = `w${Date.now().toString(36)}`;
    await prepare(key);
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await begin(page, key);
    const note = question(page, "Nota de voz");
    await note.getByRole("button", { name: "Grabar" }).click();
    await note.getByText("El teléfono no deja usar el micrófono. Revise el permiso.").waitFor();
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), note.getByRole("button", { name: "Elegir audio" }).click()]);
    const wave = Buffer.alloc(44 + 8000);
    wave.write("RIFF", 0);
    wave.writeUInt32LE(36 + 8000, 4);
    wave.write("WAVEfmt ", 8);
    for (const [value, place, size] of [[16, 16, 4], [1, 20, 2], [1, 22, 2], [8000, 24, 4], [8000, 28, 4], [1, 32, 2], [8, 34, 2]]) {
        if (size === 4) wave.writeUInt32LE(value, place);
        else wave.writeUInt16LE(value, place);
    }
    wave.write("data", 36);
    wave.writeUInt32LE(8000, 40);
    await chooser.setFiles({ name: "nota.wav", mimeType: "audio/wav", buffer: wave });
    await note.locator("audio").waitFor();
    assert.equal(Math.round(await duration(note.locator("audio"))), 1);
});

browserTest("the place says how sure it is while it gets better, and one may take what there is", { phone: true }, async ({ page, context, screenshot }) => {
    const key = `g${Date.now().toString(36)}`;
    await prepare(key);
    await page.setViewportSize({ width: 360, height: 740 });
    await context.grantPermissions(["geolocation"], { origin: url });
    await context.setGeolocation({ latitude: 11.38, longitude: -72.24, accuracy: 85 });
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await begin(page, key);
    const place = question(page, "Punto");
    await place.getByRole("button", { name: "Tomar la ubicación" }).click();
    await place.getByText("Precisión: 85 metros").waitFor();
    await assertAccessible(page, "while the place is searched");
    await context.setGeolocation({ latitude: 11.3801, longitude: -72.2401, accuracy: 30 });
    await place.getByText("Precisión: 30 metros").waitFor();
    await screenshot("field-app-place");
    await place.getByRole("button", { name: "Usar esta" }).click();
    await place.getByText("11.38010, -72.24010").waitFor();
    await place.getByText("± 30 m").waitFor();
    // Where the device gives none, it is written by hand.
    await context.clearPermissions();
    await place.getByRole("button", { name: "Tomar otra vez" }).click();
    await place.getByText("El teléfono no deja usar la ubicación. Revise el permiso.").waitFor();
    await place.getByText("Escribirla a mano").click();
    await place.getByLabel("Latitud").fill("11,5");
    await place.getByLabel("Longitud").fill("-72,1");
    await place.getByLabel("Longitud").press("Tab");
    await place.getByText("11.50000, -72.10000").waitFor();
});

browserTest("photos are kept in the size that was chosen: small, or as the camera made them", { phone: true }, async ({ page, context }) => {
    const key = `f${Date.now().toString(36)}`;
    await prepare(key);
    await enroll(page, context, GESTOR);
    await allSafe(page);
    const buffer = await turnedPhoto(page);
    const sizeWith = async (label) => {
        await page.locator(".nav-item").nth(4).click();
        await page.getByText(label, { exact: true }).click();
        await begin(page, key);
        await choosePhoto(page, question(page, "Fachada"), buffer);
        const size = await question(page, "Fachada").locator("img").evaluate(async (image) => (await image.decode(), [image.naturalWidth, image.naturalHeight]));
        await page.getByText(/^Guardado en el teléfono/).waitFor();
        await page.locator(".top-button").click();
        await page.locator(".float").waitFor();
        const bytes = await store(page, (app) => app.drafts.list.value[0].bytes);
        return { size, bytes };
    };
    const small = await sizeWith("Pequeño (1.024 puntos)");
    assert.deepEqual(small.size, [512, 1024], JSON.stringify(small));
    const whole = await sizeWith("Original, como sale de la cámara");
    assert.deepEqual(whole.size, [1200, 2400], JSON.stringify(whole));
    assert.equal(whole.bytes, buffer.length, "byte for byte");
    // The choice outlives the app.
    await page.goto(`${url}/campo/ajustes`);
    await page.getByLabel("PIN").fill(PIN);
    await page.getByRole("button", { name: "Abrir" }).click();
    await page.getByLabel("Original, como sale de la cámara").waitFor();
    assert.equal(await page.getByLabel("Original, como sale de la cámara").isChecked(), true);
});

browserTest("commitments become tasks that come back; what changed is listed; storage is told and freed", { phone: true }, async ({ page, context, screenshot }) => {
    const key = `t${Date.now().toString(36)}`;
    const { family } = await prepare(key);
    await page.setViewportSize({ width: 360, height: 740 });
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await context.setOffline(true);
    await begin(page, key);
    await question(page, "Objetivo").locator("input").fill("Con tareas");
    await choosePhoto(page, question(page, "Fachada"), await turnedPhoto(page));
    await signAndClose(page, async () => {
        for (const [subject, who] of [["Llevar la copia del documento", "La familia"], ["Llamar a la alcaldía", "El equipo"]]) {
            await page.getByRole("button", { name: "Agregar compromiso" }).click();
            await page.getByLabel("¿Qué se va a hacer?").fill(subject);
            await page.getByRole("button", { name: "Guardar", exact: true }).click();
            await page.getByText("Elija para cuándo.").waitFor();
            await page.getByRole("button", { name: "En 8 días" }).click();
            await page.getByText(who, { exact: true }).click();
            if (who === "El equipo") {
                await assertAccessible(page, "the sheet of a commitment");
                await screenshot("field-app-commitment");
            }
            await page.getByRole("button", { name: "Guardar", exact: true }).click();
            await page.getByRole("heading", { name: subject }).waitFor();
        }
    });
    await context.setOffline(false);
    await sent(page);
    await allSafe(page);
    const tasks = await api(ADMIN, "GET", `/api/resource/Commitment?filters=${encodeURIComponent(JSON.stringify({ family }))}&fields=["subject","status","responsible_party","responsible"]&order_by=subject`);
    assert.deepEqual(tasks.map((one) => [one.subject, one.status, one.responsible_party]), [
        ["Llamar a la alcaldía", "Open", "Staff"],
        ["Llevar la copia del documento", "Open", "Family"],
    ]);
    assert.match(tasks[0].responsible ?? "", /@/, "somebody of the team has it to do");
    await findFamily(page, `Ipuana ${key}`);
    await page.getByText("Llevar la copia del documento").waitFor();

    // What the last sync brought.
    await api(ADMIN, "PUT", `/api/resource/Family/${family}`, { notes: "Cambió en la oficina" });
    await page.locator(".nav-item").nth(3).click();
    await page.getByRole("button", { name: "Enviar y recibir ahora" }).click();
    await page.getByRole("link", { name: /Qué cambió en la última sincronización \(\d+\)/ }).waitFor();
    await page.getByRole("link", { name: /Qué cambió/ }).click();
    await page.getByText("1 familia", { exact: true }).waitFor();
    await page.getByRole("link", { name: new RegExp(`Ipuana ${key}`) }).waitFor();
    await assertAccessible(page, "what changed");
    await screenshot("field-app-changes");

    // How much lies here, and what may go.
    await page.locator(".nav-item").nth(4).click();
    await page.getByText(/2 archivos \(/).waitFor();
    await page.getByRole("button", { name: "Liberar espacio" }).click();
    await page.getByText(/^Se liberaron/).waitFor();
    await page.getByText("0 archivos (0 B)").waitFor();
    await screenshot("field-app-storage");
    await page.locator(".nav-item").nth(3).click();
    await page.locator(".content").getByRole("link", { name: /^Ver\s*:/ }).first().click();
    await page.locator("form.or .question").first().waitFor();
    await question(page, "Fachada").getByText("El archivo está en el servidor.").waitFor();
    await page.getByText("La imagen está en el servidor.").waitFor();
    await page.getByRole("button", { name: "Traerlos para verlos" }).click();
    await question(page, "Fachada").locator("img").waitFor();
});
