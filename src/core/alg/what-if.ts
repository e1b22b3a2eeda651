import { Classifier, type ClassifierOptions, type Verdict } from "../classify/classifier.js";
import type { ClientModel, DivergenceCode, Headline } from "../classify/types.js";
import type { Entry, SipEntry } from "../model/entry.js";
import type { Endpoint, Flow } from "../model/flow.js";
import { decodeSipDatagram, vias } from "../protocols/sip/index.js";
import type { SipMessage } from "../protocols/sip/types.js";
import { FifoMap } from "../session/bounded.js";
import { otherSide } from "./acts/uri-memory.js";
import { createAlg } from "./box.js";
import { sameEndpoint } from "./endpoints.js";
import { Peers } from "./peer.js";
import { whoIsRoom } from "./room.js";
import type { AlgBox, AlgEdit, AlgMessage, AlgScene, Side } from "./types.js";

export interface WhatIfOptions {
	/** profiles with their options, from the inside to the outside */
	names: readonly string[];
	/** as for the verdicts that the entries carry, so that both can be compared */
	classify: ClassifierOptions;
	/** who stands behind the box; default: the room */
	inside?: "room" | "client";
	/** address that the box shows; default 203.0.113.9:5071, which belongs to nobody (RFC 5737) */
	outside?: Endpoint;
	seed?: number;
}

/** What clients make of one message. */
export interface Shown {
	headline: Headline;
	models: Partial<Record<ClientModel, Headline>>;
	truth: Headline | undefined;
	codes: DivergenceCode[];
	/** thread under which each kind of client files it: "room sip:…", "private sip:…" */
	threads: Partial<Record<ClientModel, string>>;
}

/** A message whose verdict exists on both sides of the question. */
export interface WhatIfMessage {
	kind: "message";
	entry: Entry;
	before: Shown;
	after: Shown;
	/** some kind of client shows it differently, or the divergences are others */
	changed: boolean;
}

/** A SIP message that the box would have rewritten. */
export interface WhatIfRewrite {
	kind: "rewrite";
	entry: SipEntry;
	/** on the message as its sender would have written it behind the box */
	edits: AlgEdit[];
	/** those octets */
	octets: Buffer;
	dropped: string | undefined;
}

/** Where the box stands in one call: the two ends of the hop on which the call was first seen. */
interface Place {
	inside: Endpoint;
	outside: Endpoint;
}

const MODELS: readonly ClientModel[] = ["legacy", "isfocus", "literal", "reference", "dialog", "phone"];
/** Whose threads are compared: the others have no name of their own for the room. */
const THREADS: readonly ClientModel[] = ["legacy", "isfocus", "reference"];
const NOWHERE: Endpoint = { address: "203.0.113.9", port: 5071 };

/**
 * The same traffic with a box in the path. Fed with every entry in order, after it was classified; has a classifier of its own
 * that learns both legs of each call: what each end sent, and what the other end would have got. MSRP and CPIM stay as they
 * are, and so do the sessions that messages belong to: the question is what clients would take them for.
 */
export class WhatIf {
	readonly #box: AlgBox;
	readonly #peers = new Peers();
	readonly #classifier: Classifier;
	readonly #options: WhatIfOptions;
	readonly #places: FifoMap<string, Place>;

	/** @throws AlgNameError when there is no such profile or option */
	constructor(options: WhatIfOptions) {
		const scene: AlgScene = { outside: options.outside ?? NOWHERE };
		if (options.seed !== undefined) scene.seed = options.seed;
		this.#box = createAlg(options.names, scene);
		this.#classifier = new Classifier(options.classify);
		this.#options = options;
		this.#places = new FifoMap(options.classify.limits.sessions);
	}

	/** What is to be said about an entry; undefined for what is neither rewritten nor judged. */
	entry(entry: Entry): WhatIfMessage | WhatIfRewrite | undefined {
		if (entry.protocol === "sip") {
			const rewrite = this.#sip(entry);
			if (rewrite !== undefined) return rewrite;
			if (entry.sip.method !== "MESSAGE") return undefined;
		} else if (entry.protocol !== "msrp") return undefined;
		const after = this.#classifier.entry(entry);
		if (entry.verdict === undefined || after === undefined) return undefined;
		const [was, is] = [shown(entry.verdict), shown(after)];
		return { kind: "message", entry, before: was, after: is, changed: differs(was, is) };
	}

