// An acta on the device, from its first letter to the server's confirmation.

// draft: being written. ready: in the outbox. sending: on its way. sent: the server named it and each of its files.
// conflict: the server keeps both versions, a person decides. refused: the server said why; it can be mended and sent.
export type DraftState = "draft" | "ready" | "sending" | "sent" | "conflict" | "refused";

export type MediaPurpose = "photo" | "audio" | "drawing" | "signature" | "witness" | "fingerprint" | "file";

// A photo, a signature, a sound: its bytes lie encrypted on the device under `id`.
export interface Media {
    id: string; // UUID; two identical photos are two
    name: string; // file name as it stands in the XML of the answers; unique in the acta
    type: string; // MIME type
    size: number; // bytes
    sha256: string; // of the bytes as they are sent, hex
    purpose: MediaPurpose;
}

export interface StrokePoint {
    x: number;
    y: number;
    t: number; // milliseconds since 1970 on the device's clock
    p: number; // pressure, 0 to 1
}

export interface Participant {
    uuid: string;
    participant_name: string;
    participant_role: "Beneficiary" | "Family Member" | "Gestor" | "Community" | "Institution" | "Witness";
    document_number: string | null;
    beneficiary: string | null; // name of a person of the server
    signature: string | null; // id of a media of the draft
    strokes: StrokePoint[][] | null;
    signed_device_time: string | null; // ISO with zone
    cannot_sign: boolean;
    cannot_sign_reason: string | null;
    witness_name: string | null;
    witness_document: string | null;
    witness_signature: string | null; // id of a media of the draft
    fingerprint: Fingerprint | null;
}

// A capture, with picture and record in base64; once the server keeps it, its name there in their place.
export interface Fingerprint {
    source: string;
    finger: Finger;
    quality: number | null; // 0 to 100
    template: string | null;
    image: string | null;
    reader_serial: string | null;
    captured_at: string; // ISO with zone
    kept: string | null;
}

export const FINGERS = [
    "Right Thumb", "Right Index Finger", "Right Middle Finger", "Right Ring Finger", "Right Little Finger",
    "Left Thumb", "Left Index Finger", "Left Middle Finger", "Left Ring Finger", "Left Little Finger",
] as const;
export type Finger = (typeof FINGERS)[number];

export interface AgreedCommitment {
    uuid: string;
    subject: string;
    due_date: string | null; // ISO day
    responsible_party: string | null;
}

export interface DraftBody {
    template: string; // the version it began with; never changes
    instance: string | null; // XML of the answers
    visit_date: string | null; // ISO day
    start_time: string | null; // HH:MM:SS
    end_time: string | null;
    family: string | null;
    beneficiary: string | null;
    productive_unit: string | null;
    community: string | null;
    programme: string | null;
    place: string | null;
    latitude: number | null;
    longitude: number | null;
    accuracy: number | null; // metres
    amends: string | null;
    amendment_reason: string | null;
    participants: Participant[];
    commitments: AgreedCommitment[];
}

export interface DraftHeader {
    uuid: string;
    title: string; // the template's title and whom it is about
    template: string;
    family: string | null;
    community: string | null;
    visitDate: string | null;
    state: DraftState;
    close: boolean; // whether sending also closes the acta
    createdAt: number; // milliseconds, device's clock
    changedAt: number;
    sentAt: number | null;
    serverName: string | null; // the acta's name once the server said it
    message: string | null; // why it was refused or is in conflict, in plain words
    problem: OutboxProblem | null;
    files: number;
    bytes: number; // of its files
    sentBytes: number; // progress while sending
    freed: boolean; // its files are on the server alone
    closed: boolean; // the server sealed it: it can be amended, not changed
}

export type OutboxProblem = "refused" | "conflict" | "login" | "network" | "server";

export interface Draft {
    header: DraftHeader;
    body: DraftBody;
    media: Media[];
}

export type NewDraft = { template: string } & Partial<Omit<DraftBody, "template">>;

// A draft that this tab holds. While another tab holds it, `open` gives `readOnly`.
export interface OpenDraft {
    readonly uuid: string;
    readonly readOnly: boolean;
    readonly draft: Draft; // as last read or saved; replaced, never changed in place
    /** Saves a part of the body. Resolves when it is durable; calls may follow each other without waiting. */
    save(part: Partial<Omit<DraftBody, "template">>): Promise<void>;
    /** Encrypts and keeps a file. The name is made unique in the acta (photo.jpg, photo-2.jpg). */
    addMedia(file: Blob, name: string, purpose: MediaPurpose): Promise<Media>;
    readMedia(id: string): Promise<Blob>;
    /** Forgets a file of an acta that is still a draft. */
    removeMedia(id: string): Promise<void>;
    /** Called when another tab saved this draft, or it was sent. Returns the way to stop. */
    onChange(listener: (draft: Draft) => void): () => void;
    /** Lets go of the draft, after the last save is durable. */
    release(): Promise<void>;
}
