import type { PlainHead } from "../model/entry.js";
import type { CpimAddress } from "../protocols/cpim/types.js";
import { owned } from "../session/text.js";
import type { Verdict } from "./classifier.js";
import type { Subject } from "./classify.js";

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

	/** by direction and address lines, for heads that are known without decoding */
	readonly #plain = new Map<string, Judged>();

	/** `version` of the call's knowledge */
	constructor(readonly version: number) {}

	findPlain(head: PlainHead, toClient: boolean | undefined): Judged | undefined {
		return this.#plain.get(plainKey(head, toClient));
	}

	/** Only of text/plain in a SEND of one chunk, so that nothing but direction and address lines tells messages apart. */
	keepPlain(head: PlainHead, toClient: boolean | undefined, judged: Judged): void {
		if (this.#plain.size === KEPT) this.#plain.clear();
		this.#plain.set(owned(plainKey(head, toClient)), judged);
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

function plainKey({ from, to }: PlainHead, toClient: boolean | undefined): string {
	return `${toClient} ${from}\n${to}`;
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

/**
 * What a message and its copies on other legs have in common. Two messages of the same second, sender, addressees and length
 * are taken for one: the truth about them is the same.
 */
export function copyKeyOf({ cpim, state }: Subject): string | undefined {
	if (cpim?.dateTime === undefined || state !== "complete") return undefined;
	let to = "";
	for (const { header } of cpim.to) to += header.raw;
	return copyKey(cpim.contentEnd, cpim.dateTime, cpim.from[0]?.header.raw, to);
}

/** The same of a head that is known without decoding. */
export function copyKeyOfPlain({ end, dateTime, from, to }: PlainHead): string | undefined {
	return dateTime === undefined ? undefined : copyKey(end, dateTime, from, to);
}

function copyKey(end: number, dateTime: string, from: string | undefined, to: string): string {
	return `${end} ${dateTime} ${from}${to}`;
}
