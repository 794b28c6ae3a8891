// Large files go in pieces that survive a broken connection: the server says where to go on.

import type { Bytes } from "../crypto/bytes";
import { FieldError } from "../store/api";
import type { Transport } from "./transport";

export interface Upload {
    sha256: string;
    size: number;
    read: () => Promise<Bytes>;
}

/** Brings each file to "complete". Rejects with the server's words when it refuses one. */
export async function upload(
    transport: Transport,
    device: string,
    files: readonly Upload[],
    chunkBytes: number,
    progress: (bytes: number, sha256: string) => void,
): Promise<void> {
    const hashes = [...new Set(files.map((file) => file.sha256))];
    let status: Record<string, number | "complete"> = {};
    for (let start = 0; start < hashes.length; start += 200) {
        status = { ...status, ...(await transport.uploadStatus(device, hashes.slice(start, start + 200))) };
    }
    for (const file of files) {
        if (status[file.sha256] === "complete") continue;
        await uploadOne(transport, device, file, Number(status[file.sha256] ?? 0), chunkBytes, progress);
        status[file.sha256] = "complete";
    }
}

async function uploadOne(transport: Transport, device: string, file: Upload, received: number, chunkBytes: number, progress: (bytes: number, sha256: string) => void): Promise<void> {
    const bytes = await file.read();
    let offset = received;
    // Each answer moves on, or says once where to go on instead: never more rounds than pieces, and as many corrections.
    const rounds = 2 * Math.ceil(file.size / chunkBytes) + 4;
    for (let round = 0; round < rounds; round += 1) {
        const piece = bytes.subarray(offset, Math.min(offset + chunkBytes, file.size));
        const answer = await transport.chunk(device, file.sha256, file.size, offset, new Blob([piece]));
        if (answer.refused) throw new FieldError("server", answer.refused, { refused: file.sha256 });
        progress(piece.length, file.sha256);
        if (answer.complete) return;
        offset = answer.received;
    }
    throw new FieldError("server", "", { stuck: file.sha256 });
}
