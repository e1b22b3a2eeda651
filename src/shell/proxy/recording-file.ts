import { type FileHandle, open } from "node:fs/promises";
import { parse } from "node:path";

/** Where a recording goes. Seam for tests: a slow or full disk. */
export interface RecordingTarget {
	/** writes all of it or rejects */
	write(octets: readonly Buffer[]): Promise<void>;
	/** cuts the file behind `length` octets, so that it ends with a whole block */
	truncate(length: number): Promise<void>;
	close(): Promise<void>;
}

export type OpenTarget = (path: string) => Promise<RecordingTarget>;

/** A file, replaced if it exists; rejects with the error of the file system. */
export async function openTarget(path: string): Promise<RecordingTarget> {
	const handle = await open(path, "w");
	return {
		write: (octets) => writeAll(handle, octets),
		truncate: (length) => handle.truncate(length),
		close: () => handle.close(),
	};
}

async function writeAll(handle: FileHandle, octets: readonly Buffer[]): Promise<void> {
	let rest = octets.length === 1 ? octets[0]! : Buffer.concat(octets);
	while (rest.length > 0) {
		const { bytesWritten } = await handle.write(rest, 0, rest.length);
		rest = rest.subarray(bytesWritten);
	}
}

/** Name of the n-th file, from 1, of a recording that is rotated: chat.pcapng gives chat_00001.pcapng. */
export function rotatedName(file: string, number: number): string {
	const { dir, name, ext } = parse(file);
	const base = `${name}_${String(number).padStart(5, "0")}${ext}`;
	return dir === "" ? base : dir.endsWith("/") ? `${dir}${base}` : `${dir}/${base}`;
}
