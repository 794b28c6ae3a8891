export interface Press {
    code?: number;
    quality?: number;
    seed?: number;
    wait?: number; // milliseconds
    body?: string; // instead of all else
}

export function template(quality: number, seed?: number): Buffer;
export function bitmap(seed?: number): Buffer;

export class SoftwareReader {
    presses: Press[];
    asked: Record<string, string>[];
    readonly address: string;
    start(port?: number): Promise<this>;
    stop(): Promise<void>;
}
