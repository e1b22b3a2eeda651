import { addressName, addressUri, hostPort, shortName } from "../fields/addresses.js";
import { DIAGNOSTICS } from "../model/diagnostics/index.js";
import type { Entry } from "../model/entry.js";
import type { DiagnosticId, Problem } from "../model/problem.js";
import { escapeTerminal } from "./escape.js";

export interface SessionStats {
	id: string;
	began: { sec: number; nsec: number };
	last: { sec: number; nsec: number };
	/** what began it: "INVITE alice → bob", "MSRP 192.0.2.1:2855 → 192.0.2.2:40000"; escaped for terminals */
	title: string;
	sip: number;
	msrp: number;
	errors: number;
	warnings: number;
}

export interface StatsResult {
	entries: number;
	sip: number;
	msrp: number;
	/** octets of all entries */
	octets: number;
	first: { sec: number; nsec: number } | undefined;
	last: { sec: number; nsec: number } | undefined;
	/** most frequent first; names from the wire are escaped for terminals */
	sipRequests: [method: string, count: number][];
	sipResponses: [status: string, count: number][];
	msrpRequests: [method: string, count: number][];
	msrpResponses: [status: string, count: number][];
	content: [kind: string, count: number][];
	events: [protocol: string, count: number][];
	sessions: SessionStats[];
	/** there were more sessions than are listed */
	moreSessions: boolean;
	problems: [id: DiagnosticId, count: number][];
	errors: number;
	warnings: number;
	/** of messages that were classified */
	classes: [headline: string, count: number][];
	divergences: [code: string, count: number][];
	/** messages that kinds of client show differently, differences of spelling alone not counted */
	divergent: number;
}

const NAMES = 200;
const SESSIONS = 10_000;

/** Counts what an analysis saw. Memory does not depend on the number of entries. */
export class Stats {
	readonly #sipRequests = new Counter();
	readonly #sipResponses = new Counter();
	readonly #msrpRequests = new Counter();
	readonly #msrpResponses = new Counter();
	readonly #content = new Counter();
	readonly #events = new Counter();
	readonly #classes = new Counter();
	readonly #divergences = new Counter();
	readonly #sessions = new Map<string, SessionStats>();
	readonly #problems = new Map<DiagnosticId, number>();
	#moreSessions = false;
	#entries = 0;
	#sip = 0;
	#msrp = 0;
	#octets = 0;
	#first: { sec: number; nsec: number } | undefined;
	#last: { sec: number; nsec: number } | undefined;
	errors = 0;
	warnings = 0;
	divergent = 0;

	get entries(): number {
		return this.#entries;
	}

