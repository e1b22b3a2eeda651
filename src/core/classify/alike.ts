import type { PlainHead } from "../model/entry.js";
import type { CpimAddress } from "../protocols/cpim/types.js";
import { RecentMap } from "../session/bounded.js";
import { owned } from "../session/text.js";
import type { Verdict } from "./classifier.js";
import type { Subject } from "./classify.js";
import type { Truth } from "./divergence.js";

/** Verdicts that one session keeps for messages alike; the one used last is found first. */
const KEPT = 32;

/** What tells messages apart, in strings of its own: the message itself may be large. */
interface Known {
	toClient: boolean | undefined;
	method: string;
	body: boolean;
	contentType: string | undefined;
	disposition: string | undefined;
	payload: string | undefined;
	wrapped: boolean;
	innerType: string | undefined;
	innerDisposition: string | undefined;
	at: string;
	from: Line | undefined;
	to: Line | undefined;
	judged: Judged;
}

/** A verdict, and what else was found out about the message on the way to it. */
export interface Judged {
	verdict: Verdict;
	/** From has a URI that can be looked at */
	namesSender: boolean;
}

/** Messages that differ in nothing but their text. */
export interface Plain {
	toClient: boolean | undefined;
	/** address lines */
	from: string;
	to: string;
	/** both, as `CopyKeys` has them */
	pair: string;
	/** what is known of that pair, and when it was asked for */
	copied: CopyPair | undefined;
	asked: number;
	/** undefined while only copies were seen */
	judged: Judged | undefined;
	/** of copies of messages whose sender's leg was seen: by what that leg tells */
	copies: Map<Truth["audience"], Verdict> | undefined;
}

interface Line {
	start: number;
	mark: number;
	name: string;
	raw: string;
}

/**
 * Messages with the same addresses, direction and kind of content have the same verdict while the knowledge of their call
 * stays the same. Compared member by member: to make a key of them costs more than the few comparisons that a chat needs.
 */
export class AlikeVerdicts {
	readonly #known: Known[] = [];

	/** for heads that are known without decoding */
	readonly #plain: Plain[] = [];
	/** messages without content */
	readonly #bare: { toClient: boolean | undefined; method: string; judged: Judged }[] = [];

	/** `version` of the call's knowledge */
	constructor(readonly version: number) {}

	findPlain(head: PlainHead, toClient: boolean | undefined): Plain | undefined {
		const plain = this.#plain;
		const { from, to } = head;
		for (let i = 0; i < plain.length; i++) {
			const one = plain[i]!;
			if (one.toClient !== toClient || one.to !== to || one.from !== from) continue;
			if (i > 0) {
				plain[i] = plain[i - 1]!;
				plain[i - 1] = one;
			}
			return one;
		}
		return undefined;
	}

	/** Only of text/plain in a SEND of one chunk, so that nothing but direction and address lines tells messages apart. */
	keepPlain(head: PlainHead, toClient: boolean | undefined, judged: Judged): void {
		this.#placeOf(head, toClient).judged = judged;
	}

	/** The same of a copy that travels to a client. */
	keepCopy(head: PlainHead, audience: Truth["audience"], verdict: Verdict): void {
		const place = this.#placeOf(head, true);
		place.copies ??= new Map();
		place.copies.set(audience, verdict);
	}

	#placeOf(head: PlainHead, toClient: boolean | undefined): Plain {
		const known = this.findPlain(head, toClient);
		if (known !== undefined) return known;
		if (this.#plain.length === KEPT) this.#plain.pop();
		const from = owned(head.from);
		const to = owned(head.to);
		const place: Plain = { toClient, from, to, pair: from + to, copied: undefined, asked: -1, judged: undefined, copies: undefined };
		this.#plain.push(place);
		return place;
	}

