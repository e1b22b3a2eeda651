import type { Endpoint } from "../model/flow.js";
import { parseMsrpUri } from "../protocols/uri/index.js";
import { hostPortOf, type Place, placesOf } from "./places.js";
import { type Edit, spliced, withBodyLengths } from "./splice.js";
import type { PlanLink, Unit } from "./types.js";
import { isRequest, transactionOf } from "./unit.js";

/** RFC 4975 §9 and RFC 7977 §5: what MSRP URIs and descriptions say of the connection. */
export interface MediaForm {
	secure: boolean;
	transport: "tcp" | "ws";
}

export interface RekeyOptions {
	/** the n-th word that is unlike all others: letters and digits, at least as long as asked for */
	fresh: (length: number) => string;
	/** where the played side listens for MSRP */
	media: Endpoint;
	/** what our MSRP goes over; undefined: what it went over in the capture */
	mediaForm?: MediaForm | undefined;
	/** --map: text that stands for other text in everything that is sent, longest first */
	replacements?: readonly (readonly [string, string])[];
}

/** Kinds whose values the played side makes anew when the recorded side made them. */
const OWN: ReadonlySet<string> = new Set(["call-id", "tag", "branch", "transaction", "message-id", "imdn"]);
/** Kinds that share their values. */
const FAMILY: Readonly<Record<string, string>> = { "imdn-reference": "imdn", "cpim-uri": "uri" };

/** Recorded values and what stands for them in this run, learned from what is sent and what comes. */
export class Rekeying {
	readonly #options: RekeyOptions;
	readonly #values = new Map<string, string>();
	/** recorded Contact without its parameters → live one: clients leave some of them out, or write them once instead of twice */
	readonly #contacts = new Map<string, string>();
	/** live requests of the peer by the recorded transaction */
	readonly #requests = new Map<string, Unit>();
	/** recorded Call-ID → live Route header rows of requests inside the dialog */
	readonly #routes = new Map<string, string[]>();
	/** names that a focus gave to its conferences → those that the live one gives them, as they stand in URIs */
	readonly #conferences = new Map<string, string>();

	constructor(options: RekeyOptions) {
		this.#options = options;
	}

	/** The connection's ends as they are now. */
	bind(link: PlanLink, own: Endpoint, peer: Endpoint): void {
		this.listening(link.own, own);
		this.listening(link.peer, peer);
	}

