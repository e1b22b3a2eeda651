import type { Verdict } from "../classify/classifier.js";
import { type Classification, type ClassifyOptions, classify, type Subject } from "../classify/classify.js";
import { addressFocus } from "../classify/isfocus.js";
import type { ClientModel, Headline, IdentityFact, LegKnowledge } from "../classify/types.js";
import { parseCpim } from "../protocols/cpim/index.js";
import type { CpimAddress, CpimMessage } from "../protocols/cpim/types.js";
import { parseUri, unescapeOnce } from "../protocols/uri/index.js";
import { type Part, say, uri } from "./types.js";
import { isMessage } from "./words.js";

/** One change, and what the classification says once it is made. */
export interface Outcome {
	/** "With `;isfocus` inside the brackets of From" */
	change: Part[];
	before: Shown;
	after: Shown;
}

/** What the clients that matter show. */
export interface Shown {
	reference: Headline;
	legacy: Headline | undefined;
	isfocus: Headline | undefined;
	/** which of them take it for the room's own */
	system: Readonly<Record<"legacy" | "isfocus" | "reference", boolean>>;
}

interface Replacement {
	address: CpimAddress;
	text: string;
}

interface Edit {
	change: Part[];
	/** new URIs of addresses */
	replace?: Replacement[];
	/** new knowledge */
	knowledge?: LegKnowledge;
}

const MOST = 8;

/**
 * What would change the verdict: the message with other addresses, or a client that knows something else, classified again.
 * Only changes that do change what some client shows are given.
 */
export function whatIf(octets: Buffer, subject: Subject, verdict: Verdict, options: ClassifyOptions): Outcome[] {
	const { cpim } = subject;
	if (cpim === undefined) return [];
	const before = shown(classify(subject, verdict.knowledge, options));
	const rendered = isMessage(verdict.headline);
	const seen = new Set<string>();
	const found: Outcome[] = [];
	for (const edit of edits(cpim, verdict)) {
		const changed = edit.replace === undefined ? cpim : rewritten(octets, edit.replace);
		const after = shown(classify({ ...subject, cpim: changed }, edit.knowledge ?? verdict.knowledge, options));
		if (same(before, after, rendered)) continue;
		// Of changes that only make it another's, the smallest is enough.
		if (!rendered && found.some((one) => same(one.after, after, false))) continue;
		const key = JSON.stringify(edit.replace?.map(({ address, text }) => [address.uriStart, text]) ?? [edit.change]);
		if (seen.has(key)) continue;
		seen.add(key);
		found.push({ change: edit.change, before, after });
		if (found.length === MOST) break;
	}
	return found;
}

function edits(cpim: CpimMessage, verdict: Verdict): Edit[] {
	const from = cpim.from[0];
	const to = cpim.to[0];
	const all: Edit[] = [];
	const adds: Replacement[] = [];
	const removes: Replacement[] = [];
	for (const [name, address] of [
		["From", from],
		["To", to],
	] as const) {
		if (address === undefined || address.uriText === "") continue;
		if (addressFocus(address).is === "no") {
			const replacement = { address, text: withFocus(address.uriText) };
			adds.push(replacement);
			all.push({ change: say`with ${MARK} inside the brackets of ${name}`, replace: [replacement] });
		}
		const without = withoutFocus(address.uriText);
		if (without !== address.uriText) {
			const replacement = { address, text: without };
			removes.push(replacement);
			all.push({ change: say`without ${MARK} in ${name}`, replace: [replacement] });
		}
	}
	if (adds.length === 2) all.push({ change: say`with ${MARK} inside the brackets of From and of To`, replace: adds });
	if (removes.length === 2) all.push({ change: say`without ${MARK} in From and To`, replace: removes });
	all.push(...otherParties(from, to, verdict), ...otherKnowledge(from, to, verdict));
	return all;
}

const MARK: Part = { wire: ";isfocus" };