	findBare(method: string, toClient: boolean | undefined): Judged | undefined {
		for (const one of this.#bare) if (one.toClient === toClient && one.method === method) return one.judged;
		return undefined;
	}

	/** Only of a message without content. */
	keepBare(method: string, toClient: boolean | undefined, judged: Judged): void {
		if (this.#bare.length < KEPT) this.#bare.push({ toClient, method: owned(method), judged });
	}

	find(subject: Subject): Judged | undefined {
		const known = this.#known;
		const at = rulesPointAt(subject);
		const from = subject.cpim?.from[0];
		const to = subject.cpim?.to[0];
		for (let i = 0; i < known.length; i++) {
			const one = known[i]!;
			if (!sameKind(one, at, subject) || !sameLine(one.from, from) || !sameLine(one.to, to)) continue;
			if (i > 0) {
				known[i] = known[i - 1]!;
				known[i - 1] = one;
			}
			return one.judged;
		}
		return undefined;
	}

	keep(subject: Subject, judged: Judged): void {
		if (this.#known.length === KEPT) this.#known.pop();
		const { toClient, method, body, contentType, disposition, payload, cpim } = subject;
		this.#known.push({
			toClient,
			method: owned(method),
			body,
			contentType: ownedOr(contentType),
			disposition: ownedOr(disposition),
			payload: payload?.kind,
			wrapped: cpim !== undefined,
			innerType: ownedOr(cpim?.contentType),
			innerDisposition: ownedOr(cpim?.contentDisposition),
			at: rulesPointAt(subject),
			from: lineOf(cpim?.from[0]),
			to: lineOf(cpim?.to[0]),
			judged,
		});
	}
}

/** Are direction and address lines all that a verdict on such a message can depend on? */
export function isPlainText(head: PlainHead): boolean {
	return head.type === "text/plain";
}

/** Can the verdict be that of another message? Several addresses, copies, and whatever has findings are judged one by one. */
export function mayBeAlike({ cpim, state, contentType }: Subject): boolean {
	if (state !== "complete") return false;
	if (cpim === undefined) return contentType === undefined || !/^\s*message\/cpim\b/i.test(contentType);
	// The From of a nested message is told.
	if (cpim.contentType === "message/cpim") return false;
	return cpim.cc.length === 0 && cpim.from.length === 1 && cpim.to.length === 1 && cpim.problems.length === 0;
}

/** Where the part's headers are, when rules about the content point at them; "" for plain text. */
function rulesPointAt({ cpim, payload }: Subject): string {
	if (cpim === undefined || (cpim.contentDisposition === undefined && payload?.kind === "text")) return "";
	let at = "";
	for (const { start, end } of cpim.mime) at += `${start}-${end} `;
	return at;
}

function sameKind(known: Known, at: string, { toClient, payload, method, body, contentType, disposition, cpim }: Subject): boolean {
	return (
		known.toClient === toClient &&
		known.payload === payload?.kind &&
		known.method === method &&
		known.body === body &&
		known.contentType === contentType &&
		known.disposition === disposition &&
		known.wrapped === (cpim !== undefined) &&
		known.innerType === cpim?.contentType &&
		known.innerDisposition === cpim?.contentDisposition &&
		known.at === at
	);
}

function sameLine(known: Line | undefined, address: CpimAddress | undefined): boolean {
	if (known === undefined || address === undefined) return known === undefined && address === undefined;
	const { start, raw, name } = address.header;
	return known.start === start && known.mark === markOf(raw) && known.raw === raw && known.name === name;
}

/** Length and four letters: cheaper than to compare parts of larger strings, and it tells most lines apart. */
function markOf(raw: string): number {
	const { length } = raw;
	if (length < 16) return length;
	const middle = length >> 1;
	return (
		length ^ (raw.charCodeAt(middle - 5) << 8) ^ (raw.charCodeAt(middle - 2) << 14) ^ (raw.charCodeAt(middle + 1) << 20) ^ raw.charCodeAt(9)
	);
}

function lineOf(address: CpimAddress | undefined): Line | undefined {
	if (address === undefined) return undefined;
	const { start, name, raw } = address.header;
	return { start, mark: markOf(raw), name: owned(name), raw: owned(raw) };
}

function ownedOr(text: string | undefined): string | undefined {
	return text === undefined ? undefined : owned(text);
}

/** Address lines of which it is remembered that they are the same. */
const PAIRS = 65_536;

/** Address lines that are the same, on whatever leg. */
interface CopyPair {
	number: number;
	/** a message with them was seen on its sender's leg */
	sent: boolean;
}

/**
 * What a message and its copies on other legs have in common. Two messages of the same second, sender, addressees and length
 * are taken for one: the truth about them is the same. Address lines come again and again, so a number stands for them.
 */
export class CopyKeys {
	readonly #pairs = new RecentMap<string, CopyPair>(PAIRS);
	#last = 0;

	/** `sent`: this is the message itself, not its copy, for which there is a key only if such a message was seen. */
	of({ cpim, state }: Subject, sent: boolean): string | undefined {
		if (cpim?.dateTime === undefined || state !== "complete") return undefined;
		let pair = cpim.from[0]?.header.raw ?? "";
		for (const { header } of cpim.to) pair += header.raw;
		return keyOf(cpim.contentEnd, cpim.dateTime, this.#pairOf(pair, sent));
	}

	/** The same of a head that is known without decoding. */
	ofPlain({ end, dateTime }: PlainHead, plain: Plain, sent: boolean): string | undefined {
		if (dateTime === undefined) return undefined;
		if (plain.copied === undefined || plain.asked !== this.#pairs.turns || (sent && !plain.copied.sent)) {
			plain.copied = this.#pairOf(plain.pair, sent);
			plain.asked = this.#pairs.turns;
		}
		return keyOf(end, dateTime, plain.copied);
	}

	#pairOf(lines: string, sent: boolean): CopyPair {
		let pair = this.#pairs.get(lines);
		if (pair === undefined) {
			pair = { number: ++this.#last, sent };
			this.#pairs.set(owned(lines), pair);
		} else if (sent) pair.sent = true;
		return pair;
	}
}

function keyOf(end: number, dateTime: string, { number, sent }: CopyPair): string | undefined {
	return sent ? `${end} ${dateTime} ${number}` : undefined;
}