	/** What the played side listened at, and what it listens at now. */
	listening(was: Endpoint, is: Endpoint): void {
		this.#values.set(`host ${bracketed(was.address)}:${was.port}`, `${bracketed(is.address)}:${is.port}`);
		if (!this.#values.has(`host ${bracketed(was.address)}`)) this.#values.set(`host ${bracketed(was.address)}`, bracketed(is.address));
	}

	/** What stands for a recorded value; undefined when nothing is known of it. */
	live(kind: string, recorded: string): string | undefined {
		// What a focus calls itself in CPIM is what counts there: its Contact may be an ALG's by now.
		if (kind === "cpim-uri" && ISFOCUS.test(recorded)) return this.#values.get(`focus ${recorded}`);
		return this.#values.get(`${FAMILY[kind] ?? kind} ${recorded}`);
	}

	/** The octets to send for a recorded message of the played side; `own` is this end of the connection that it goes out on. */
	outgoing(unit: Unit, own: Endpoint): Buffer {
		const request = isRequest(unit);
		const edits: Edit[] = [];
		for (const place of placesOf(unit)) {
			const text = this.#outgoing(unit, place, request, own);
			if (text !== undefined && text !== place.text) edits.push({ start: place.start, end: place.end, text });
		}
		const all = unit.protocol === "sip" ? this.#rows(unit, edits) : edits;
		return this.#mapped(withBodyLengths(unit, all), unit.protocol);
	}

	/** Learns from a live message of the peer what it has for the values of the recorded one. */
	incoming(recorded: Unit, live: Unit): void {
		const was = byName(recorded);
		for (const [name, is] of byName(live)) {
			const place = was.get(name);
			if (place?.kind === "cpim-uri" && ISFOCUS.test(place.text) && ISFOCUS.test(is.text)) this.#learnFocus(place.text, is.text);
			if (place === undefined || place.kind === "sent-by" || place.kind === "cpim-uri" || place.kind === "date") continue;
			if (place.kind === "cseq" && !isRequest(live)) continue;
			// Another transport of ours makes the peer say something else there; else it is to say what it said.
			if ((place.kind === "media-proto" || place.kind === "media-setup") && this.#options.mediaForm === undefined) continue;
			const key = this.#key(recorded, place);
			if (!this.#values.has(key)) this.#values.set(key, is.text);
			if (place.kind === "uri" && place.name === "contact") {
				this.#contacts.set(withoutParameters(place.text), is.text);
				if (isFocus(recorded) && isFocus(live)) this.#learnConference(place.text, is.text);
			}
		}
		if (isRequest(live)) this.#requests.set(transactionOf(recorded), live);
		if (recorded.protocol === "sip" && live.protocol === "sip" && live.sip.get("record-route") !== undefined) {
			const routes = live.sip.all("record-route");
			const set = live.sip.kind === "response" ? routes.reverse() : routes;
			this.#routes.set(recorded.sip.get("call-id") ?? "", set);
		}
	}

	/** Text that stands for other text wherever it is: asked for (--map), and conferences under their live names. */
	get replacements(): readonly (readonly [string, string])[] {
		return [...(this.#options.replacements ?? []), ...this.#conferences];
	}

	/** What the focus calls itself; also under the name that --map and the like have made of the recorded one by now. */
	#learnFocus(recorded: string, live: string): void {
		this.#learnConference(recorded, live);
		let mapped = recorded;
		for (const [was, is] of this.replacements) mapped = mapped.replaceAll(was, is);
		for (const text of [recorded, mapped]) if (!this.#values.has(`focus ${text}`)) this.#values.set(`focus ${text}`, live);
	}

	/** A focus makes up the user part of a conference's URI anew (RFC 4579 §5.2); it is in descriptions, notifications and CPIM too. */
	#learnConference(recorded: string, live: string): void {
		const [was, is] = [recorded, live].map((uri) => /^sips?(:[^@;?]{4,}@)/i.exec(uri)?.[1]);
		if (was !== undefined && is !== undefined && was !== is && !this.#conferences.has(was)) this.#conferences.set(was, is);
	}

	#outgoing(unit: Unit, place: Place, request: boolean, own: Endpoint): string | undefined {
		const { kind, text } = place;
		const key = this.#key(unit, place);
		const known = this.#values.get(key);
		if (kind === "sent-by") return request ? `${bracketed(own.address)}:${own.port}` : undefined;
		// Numbers of the two ends have nothing to do with each other (RFC 3261 §12.2.1.1): ours stay, answers repeat theirs.
		if (kind === "cseq") return request ? undefined : known;
		if (kind === "cpim-uri") return this.live(kind, text);
		// Media other than MSRP are not played: their ports stay those of the capture.
		if (kind === "date" || kind === "other-port") return undefined;
		if (kind === "media-setup") return undefined;
		if (kind === "media-proto") return this.#proto(text);
		if (kind === "media-port") return String(this.#options.media.port);
		if (kind === "media-host") return mediaHost(bare(this.#options.media.address));
		if (known !== undefined) return known;
		let value: string | undefined;
		if (kind === "uri") return (place.name === "request-uri" ? this.#contacts.get(withoutParameters(text)) : undefined) ?? this.#uri(text);
		if (kind === "sdp-origin") value = text.replace(/^\d+/, (id) => digits(this.#options.fresh(id.length), id.length));
		else if (kind === "msrp-uri" && place.name !== "to-path") value = this.#msrpUri(text);
		else if (OWN.has(kind)) value = this.#fresh(text, kind);
		if (value !== undefined) this.#values.set(key, value);
		return value;
	}

	/** A URI in a SIP header: host and port as they are now, the rest as recorded. */
	#uri(text: string): string | undefined {
		const spot = hostPortOf(text);
		if (spot === undefined) return undefined;
		const host = this.#values.get(`host ${text.slice(spot.start, spot.end).replace(/;.*$/, "")}`);
		return host === undefined ? undefined : text.slice(0, spot.start) + host + text.slice(spot.end).replace(/^[^;?>]*/, "");
	}

	#proto(recorded: string): string | undefined {
		const { mediaForm } = this.#options;
		if (mediaForm === undefined || !/^TCP\/(?:TLS\/)?MSRP$/i.test(recorded)) return undefined;
		return mediaForm.secure ? "TCP/TLS/MSRP" : "TCP/MSRP";
	}

	#msrpUri(text: string): string {
		const { media, mediaForm: form, fresh } = this.#options;
		const id = parseMsrpUri(text).sessionId ?? "";
		const head = /^(\w+)(:\/\/(?:[^@/]*@)?)[^/;]*(.*)$/.exec(text);
		if (head === null) return text;
		const named = id === "" ? head[3]! : head[3]!.replace(id, fresh(id.length));
		const tail = form === undefined ? named : named.replace(/;(?:tcp|ws)\b/i, `;${form.transport}`);
		const scheme = form === undefined ? head[1] : form.secure ? "msrps" : "msrp";
		return `${scheme}${head[2]}${bracketed(media.address)}:${media.port}${tail}`;
	}

	/** As long as the recorded one, so that lengths stay; the branch keeps its magic cookie (RFC 3261 §8.1.1.7). */
	#fresh(text: string, kind: string): string {
		const kept = kind === "branch" && text.startsWith("z9hG4bK") ? "z9hG4bK" : "";
		const at = kind === "call-id" ? text.indexOf("@") : -1;
		const size = (at < 0 ? text.length : at) - kept.length;
		return kept + this.#options.fresh(Math.max(size, 8)) + (at < 0 ? "" : text.slice(at));
	}

	/** Via, Record-Route and CSeq of an answer are those of the request that came; routes are those of the live dialog. */
	#rows(unit: Unit & { protocol: "sip" }, edits: Edit[]): Edit[] {
		const { sip } = unit;
		const replaceRows = (key: string, values: readonly string[]): void => {
			const rows = sip.headers.filter((row) => row.key === key);
			const name = rows[0]?.name ?? (key === "record-route" ? "Record-Route" : "Route");
			let at = rows[0]?.start ?? sip.headers.find((row) => row.key !== "via")?.start ?? sip.bodyOffset;
			for (const { start, end } of rows) {
				edits = edits.filter((edit) => edit.end <= start || edit.start >= end);
				edits.push({ start, end, text: "" });
				at = rows[0]!.start;
			}
			if (values.length > 0) edits.push({ start: at, end: at, text: values.map((value) => `${name}: ${value}\r\n`).join("") });
		};
		if (sip.kind === "response") {
			const request = this.#requests.get(transactionOf(unit));
			if (request?.protocol === "sip") {
				replaceRows("via", request.sip.all("via"));
				if (sip.status > 100 && sip.status < 300) replaceRows("record-route", request.sip.all("record-route"));
			}
		} else if (/;\s*tag=/i.test(sip.get("to") ?? "")) {
			replaceRows("route", this.#routes.get(sip.get("call-id") ?? "") ?? []);
		}
		return edits;
	}

	#mapped(octets: Buffer, protocol: "sip" | "msrp"): Buffer {
		const { replacements } = this;
		return replacements.length === 0 ? octets : spliced(octets, protocol, replacements);
	}

	#key(unit: Unit, { kind, text }: Place): string {
		const scope = kind === "cseq" && unit.protocol === "sip" ? `${unit.sip.get("call-id")} ` : "";
		return `${FAMILY[kind] ?? kind} ${scope}${text}`;
	}
}

/** As a parameter of a URI or of a Contact (RFC 3840 §9). */
const ISFOCUS = /;\s*isfocus\b/i;

function isFocus(unit: Unit): boolean {
	return unit.protocol === "sip" && unit.sip.all("contact").some((value) => ISFOCUS.test(value));
}

/** Places by header and how many of that name came before. */
function byName(unit: Unit): Map<string, Place> {
	const counts = new Map<string, number>();
	const found = new Map<string, Place>();
	for (const place of placesOf(unit)) {
		const name = `${place.kind} ${place.name}`;
		const count = counts.get(name) ?? 0;
		counts.set(name, count + 1);
		found.set(`${name} ${count}`, place);
	}
	return found;
}

/** addrtype and address (RFC 4566 §5.7) */
function mediaHost(address: string): string {
	return `${address.includes(":") ? "IP6" : "IP4"} ${address}`;
}

function withoutParameters(uri: string): string {
	return uri.replace(/[;?].*$/, "");
}

function bracketed(address: string): string {
	return address.includes(":") ? `[${address}]` : address;
}

function bare(address: string): string {
	return address.replace(/^\[|\]$/g, "");
}

/** A decimal number of that many digits, without a zero in front. */
function digits(word: string, length: number): string {
	let out = "";
	for (let i = 0; i < length; i++) out += String(((word.charCodeAt(i % word.length) + i) % 9) + 1);
	return out;
}
