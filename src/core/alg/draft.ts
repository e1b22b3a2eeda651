import type { Endpoint } from "../model/flow.js";
import { parseSdp } from "../protocols/sdp/index.js";
import type { Sdp } from "../protocols/sdp/types.js";
import { contentType, tag } from "../protocols/sip/index.js";
import type { SipHeader, SipMessage } from "../protocols/sip/types.js";
import { type AddressSpot, locateAddress, locateAddresses, locateUri, locateVias, type Spot, type UriSpot, type ViaSpot } from "./spots.js";
import type { AlgEdit, AlgMessage, Side } from "./types.js";

const LISTS: ReadonlySet<string> = new Set(["contact", "record-route", "route", "p-asserted-identity", "path", "service-route"]);

/** One message while a profile works on it: finds parts, collects edits. The octets that came are never changed. */
export class Draft {
	readonly message: AlgMessage;
	readonly sip: SipMessage;
	/** the whole message, one character an octet */
	readonly text: string;
	readonly request: boolean;
	/** of a response: the method of the request */
	readonly method: string;
	readonly from: Side;
	readonly callId: string;
	dropped: string | undefined;
	nextHop: Endpoint | undefined;
	/** the Request-URI names who is at `nextHop` */
	named = false;
	/** the profile leaves Content-Length as it is although the body changed */
	staleLength = false;
	readonly #profile: string;
	readonly #base: number;
	readonly #edits: AlgEdit[] = [];
	#vias: ViaSpot[] | undefined;
	#sdp: { sdp: Sdp; start: number; end: number } | null | undefined;

	constructor(message: AlgMessage, sip: SipMessage, profile: string) {
		this.message = message;
		this.sip = sip;
		this.text = message.octets.toString("latin1");
		this.request = sip.kind === "request";
		this.method = sip.method;
		this.from = message.from;
		this.callId = sip.get("call-id") ?? "";
		this.#profile = profile;
		this.#base = sip.start;
	}

	/** Start of the body. */
	get bodyStart(): number {
		return this.#base + this.sip.bodyOffset;
	}

	slice({ start, end }: Spot): string {
		return this.text.slice(start, end);
	}

	/**
	 * Replaces octets [start, end) by latin1 text. Nothing happens when they are the same already or when an earlier edit
	 * covers some of them: the first one wins.
	 */
	replace({ start, end }: Spot, text: string, part: string, why: string): boolean {
		if (this.text.slice(start, end) === text) return false;
		// Kept in order, so that a message full of places to change costs no square of them.
		const edits = this.#edits;
		let low = 0;
		for (let high = edits.length; low < high; ) {
			const middle = (low + high) >> 1;
			const edit = edits[middle]!;
			if (edit.start < start || (edit.start === start && edit.end <= end)) low = middle + 1;
			else high = middle;
		}
		for (const edit of [edits[low - 1], edits[low]]) if (edit !== undefined && start < edit.end && edit.start < end) return false;
		edits.splice(low, 0, { start, end, octets: Buffer.from(text, "latin1"), part, profile: this.#profile, why });
		return true;
	}

	insert(at: number, text: string, part: string, why: string): void {
		this.replace({ start: at, end: at }, text, part, why);
	}

	/** The Request-URI; undefined for a response. */
	requestUri(): UriSpot | undefined {
		if (!this.request) return undefined;
		const { requestUri, requestUriStart } = this.sip;
		// Brackets that do not belong around it are left out.
		const start = this.text.indexOf(requestUri, this.#base + requestUriStart);
		return start < 0 || start >= this.firstRow ? undefined : locateUri(this.text, start, start + requestUri.length);
	}

	/** Rows with that key, spans counted from the start of the message. */
	rows(key: string): Spot[] {
		return this.#headers(key).map((row) => ({ start: this.#base + row.start, end: this.#base + row.end }));
	}

	/** Rows whose name is written in its one-letter form. */
	compactRows(): Spot[] {
		const rows = this.sip.headers.filter((row) => row.name.length === 1);
		return rows.map((row) => ({ start: this.#base + row.start, end: this.#base + row.end }));
	}

	/** Value of the first row with that key. */
	value(key: string): Spot | undefined {
		const row = this.sip.row(key);
		return row === undefined ? undefined : { start: this.#base + row.valueStart, end: this.#base + row.valueEnd };
	}

	/** All addresses of a header. */
	addresses(key: string): AddressSpot[] {
		return this.#headers(key).flatMap((row) => {
			const start = this.#base + row.valueStart;
			const end = this.#base + row.valueEnd;
			return LISTS.has(key) ? locateAddresses(this.text, start, end) : start < end ? [locateAddress(this.text, start, end)] : [];
		});
	}

	/** All Via values, topmost first. */
	vias(): ViaSpot[] {
		this.#vias ??= this.#headers("via").flatMap((row) => locateVias(this.text, row, this.#base));
		return this.#vias;
	}

	/** Branch of the top Via, "" when there is none. */
	get branch(): string {
		return this.vias()[0]?.via.branch ?? "";
	}

	/** The tag of who sent the message: From of a request, To of a response. */
	get ownTag(): string {
		return tag(this.sip, this.request ? "from" : "to") ?? "";
	}

	/** After the start line. */
	get firstRow(): number {
		return this.#base + (this.sip.headers[0]?.start ?? this.sip.bodyOffset);
	}

	/** The session description of the body, also inside a multipart; spans of its lines count from `start`. */
	sdp(): { sdp: Sdp; start: number; end: number } | undefined {
		if (this.#sdp === undefined) {
			const place = this.#findSdp();
			this.#sdp = place === undefined ? null : { sdp: parseSdp(this.message.octets, place.start, place.end), ...place };
		}
		return this.#sdp ?? undefined;
	}

	/** The edits in order of place, Content-Length among them where the body changed its size. */
	finish(): AlgEdit[] {
		const edits = this.#edits;
		const body = this.bodyStart;
		let grown = 0;
		for (const edit of edits) if (edit.start >= body) grown += edit.octets.length - (edit.end - edit.start);
		if (grown === 0 || this.staleLength) return edits;
		const length = this.value("content-length");
		const digits = length === undefined ? "" : this.slice(length);
		if (length === undefined || !/^\d{1,9}$/.test(digits)) return edits;
		this.replace(length, String(Math.max(0, Number(digits) + grown)), "Content-Length", "the body changed its size");
		return edits;
	}

	#headers(key: string): SipHeader[] {
		return this.sip.headers.filter((row) => row.key === key);
	}

	#findSdp(): Spot | undefined {
		if (this.sip.get("content-encoding") !== undefined) return undefined;
		const name = contentType(this.sip)?.token ?? "";
		const start = this.bodyStart;
		const end = start + this.sip.bodyKept;
		if (name === "application/sdp") return { start, end };
		if (!name.startsWith("multipart/")) return undefined;
		const part = /\r?\n\r?\nv=0\r?\n/.exec(this.text.slice(start, end));
		if (part === null) return undefined;
		const from = start + part.index + part[0].indexOf("v=0");
		const close = /\r?\n--/.exec(this.text.slice(from, end));
		return { start: from, end: close === null ? end : from + close.index };
	}
}