/** The room's address, or the user's own, in the place of To. */
function otherParties(from: CpimAddress | undefined, to: CpimAddress | undefined, verdict: Verdict): Edit[] {
	const { knowledge } = verdict;
	const all: Edit[] = [];
	const room = [...knowledge.contact, ...knowledge.dialled, ...knowledge.session][0];
	const own = knowledge.own[0];
	for (const [name, address, fact, who] of [
		["From", stranger(verdict) ? from : undefined, room, "the room's identity"],
		["To", to, room, "the room's identity"],
		["To", verdict.origin === "self" ? undefined : to, own, "the user's own address"],
	] as const) {
		if (address === undefined || fact === undefined || address.uriText === fact.uri.text) continue;
		all.push({ change: say`with ${who} ${uri(fact.uri.text)} in ${name}`, replace: [{ address, text: fact.uri.text }] });
	}
	return all;
}

/** A client that knows the address as the room's, or that knows it is in a conference. */
function otherKnowledge(from: CpimAddress | undefined, to: CpimAddress | undefined, verdict: Verdict): Edit[] {
	const { knowledge } = verdict;
	const all: Edit[] = [];
	if (knowledge.kind !== "conference") {
		all.push({
			change: say`if the session were known to be a conference (${"kind: conference in a --knowledge file"})`,
			knowledge: { ...knowledge, kind: "conference" },
		});
	}
	for (const address of [to, stranger(verdict) ? from : undefined]) {
		if (address === undefined || address.uriText === "") continue;
		const fact: IdentityFact = { uri: parseUri(address.uriText), provenance: "configuration", entry: 0, confidence: "high" };
		all.push({
			change: say`if this client knew ${uri(address.uriText)} as the room's identity (--session-identity)`,
			knowledge: { ...knowledge, kind: "conference", contact: [fact, ...knowledge.contact] },
		});
		if (address.uriText === from?.uriText) break;
	}
	return all;
}

/** Nobody known is in From, so it may be the room under another address. */
function stranger({ flags, origin }: Verdict): boolean {
	return flags.includes("unlisted") || origin === "unknown";
}

function shown(result: Classification): Shown {
	const view = (model: ClientModel): Headline | undefined => result.models.find((one) => one.model === model)?.headline;
	const owns = (model: ClientModel): boolean => result.models.find((one) => one.model === model)?.origin === "system";
	const system = { legacy: owns("legacy"), isfocus: owns("isfocus"), reference: owns("reference") };
	return { reference: result.headline, legacy: view("legacy"), isfocus: view("isfocus"), system };
}

function same(a: Shown, b: Shown, rendered: boolean): boolean {
	if (!rendered) return a.reference === b.reference && JSON.stringify(a.system) === JSON.stringify(b.system);
	return a.reference === b.reference && a.legacy === b.legacy && a.isfocus === b.isfocus;
}

/** The CPIM content with other URIs, read again by the real parser. */
function rewritten(octets: Buffer, replace: readonly Replacement[]): CpimMessage {
	const pieces: Buffer[] = [];
	let at = 0;
	for (const { address, text } of [...replace].sort((a, b) => a.address.uriStart - b.address.uriStart)) {
		// A backslash begins an escape in CPIM (RFC 3862 §2.3).
		pieces.push(octets.subarray(at, address.uriStart), Buffer.from(text.replaceAll("\\", "\\\\"), "utf8"));
		at = address.uriEnd;
	}
	pieces.push(octets.subarray(at));
	const whole = Buffer.concat(pieces);
	return parseCpim(whole, 0, whole.length, true);
}

/** Where the parameters of a SIP URI may begin: ";" and "?" may also stand in the user part (RFC 3261 §25). */
function afterUser(text: string): number {
	return text.lastIndexOf("@") + 1;
}

function withFocus(text: string): string {
	const headers = text.indexOf("?", afterUser(text));
	return headers < 0 ? `${text};isfocus` : `${text.slice(0, headers)};isfocus${text.slice(headers)}`;
}

function withoutFocus(text: string): string {
	const from = afterUser(text);
	const headers = text.indexOf("?", from);
	const end = headers < 0 ? text.length : headers;
	const kept = text
		.slice(from, end)
		.split(";")
		.filter((param, index) => index === 0 || unescapeOnce(param.split("=")[0]!).toLowerCase() !== "isfocus");
	return text.slice(0, from) + kept.join(";") + text.slice(end);
}
