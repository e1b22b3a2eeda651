import { statSync } from "node:fs";
import type { Readable } from "node:stream";
import { createCaptureParser, isGzip, SNIFF } from "../../core/capture/open.js";
import { PCAP_MAGIC } from "../../core/capture/pcap.js";
import { u16, u32 } from "../../core/capture/words.js";
import { DEFAULT_LIMITS, type Limits } from "../../core/model/limits.js";
import type { CaptureParser } from "../../core/model/packet.js";
import { CaptureError, directoryError, fileError } from "./capture-error.js";
import { CaptureReader } from "./capture-reader.js";
import { GunzipSource } from "./gunzip-source.js";
import { FollowSource, fifoSource } from "./live-source.js";
import { PcapStreamParser } from "./pcap-stream-parser.js";
import { type ByteSource, FileSource, StreamSource } from "./source.js";

export interface OpenCaptureOptions {
	limits?: Limits;
	/** read on as the file grows, until `signal` */
	follow?: boolean;
	/** ends the reading; what is unfinished then is no damage */
	signal?: AbortSignal;
	/** what "-" means; default process.stdin */
	stdin?: Readable;
	/** octets read from a file at once; default 4 MiB */
	blockSize?: number;
}

/**
 * Opens a capture: a file, "-" for standard input, or a FIFO; pcap or pcapng, plain or in gzip.
 * Waits for the first octets, as a live feed may take its time. Rejects with CaptureError.
 */
export async function openCapture(path: string, options: OpenCaptureOptions = {}): Promise<CaptureReader> {
	const limits = options.limits ?? DEFAULT_LIMITS;
	const { source: outer, live } = await openSource(path, options);
	let source = outer;
	try {
		let head = await peek(source);
		if (head === null) throw new CaptureError("empty", path, `${shown(path)}: ${emptyReason(path)}`);
		const compressed = isGzip(head);
		if (compressed) {
			source = new GunzipSource(new Replay(source, head), live ? undefined : () => new FileSource(path, options.blockSize));
			head = await peek(source);
			if (head === null) {
				throw new CaptureError("not-a-capture", path, `${shown(path)}: ${source.damage ?? "the gzip data holds nothing"}`);
			}
		}
		const parser = createParser(head, live, limits);
		if ("error" in parser) throw new CaptureError("not-a-capture", path, `${shown(path)}: ${parser.error}`);
		if (compressed) parser.info.compressed = "gzip";
		return new CaptureReader(parser, source, head);
	} catch (error) {
		source.close();
		throw error;
	}
}

/** Live feeds of classic microsecond pcap go through the package pcap-parser, everything else through our own parsers. */
function createParser(head: Buffer, live: boolean, limits: Limits): CaptureParser | { error: string } {
	if (live && head.length >= 8) {
		const little = u32(head, 0, true) === PCAP_MAGIC;
		const classic = little || u32(head, 0, false) === PCAP_MAGIC;
		if (classic && u16(head, 4, little) === 2 && u16(head, 6, little) === 4) return new PcapStreamParser(limits);
	}
	return createCaptureParser(head, limits);
}

async function openSource(path: string, options: OpenCaptureOptions): Promise<{ source: ByteSource; live: boolean }> {
	const { signal } = options;
	if (path === "-") {
		const stdin = options.stdin ?? process.stdin;
		if ((stdin as { isTTY?: boolean }).isTTY === true) {
			throw new CaptureError("terminal", path, "standard input is a terminal; pipe a capture into it: tcpdump -U -w - | mitmsrp analyze -");
		}
		return { source: new StreamSource("standard input", stdin, signal), live: true };
	}
	try {
		const stat = statSync(path);
		if (stat.isDirectory()) throw directoryError(path);
		if (stat.isSocket()) throw new CaptureError("not-a-file", path, `${path}: this is a socket; give a file, a FIFO or "-"`);
		if (stat.isFIFO()) return { source: await fifoSource(path, signal), live: true };
		if (options.follow === true) return { source: new FollowSource(path, signal), live: true };
		return { source: new FileSource(path, options.blockSize, signal), live: false };
	} catch (error) {
		throw fileError(path, error);
	}
}

/** The first octets, SNIFF of them unless the source has fewer; null when it has none. They stay valid until the next read. */
async function peek(source: ByteSource): Promise<Buffer | null> {
	let head = await source.read();
	while (head !== null && head.length < SNIFF) {
		// The next read may overwrite what this one returned.
		const kept = Buffer.from(head);
		const more = await source.read();
		if (more === null) return kept;
		head = Buffer.concat([kept, more]);
	}
	return head;
}

/** A source with the octets that were peeked at put back in front. */
class Replay implements ByteSource {
	readonly #source: ByteSource;
	#head: Buffer | null;

	constructor(source: ByteSource, head: Buffer) {
		this.#source = source;
		this.#head = head;
	}

	get bytesRead(): number {
		return this.#source.bytesRead;
	}

	get totalBytes(): number | undefined {
		return this.#source.totalBytes;
	}

	get aborted(): boolean {
		return this.#source.aborted;
	}

	get damage(): string | undefined {
		return this.#source.damage;
	}

	async read(): Promise<Buffer | null> {
		const head = this.#head;
		this.#head = null;
		return head ?? this.#source.read();
	}

	close(): void {
		this.#source.close();
	}
}

function shown(path: string): string {
	return path === "-" ? "standard input" : path;
}

function emptyReason(path: string): string {
	return path === "-"
		? "nothing came; did the capturing program start? (its messages are on standard error)"
		: "the file is empty; was the capture stopped before its first packet?";
}
