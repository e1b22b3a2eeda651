import { escapeTerminal } from "../../../core/export/escape.js";
import { severityMark } from "../../../core/export/severity.js";
import { addressName, addressUri, shortName } from "../../../core/fields/addresses.js";
import { NOT_SPOKEN } from "../../../core/fields/im.js";
import type { Entry } from "../../../core/model/entry.js";
import type { Severity } from "../../../core/model/problem.js";
import type { Row } from "./row.js";

const NAMES = 8;
const NAME = 40;

/** One line of the session list. Texts are safe for terminals. */
export interface Session {
	readonly id: string;
	/** "group chat", "one-to-one", "call", "registration" … */
	kind: string;
	readonly names: Set<string>;
	moreNames: boolean;
	readonly began: { sec: number; nsec: number };
	last: { sec: number; nsec: number };
	sip: number;
	msrp: number;
	/** messages that a person or the room wrote */
	messages: number;
	errors: number;
	warnings: number;
	worst: { id: string; severity: Severity } | undefined;
	/** messages that kinds of client show differently */
	divergent: number;
	divergence: Severity | undefined;
	codes: Set<string>;
	edited: number;
	/** entry numbers, ascending, those that are kept only */
	numbers: number[];
	/** of `numbers`: what is before is gone */
	from: number;
}

const BY_METHOD: Readonly<Record<string, string>> = {
	REGISTER: "registration",
	SUBSCRIBE: "subscription",
	NOTIFY: "subscription",
	PUBLISH: "publication",
	MESSAGE: "page mode",
	OPTIONS: "options",
};

export const RANK: Readonly<Record<Severity, number>> = { chat: 0, note: 1, warn: 2, error: 3 };

export function newSession(id: string, row: Row): Session {
	const { sec, nsec } = row;
	return {
		id,
		kind: "",
		names: new Set(),
		moreNames: false,
		began: { sec, nsec },
		last: { sec, nsec },
		sip: 0,
		msrp: 0,
		messages: 0,
		errors: 0,
		warnings: 0,
		worst: undefined,
		divergent: 0,
		divergence: undefined,
		codes: new Set(),
		edited: 0,
		numbers: [],
		from: 0,
	};
}

/** Counts an entry in; `row` is about it. */
export function learn(session: Session, entry: Entry, row: Row): void {
	session.numbers.push(row.number);
	session.last = { sec: row.sec, nsec: row.nsec };
	if (entry.protocol === "sip") session.sip++;
	else if (entry.protocol === "msrp") session.msrp++;
	if (row.edited !== "") session.edited++;
	countProblem(session, row.problem);
	nameKind(session, entry);
	learnNames(session, entry);
	const { verdict } = entry;
	if (
		verdict === undefined ||
		row.open ||
		NOT_SPOKEN.has(verdict.headline) ||
		verdict.headline === "imdn" ||
		verdict.headline === "composing"
	)
		return;
	session.messages++;
	if (row.divergence === undefined) return;
	for (const { code } of verdict.divergences) session.codes.add(code);
	if (row.divergence !== "note") session.divergent++;
	if (session.divergence === undefined || RANK[row.divergence] > RANK[session.divergence]) session.divergence = row.divergence;
}

export function countProblem(session: Session, problem: Row["problem"]): void {
	if (problem === undefined) return;
	if (problem.severity === "error") session.errors++;
	else session.warnings++;
	if (session.worst === undefined || RANK[problem.severity] > RANK[session.worst.severity]) session.worst = problem;
}

/** What the session is, as soon and as well as it is known. */
function nameKind(session: Session, entry: Entry): void {
	const known = entry.verdict?.knowledge.kind;
	if (known !== undefined) session.kind = known === "conference" ? "group chat" : "one-to-one";
	if (session.kind === "group chat" || session.kind === "one-to-one") return;
	if (entry.protocol === "sip") {
		const { method } = entry.sip;
		if (entry.sdp?.media.some(({ msrp }) => msrp !== undefined) === true) session.kind = "chat";
		else if (session.kind === "" || (session.kind === "options" && method === "INVITE"))
			session.kind = BY_METHOD[method] ?? (method === "INVITE" ? "call" : "SIP");
	} else if (session.kind === "") session.kind = entry.protocol === "msrp" ? "MSRP" : entry.protocol;
}

function learnNames(session: Session, entry: Entry): void {
	if (session.moreNames) return;
	if (entry.protocol === "sip" && session.names.size < 2) {
		for (const key of ["from", "to"]) {
			const value = entry.sip.get(key);
			if (value !== undefined) addName(session, shortName(addressName(value), addressUri(value)));
		}
	}
	// The names that people chose stand in CPIM; decoding it is done for the verdict anyway.
	if (entry.protocol === "msrp" && entry.verdict !== undefined && entry.verdict.models.length > 0) {
		for (const { displayName, uriText } of entry.cpim?.from ?? []) addName(session, shortName(displayName, uriText));
	}
}

function addName(session: Session, name: string): void {
	const safe = escapeTerminal(name.length > NAME ? `${name.slice(0, NAME)}…` : name);
	if (session.names.has(safe)) return;
	if (session.names.size >= NAMES) session.moreNames = true;
	else session.names.add(safe);
}

/** "alice, bob, sip:room" */
export function namesOf(session: Session): string {
	const names = [...session.names].join(", ");
	return session.moreNames ? `${names}, …` : names;
}

/** "✗ sip.bad-start-line" */
export function worstOf({ worst }: Session): string {
	return worst === undefined ? "" : `${severityMark(worst.severity)} ${worst.id}`;
}
