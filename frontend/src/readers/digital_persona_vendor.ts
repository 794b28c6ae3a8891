/** The vendor's library of DigitalPersona readers, run when such a reader is first used. */

import websdk from "@digitalpersona/websdk/dist/websdk.client.ui.min.js?url";
import { DigitalPersonaReader, type VendorReader } from "./digital_persona";
import { ReaderError, type Reader } from "./reader";

let loading: Promise<void> | null = null;

/** The vendor's script puts itself on the window and cannot be bundled: it is run as it came. */
function loadVendor(): Promise<void> {
    loading ??= new Promise<void>((resolve, reject) => {
        const script = Object.assign(document.createElement("script"), { src: websdk, async: true });
        script.onload = () => resolve();
        script.onerror = () => {
            loading = null;
            script.remove();
            reject(new ReaderError("broken"));
        };
        document.head.append(script);
    });
    return loading;
}

export async function digitalPersona(): Promise<Reader> {
    if (!("WebSdk" in globalThis)) await loadVendor();
    const { FingerprintReader } = await import("@digitalpersona/devices/dist/es6/devices/fingerprints/index.js");
    return new DigitalPersonaReader(() => new FingerprintReader() as unknown as VendorReader);
}