	entry(entry: Entry): void {
		this.#entries++;
		this.#octets += entry.length;
		this.#first ??= { sec: entry.began.sec, nsec: entry.began.nsec };
		if (this.#last === undefined) this.#last = { sec: entry.at.sec, nsec: entry.at.nsec };
		else {
			this.#last.sec = entry.at.sec;
			this.#last.nsec = entry.at.nsec;
		}
		if (entry.protocol === "sip") {
			this.#sip++;
			if (entry.sip.kind === "request") this.#sipRequests.add(entry.sip.method);
			else this.#sipResponses.add(String(entry.sip.status));
			if (entry.payload) this.#content.add(entry.payload.kind);
		} else if (entry.protocol === "msrp") {
			this.#msrp++;
			if (entry.msrp.kind === "request") this.#msrpRequests.add(entry.msrp.method);
			else this.#msrpResponses.add(String(entry.msrp.status));
			// The type inside is known without decoding; text is what nearly all messages are.
			const kind = entry.innerType?.startsWith("text/") ? "text" : entry.payload?.kind;
			if (kind !== undefined) this.#content.add(kind);
		} else this.#events.add(entry.protocol);
		if (entry.verdict !== undefined) {
			this.#classes.add(entry.verdict.headline);
			const { divergences } = entry.verdict;
			for (const { code } of divergences) this.#divergences.add(code);
			if (divergences.some(({ severity }) => severity !== "note")) this.divergent++;
		}
		const session = entry.links.session === undefined ? undefined : this.#session(entry.links.session, entry);
		for (const problem of entry.problems) this.#count(problem, session);
	}

	/** A finding that belongs to no entry, or that came after its entry. */
	problem(problem: Problem): void {
		this.#count(problem, undefined);
	}

	result(): StatsResult {
		return {
			entries: this.#entries,
			sip: this.#sip,
			msrp: this.#msrp,
			octets: this.#octets,
			first: this.#first,
			last: this.#last,
			sipRequests: this.#sipRequests.sorted(),
			sipResponses: this.#sipResponses.sorted(),
			msrpRequests: this.#msrpRequests.sorted(),
			msrpResponses: this.#msrpResponses.sorted(),
			content: this.#content.sorted(),
			events: this.#events.sorted(),
			sessions: [...this.#sessions.values()],
			moreSessions: this.#moreSessions,
			problems: descending([...this.#problems]),
			errors: this.errors,
			warnings: this.warnings,
			classes: this.#classes.sorted(),
			divergences: this.#divergences.sorted(),
			divergent: this.divergent,
		};
	}

	#session(id: string, entry: Entry): SessionStats | undefined {
		let session = this.#sessions.get(id);
		if (!session) {
			if (this.#sessions.size >= SESSIONS) {
				this.#moreSessions = true;
				return undefined;
			}
			const began = { sec: entry.began.sec, nsec: entry.began.nsec };
			session = { id, began, last: { ...began }, title: sessionTitle(entry), sip: 0, msrp: 0, errors: 0, warnings: 0 };
			this.#sessions.set(id, session);
		}
		session.last.sec = entry.at.sec;
		session.last.nsec = entry.at.nsec;
		if (entry.protocol === "sip") session.sip++;
		else if (entry.protocol === "msrp") session.msrp++;
		return session;
	}

	#count(problem: Problem, session: SessionStats | undefined): void {
		this.#problems.set(problem.id, (this.#problems.get(problem.id) ?? 0) + 1);
		const { severity } = DIAGNOSTICS[problem.id];
		if (severity === "error") {
			this.errors++;
			if (session) session.errors++;
		} else if (severity === "warn") {
			this.warnings++;
			if (session) session.warnings++;
		}
	}
}

/** Counts by name; hostile input may invent names, so only the first 200 are told apart. */
class Counter {
	readonly #counts = new Map<string, number>();

	add(name: string): void {
		const before = this.#counts.get(name);
		if (before !== undefined) this.#counts.set(name, before + 1);
		else if (this.#counts.size < NAMES) this.#counts.set(name, 1);
		else this.#counts.set("(others)", (this.#counts.get("(others)") ?? 0) + 1);
	}

	sorted(): [string, number][] {
		return descending([...this.#counts].map(([name, times]) => [escapeTerminal(name), times]));
	}
}

function descending<K extends string>(counts: [K, number][]): [K, number][] {
	return counts.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** "INVITE alice → bob", "MSRP 192.0.2.1:2855 → 192.0.2.2:40000": what began a session; escaped for terminals. */
export function sessionTitle(entry: Entry): string {
	if (entry.protocol === "sip") {
		const from = entry.sip.get("from") ?? "?";
		const to = entry.sip.get("to") ?? "?";
		return escapeTerminal(`${entry.sip.method} ${person(from)} → ${person(to)}`);
	}
	const ends = `${hostPort(entry.from.address, entry.from.port)} → ${hostPort(entry.to.address, entry.to.port)}`;
	return `${entry.protocol === "msrp" ? "MSRP" : entry.protocol} ${ends}`;
}

function person(address: string): string {
	return shortName(addressName(address), addressUri(address));
}
