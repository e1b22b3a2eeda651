import { ReceiveBuffer } from "../../bytes/receive-buffer.js";

/** Start line and header fields of an HTTP/1.1 message (RFC 9112 §2), names in lower case, repeated fields joined by ", ". */
export interface HttpHead {
	startLine: string;
	fields: Map<string, string>;
}

const LF = 0x0a;
const CR = 0x0d;

/** Collects one head from a stream; searches no octet twice. */
export class HeadReader {
	readonly #pending = new ReceiveBuffer();
	readonly #limit: number;
	/** octets since the last LF, CR not counted; a head ends at a LF that finds 0 here */
	#lineLength = 0;
	/** a line that is not empty was seen: empty ones before the start line are passed over (RFC 9112 §2.2) */
	#began = false;

	constructor(limit: number) {
		this.#limit = limit;
	}

	/** octets of the unfinished head */
	get length(): number {
		return this.#pending.length;
	}

	/**
	 * Takes octets up to the end of the head. Returns how many it took when the head is complete (then call `take`),
	 * 0 when more are needed, -1 when the head is longer than the limit.
	 */
	push(buf: Buffer, start: number, end: number): number {
		const room = start + this.#limit - this.#pending.length;
		for (let at = start; at < end; at++) {
			if (at >= room) return -1;
			const octet = buf[at];
			if (octet === LF) {
				if (this.#lineLength === 0 && this.#began) {
					this.#pending.append(buf, start, at + 1);
					return at + 1 - start;
				}
				this.#began ||= this.#lineLength > 0;
				this.#lineLength = 0;
			} else if (octet !== CR) this.#lineLength++;
		}
		this.#pending.append(buf, start, end);
		return 0;
	}

	/** The complete head; the reader starts anew. */
	take(): HttpHead {
		const { buf, start, end } = this.#pending;
		const text = buf.toString("latin1", start, end).trimStart();
		this.#pending.clear();
		this.#began = false;
		this.#lineLength = 0;
		return parseHead(text);
	}
}

function parseHead(text: string): HttpHead {
	const fields = new Map<string, string>();
	const lines = text.split("\n");
	const startLine = (lines[0] as string).trimEnd();
	let last = "";
	for (let i = 1; i < lines.length; i++) {
		const line = (lines[i] as string).trimEnd();
		const folded = line !== "" && (line[0] === " " || line[0] === "\t");
		const colon = line.indexOf(":");
		if (!folded && colon <= 0) continue;
		const name = folded ? last : line.slice(0, colon).trimEnd().toLowerCase();
		const value = folded ? line.trimStart() : line.slice(colon + 1).trimStart();
		const before = fields.get(name);
		if (before === undefined) fields.set(name, value);
		else fields.set(name, folded ? `${before} ${value}` : `${before}, ${value}`);
		last = name;
	}
	return { startLine, fields };
}

/** The elements of a comma-separated field, white space removed, empty ones left out (RFC 9110 §5.6.1). */
export function listOf(value: string | undefined): string[] {
	if (value === undefined) return [];
	return value
		.split(",")
		.map((element) => element.trim())
		.filter((element) => element !== "");
}
