declare module "@digitalpersona/devices/dist/es6/devices/fingerprints/index.js" {
    export class FingerprintReader {}
}