	#sip(entry: SipEntry): WhatIfRewrite | undefined {
		const { sip } = entry;
		this.#box.advance(entry.at);
		const place = this.#place(entry);
		const whole = sip.complete && sip.end - sip.start === sip.length;
		if (place === undefined || !whole) {
			if (sip.method !== "MESSAGE") this.#classifier.entry(entry);
			return undefined;
		}
		const from: Side =
			sameEndpoint(entry.from, place.inside) || (!sameEndpoint(entry.from, place.outside) && sameEndpoint(entry.to, place.outside))
				? "inside"
				: "outside";
		const message: AlgMessage = {
			octets: Buffer.from(sip.bytes.subarray(sip.start, sip.end)),
			from,
			at: entry.at,
			transport: entry.over === "exported" ? "udp" : entry.over,
			source: entry.from,
			target: entry.to,
		};
		const said = this.#peers.says(message);
		const outcome = this.#box.handle({ ...message, octets: said });
		if (outcome.dropped === undefined) this.#peers.saw(message, outcome.octets);
		if (sip.method !== "MESSAGE") this.#learn(entry, message, said, outcome.dropped === undefined ? outcome.octets : undefined);
		if (outcome.edits.length === 0 && outcome.dropped === undefined) return undefined;
		return { kind: "rewrite", entry, edits: outcome.edits, octets: said, dropped: outcome.dropped };
	}

	/** Both legs show the message: the sender's as it said it, the other as it came out of the box. */
	#learn(entry: SipEntry, message: AlgMessage, said: Buffer, shownOctets: Buffer | undefined): void {
		const { method } = entry.sip;
		const near = decode(said, message);
		const far = shownOctets === undefined ? undefined : decode(shownOctets, message);
		const leg = (sip: SipMessage | undefined, side: Side): void => {
			if (sip === undefined) return;
			// Two flows where there was one. Flows are numbered by whole numbers, so these meet none.
			const inside = side === "inside";
			const flow: Flow = { ...entry.flow, id: entry.flow.id + (inside ? 0.25 : 0.5), leg: inside ? "server" : "client" };
			this.#classifier.entry({ ...entry, sip, flow });
		};
		const here = (): void => leg(near, message.from);
		const there = (): void => leg(far === undefined ? undefined : further(far, near, message), otherSide(message.from));
		// What a call or a subscription says of groups is the client's knowledge: its leg comes first, or alone.
		if (message.from === (this.#options.inside === "client" ? "inside" : "outside")) {
			here();
			if (method !== "SUBSCRIBE") there();
		} else {
			there();
			if (method !== "NOTIFY") here();
		}
	}

	#place(entry: SipEntry): Place | undefined {
		const { sip, from, to } = entry;
		const callId = sip.get("call-id");
		if (callId === undefined) return undefined;
		const known = this.#places.get(callId);
		if (known !== undefined) {
			const ends = [known.inside, known.outside];
			return ends.some((end) => sameEndpoint(end, from) || sameEndpoint(end, to)) ? known : undefined;
		}
		const room = whoIsRoom(entry);
		const client = room === from ? to : from;
		const place = this.#options.inside === "client" ? { inside: client, outside: room } : { inside: room, outside: client };
		this.#places.set(callId, place);
		return place;
	}
}

function decode(octets: Buffer, message: AlgMessage): SipMessage | undefined {
	return decodeSipDatagram(octets, 0, octets.length, message.transport);
}

/** Legs are put in order by their Vias; a box that shows fewer than it got must still be further from the caller. */
function further(far: SipMessage, near: SipMessage | undefined, message: AlgMessage): SipMessage | undefined {
	const missing = far.kind === "request" && near !== undefined ? vias(near).length + 1 - vias(far).length : 0;
	if (missing <= 0) return far;
	const first = far.headers[0]?.start ?? far.bodyOffset;
	const row = Buffer.from("Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bKbox\r\n".repeat(missing));
	const octets = far.bytes.subarray(far.start, far.end);
	return decode(Buffer.concat([octets.subarray(0, first), row, octets.subarray(first)]), message);
}

function shown(verdict: Verdict): Shown {
	const models: Shown["models"] = {};
	const threads: Shown["threads"] = {};
	for (const { model, headline, conversation } of verdict.models) {
		if (!MODELS.includes(model)) continue;
		models[model] = headline;
		if (conversation !== undefined) threads[model] = `${conversation.thread} ${conversation.uri}`.trim();
	}
	return { headline: verdict.headline, models, truth: verdict.truthHeadline, codes: verdict.divergences.map(({ code }) => code), threads };
}

function differs(a: Shown, b: Shown): boolean {
	return (
		a.headline !== b.headline ||
		a.codes.join() !== b.codes.join() ||
		MODELS.some((model) => a.models[model] !== b.models[model]) ||
		THREADS.some((model) => a.threads[model] !== b.threads[model])
	);
}
