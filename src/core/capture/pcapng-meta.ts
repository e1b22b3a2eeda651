import { ipv4At, ipv6At } from "../bytes/ip-text.js";
import type { CaptureInterface } from "../model/packet.js";
import type { CaptureNotes } from "./notes.js";
import { align4, OPT_COMMENT, optionText, readOptions } from "./pcapng-options.js";
import { TickClock } from "./tick-clock.js";
import { u16, u32 } from "./words.js";

/** One block's body: buf[start, end), without type, lengths; `offset` is where the block begins in the file. */
export interface Body {
	buf: Buffer;
	start: number;
	end: number;
	little: boolean;
	offset: number;
}

/** An interface of the current section, as packets need it. */
export interface SectionInterface {
	id: number;
	linkType: number;
	/** 0: no limit */
	snapLength: number;
	fcsLength: number;
	clock: TickClock;
}

/** Secrets type of a TLS key log in the NSS format. */
export const SECRETS_TLS_KEY_LOG = 0x544c534b;
const MAX_NAMES = 100_000;
const MAX_KEY_LOG = 64 << 20;

/** Reads everything of a pcapng file that is not a packet, into the CaptureInfo. Bodies have their minimum length already. */
export class PcapngMeta {
	readonly #notes: CaptureNotes;
	#keyLogOctets = 0;

	constructor(notes: CaptureNotes) {
		this.#notes = notes;
	}

	/** Options of a block of which only comments matter. */
	comments(body: Body, start: number, block: string): void {
		this.#options(body, start, block, (code, at, length) => {
			if (code === OPT_COMMENT) this.#notes.comment(optionText(body.buf, at, length));
		});
	}

	/** Interface Description Block (§4.2). */
	interface(body: Body): SectionInterface {
		const { buf, start, little } = body;
		const entry: CaptureInterface = {
			id: this.#notes.info.interfaces.length,
			linkType: u16(buf, start, little),
			snapLength: u32(buf, start + 4, little),
		};
		let resolution = 6;
		let offset = 0;
		let fcs = 0;
		this.#options(body, start + 8, "interface", (code, at, length) => {
			if (code === OPT_COMMENT) this.#notes.comment(optionText(buf, at, length));
			else if (code === 2) entry.name = optionText(buf, at, length);
			else if (code === 3) entry.description = optionText(buf, at, length);
			else if (code === 9 && length >= 1) resolution = buf[at]!;
			else if (code === 13 && length >= 1) fcs = buf[at]!;
			else if (code === 14 && length >= 8) offset = this.#tsOffset(body, at);
		});
		this.#notes.info.interfaces.push(entry);
		return {
			id: entry.id,
			linkType: entry.linkType,
			snapLength: entry.snapLength,
			// The draft says bits, writers have meant octets: no frame check sequence has 8 octets or more, or fewer than 8 bits.
			fcsLength: fcs >= 8 ? fcs >> 3 : fcs,
			clock: new TickClock(resolution, offset),
		};
	}

	/** Name Resolution Block (§4.5): the first name of each address. */
	names(body: Body): void {
		const { buf, end, little } = body;
		const names = this.#notes.info.names;
		let at = body.start;
		while (end - at >= 4) {
			const type = u16(buf, at, little);
			const length = u16(buf, at + 2, little);
			at += 4;
			if (type === 0) {
				this.comments(body, at, "name resolution");
				return;
			}
			if (at + length > end) {
				this.#overrun(body, "name resolution");
				return;
			}
			const octets = type === 1 ? 4 : type === 2 ? 16 : 0;
			if (octets > 0 && length > octets && names.size < MAX_NAMES) {
				const address = octets === 4 ? ipv4At(buf, at) : ipv6At(buf, at);
				const name = optionText(buf, at + octets, length - octets);
				if (name !== "" && !names.has(address)) names.set(address, name);
			}
			at += align4(length);
		}
	}

	/** Decryption Secrets Block (§4.7): TLS key logs are kept, all other secrets passed by. */
	secrets(body: Body): void {
		const { buf, start, end, little } = body;
		const length = u32(buf, start + 4, little);
		if (length > end - start - 8) {
			this.#overrun(body, "decryption secrets");
			return;
		}
		if (u32(buf, start, little) === SECRETS_TLS_KEY_LOG && this.#keyLogOctets + length <= MAX_KEY_LOG) {
			this.#keyLogOctets += length;
			this.#notes.info.keyLogs.push(buf.toString("latin1", start + 8, start + 8 + length));
		}
		this.comments(body, start + 8 + align4(length), "decryption secrets");
	}

	#options(body: Body, start: number, block: string, use: (code: number, at: number, length: number) => void): void {
		if (!readOptions(body.buf, start, body.end, body.little, use)) this.#overrun(body, block);
	}

	#overrun(body: Body, block: string): void {
		this.#notes.once(
			`overrun ${block}`,
			"cap.bad-value",
			body.offset,
			body.end - body.start + 12,
			`contents of a ${block} block do not fit into it; the rest of the block was left unread`,
		);
	}

	#tsOffset(body: Body, at: number): number {
		const { buf, little } = body;
		const high = u32(buf, little ? at + 4 : at, little) | 0;
		const seconds = high * 4_294_967_296 + u32(buf, little ? at : at + 4, little);
		if (Math.abs(seconds) <= Number.MAX_SAFE_INTEGER) return seconds;
		this.#notes.once("tsoffset", "cap.bad-value", body.offset, 8, `time offset of ${seconds} seconds taken as 0`);
		return 0;
	}
}
