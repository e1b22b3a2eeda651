import type { SipEntry } from "../../model/entry.js";
import type { Flow } from "../../model/flow.js";
import { contacts } from "../../protocols/sip/index.js";
import type { NameAddr } from "../../protocols/uri/types.js";
import type { IdentityFact } from "../types.js";

/** The two ends of a dialog on one hop: 0 sent the INVITE, 1 answered it. */
export type End = 0 | 1;

/** What one hop of a call shows of both ends. A box in the path makes two hops with different Contacts. */
export interface Hop {
	/** as `hopKey` has it */
	key: string;
	/** Via rows of the INVITE here: the fewer, the nearer to who called */
	vias: number;
	/** Contacts of each end, latest first */
	contacts: [IdentityFact[], IdentityFact[]];
	/** the header parameter isfocus stood in a Contact of that end */
	focus: [boolean, boolean];
	/** rightmost a=path URIs of each end */
	paths: [string[], string[]];
	chatroom: [boolean, boolean];
}

/** Contacts that are kept for one end: the one in force and those of messages in flight. */
const KEPT = 4;

/**
 * Tells hops apart: two hosts are one hop, whichever of them opened the connection. On one host, where everything has the
 * same address, each connection counts as a hop of its own.
 */
export function hopKey({ id, a, b, leg }: Flow): string {
	if (a.address === b.address) return `${id}`;
	return `${leg ?? ""} ${a.address < b.address ? `${a.address} ${b.address}` : `${b.address} ${a.address}`}`;
}

export function newHop(key: string, vias: number): Hop {
	return { key, vias, contacts: [[], []], focus: [false, false], paths: [[], []], chatroom: [false, false] };
}

/** Learns from one message of the dialog that `end` sent on this hop. Answers whether anything is new. */
export function learnFromMessage(hop: Hop, end: End, entry: SipEntry, isTargetRefresh: boolean): boolean {
	let news = false;
	const contact = isTargetRefresh || entry.sip.method === "OPTIONS" ? contacts(entry.sip)[0] : undefined;
	if (contact !== undefined && isTargetRefresh) news = learnContact(hop, end, contact, entry.number);
	else if (contact !== undefined && !hop.focus[end] && isFocusParam(contact)) {
		// OPTIONS tells what the other end is, but its Contact is no target (RFC 3261 §11.2).
		hop.focus[end] = true;
		news = true;
	}
	for (const media of entry.sdp?.media ?? []) {
		if (media.msrp === undefined) continue;
		const last = media.msrp.path.at(-1);
		if (last !== undefined && !hop.paths[end].includes(last)) {
			hop.paths[end].unshift(last);
			hop.paths[end].length = Math.min(hop.paths[end].length, KEPT);
			news = true;
		}
		if (media.msrp.chatroom !== undefined && !hop.chatroom[end]) {
			hop.chatroom[end] = true;
			news = true;
		}
	}
	return news;
}

function learnContact(hop: Hop, end: End, contact: NameAddr, entry: number): boolean {
	const known = hop.contacts[end];
	let news = false;
	if (known[0]?.uri.text !== contact.uri.text) {
		// Knowledge that was handed out stays as it was.
		const before = known.map((fact): IdentityFact => ({ ...fact, superseded: true }));
		known.splice(0, known.length, { uri: contact.uri, provenance: "contact", entry, confidence: "high" }, ...before.slice(0, KEPT - 1));
		news = true;
	}
	if (!hop.focus[end] && isFocusParam(contact)) {
		hop.focus[end] = true;
		// What came before was no room's: a one-to-one session has become a conference.
		known.length = 1;
		news = true;
	}
	return news;
}

/** The media feature tag of RFC 3840 §9: bare means yes; `!TRUE` or FALSE anywhere in a quoted list means no. */
export function isFocusParam(contact: NameAddr): boolean {
	const param = contact.params.find((item) => item.name.toLowerCase() === "isfocus");
	if (param === undefined) return false;
	return param.value === undefined || !/!\s*true|false/i.test(param.value);
}
