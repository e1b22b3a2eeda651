import type { MsrpFrame } from "../../protocols/msrp/types.js";

/** Octets of a body that are sent on as one chunk at most: so no message keeps others waiting (RFC 4976 §6.1). */
const CHUNK = 16 << 10;
/** Of longer chunks Byte-Range leaves the end open (RFC 4975 §7.1.1). */
const OPEN_END = 2048;

export interface NextHop {
	toPath: string;
	fromPath: string;
	/** a transaction id that is not in the octets */
	newId(octets: Buffer): string;
	/** One whole frame. */
	send(id: string, range: string | undefined, octets: Buffer): void;
}

/** One request on its way through a relay: gathered and sent on in frames of its own. */
export class Chunks {
	readonly #hop: NextHop;
	readonly #method: string;
	/** headers that go on as they are, in two parts: Byte-Range stands between them */
	readonly #before: string;
	readonly #after: string;
	readonly #written: string | undefined;
	readonly #total: string;
	readonly #body: boolean;
	#at: bigint;
	#kept: Buffer[] = [];
	#length = 0;
	#first = true;

	/** `head` are the octets of the frame up to its body. */
	constructor(frame: MsrpFrame, head: Buffer, hop: NextHop) {
		this.#hop = hop;
		this.#method = frame.method;
		this.#body = frame.bodyOffset >= 0;
		const rows = frame.headers.filter(({ key }) => key !== "to-path" && key !== "from-path");
		const lines = (some: typeof rows): string =>
			some.map(({ start, end }) => head.toString("latin1", start, end).replace(/\r?\n$/, "\r\n")).join("");
		const place = rows.findIndex(({ key }) => key === "byte-range");
		const type = rows.findIndex(({ key }) => key === "content-type");
		const at = place >= 0 ? place : type >= 0 ? type : rows.length;
		this.#before = lines(rows.slice(0, at));
		this.#after = lines(rows.slice(at).filter(({ key }) => key !== "byte-range"));
		this.#written = frame.get("byte-range");
		const range = frame.byteRange ?? undefined;
		this.#at = BigInt(range?.start ?? 1);
		this.#total = range?.total === undefined ? "*" : String(range.total);
	}

	body(octets: Buffer): void {
		for (let from = 0; from < octets.length; ) {
			const size = Math.min(CHUNK - this.#length, octets.length - from);
			this.#kept.push(Buffer.from(octets.subarray(from, from + size)));
			this.#length += size;
			from += size;
			// The last octets wait, because whoever ends the message with "$" has to have something to send.
			if (this.#length === CHUNK && from < octets.length) this.#flush("+");
		}
	}

	/** The end-line came. */
	end(flag: string): void {
		this.#flush(flag, true);
	}

	#flush(flag: string, last = false): void {
		const octets = this.#kept.length === 1 ? this.#kept[0]! : Buffer.concat(this.#kept);
		const range = last && this.#first ? this.#written : this.#range();
		const id = this.#hop.newId(octets);
		const { toPath, fromPath } = this.#hop;
		const place = range === undefined ? "" : `Byte-Range: ${range}\r\n`;
		const head = `MSRP ${id} ${this.#method}\r\nTo-Path: ${toPath}\r\nFrom-Path: ${fromPath}\r\n${this.#before}${place}${this.#after}`;
		const blank = this.#body ? "\r\n" : "";
		const frame = [Buffer.from(head + blank, "latin1"), octets, Buffer.from(`${blank}-------${id}${flag}\r\n`, "latin1")];
		this.#hop.send(id, range, Buffer.concat(frame));
		this.#at += BigInt(this.#length);
		this.#kept = [];
		this.#length = 0;
		this.#first = false;
	}

	#range(): string {
		const end = this.#length > OPEN_END ? "*" : String(this.#at + BigInt(this.#length) - 1n);
		return `${this.#at}-${end}/${this.#total}`;
	}
}
