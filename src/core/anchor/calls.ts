import type { SipMessage } from "../protocols/sip/index.js";
import { cseq, tag } from "../protocols/sip/index.js";
import { FifoMap } from "../session/bounded.js";
import { CallCertificates } from "./fingerprints.js";
import type { AnchorMode, AnchorPort, AnchorPorts, AnchorRequest } from "./types.js";

/** Calls that listeners are kept for; the oldest loses its own. */
const MOST = 10_000;
/** Listeners of one side of one media description of a call: more are a fault of the sender. */
const MOST_EACH = 8;

/** A listener for one end of one MSRP session. */
export interface Anchor {
	readonly request: AnchorRequest;
	/** leftmost URI of the path as the end wrote it */
	readonly uri: string;
	readonly mode: AnchorMode;
	/** undefined: not answered yet, or refused */
	port: AnchorPort | undefined;
	refused: string | undefined;
	/** CSeq number of the offer that brought it */
	born: number;
	released: boolean;
	/** told when the shell has answered */
	waiting: (() => void)[];
}

interface Call {
	/** by tag of the end and number of the media description; the latest is last */
	anchors: Map<string, Anchor[]>;
	readonly certificates: CallCertificates;
	/** media descriptions of which one end is a client of our own relay */
	readonly relayed: Set<number>;
	established: boolean;
	/** From tag of the first INVITE */
	caller: string;
}

/** The listeners of all calls: opened by offers and answers, released by BYE, refusal, and whatever takes their place. */
export class Calls {
	readonly #ports: AnchorPorts;
	readonly #calls = new FifoMap<string, Call>(MOST, (call) => releaseAll(call));

	constructor(ports: AnchorPorts) {
		this.#ports = ports;
	}

	/** listeners that are open or being opened */
	get open(): number {
		let count = 0;
		for (const call of this.#calls.values()) for (const anchors of call.anchors.values()) count += anchors.length;
		return count;
	}

	/** The listener for what the sender of the message describes in that media description; the same one for the same URI. */
	anchor(sip: SipMessage, index: number, uri: string, mode: AnchorMode, wanted: Omit<AnchorRequest, "shown">): Anchor {
		const call = this.#call(sip);
		const tag = senderTag(sip);
		const { certificates } = call;
		const request: AnchorRequest = {
			...wanted,
			shown: (end, certificate) =>
				end === "target" ? certificates.target(tag, index, certificate) : certificates.opener(tag, index, certificate, uri),
		};
		const key = `${tag} ${index}`;
		const list = call.anchors.get(key) ?? [];
		call.anchors.set(key, list);
		const number = cseq(sip)?.number ?? 0;
		const known = list.findIndex((anchor) => anchor.uri === uri && anchor.refused === undefined && sameListener(anchor.request, request));
		if (known >= 0) {
			const [found] = list.splice(known, 1) as [Anchor];
			list.push(found);
			if (!call.established) found.born = number;
			return found;
		}
		const made: Anchor = { request, uri, mode, port: undefined, refused: undefined, born: number, released: false, waiting: [] };
		list.push(made);
		while (list.length > MOST_EACH) release(list.shift()!);
		this.#ports.open(
			request,
			(result) => this.#answered(made, result),
			() => {
				made.released = true;
				remove(list, made);
			},
		);
		return made;
	}

	/** The sender announces its certificate; answers what was wrong with those shown before. */
	announce(sip: SipMessage, index: number, fingerprints: readonly string[]): string[] {
		return this.#call(sip).certificates.announce(senderTag(sip), index, fingerprints);
	}

	/** One end of the media description is a client of our own relay: nothing is opened for it. */
	relay(sip: SipMessage, index: number): void {
		this.#call(sip).relayed.add(index);
	}

	relayed(sip: SipMessage, index: number): boolean {
		return this.#calls.get(callId(sip))?.relayed.has(index) === true;
	}

	/** The media description was refused or taken away: its listeners go. */
	removed(sip: SipMessage, index: number): void {
		const call = this.#calls.get(callId(sip));
		const list = call?.anchors.get(`${senderTag(sip)} ${index}`);
		for (const anchor of list?.splice(0) ?? []) release(anchor);
	}

	/** What a message does to the listeners of its call, after its own description was seen to. */
	progress(sip: SipMessage): void {
		const call = this.#calls.get(callId(sip));
		if (call === undefined || sip.kind !== "response" || sip.status < 200) return;
		const gone = sip.status === 481 || sip.status === 408;
		if (sip.method === "BYE" || (gone && call.established)) this.#end(sip, call);
		else if (sip.method === "INVITE" || sip.method === "UPDATE") {
			if (sip.status < 300) accepted(call, sip);
			else if (sip.status !== 401 && sip.status !== 407) this.#refused(call, sip);
		}
	}

	#end(sip: SipMessage, call: Call): void {
		this.#calls.delete(callId(sip));
		releaseAll(call);
	}

	/** What the offer brought goes; what was agreed upon before stays. */
	#refused(call: Call, sip: SipMessage): void {
		const number = cseq(sip)?.number;
		for (const list of call.anchors.values()) {
			for (const anchor of list.filter(({ born }) => born === number)) {
				release(anchor);
				remove(list, anchor);
			}
		}
		if (!call.established) this.#end(sip, call);
	}

	#call(sip: SipMessage): Call {
		const id = callId(sip);
		let call = this.#calls.get(id);
		if (call === undefined) {
			call = {
				anchors: new Map(),
				certificates: new CallCertificates(),
				relayed: new Set(),
				established: false,
				caller: tag(sip, "from") ?? "",
			};
			this.#calls.set(id, call);
		}
		return call;
	}

	#answered(anchor: Anchor, result: AnchorPort | { refused: string }): void {
		if ("refused" in result) anchor.refused = result.refused;
		else if (anchor.released) result.close();
		else anchor.port = result;
		for (const tell of anchor.waiting.splice(0)) tell();
	}
}

/** An offer was accepted: of each end the latest listeners are those agreed upon; other branches of a forked call have lost. */
function accepted(call: Call, sip: SipMessage): void {
	const winner = tag(sip, "to") ?? "";
	const first = !call.established && sip.method === "INVITE";
	if (first) call.established = true;
	for (const [key, list] of call.anchors) {
		const end = key.slice(0, key.indexOf(" "));
		if (first && end !== call.caller && end !== winner) {
			for (const anchor of list.splice(0)) release(anchor);
		} else for (const anchor of list.splice(0, list.length - 1)) release(anchor);
	}
}

function sameListener(a: AnchorRequest, b: AnchorRequest): boolean {
	return a.host === b.host && (a.target === undefined) === (b.target === undefined);
}

function callId(sip: SipMessage): string {
	return sip.get("call-id") ?? "";
}

function senderTag(sip: SipMessage): string {
	return tag(sip, sip.kind === "request" ? "from" : "to") ?? "";
}

function releaseAll(call: Call): void {
	for (const list of call.anchors.values()) for (const anchor of list.splice(0)) release(anchor);
}

function release(anchor: Anchor): void {
	anchor.released = true;
	anchor.port?.close();
}

function remove(list: Anchor[], anchor: Anchor): void {
	const at = list.indexOf(anchor);
	if (at >= 0) list.splice(at, 1);
}
