import type { ClientModel, Headline } from "../classify/types.js";
import type { Entry } from "../model/entry.js";
import { FifoMap } from "../session/bounded.js";
import { classLabel, classWords } from "./class-label.js";
import { escapeTerminal } from "./escape.js";

/** Sessions that are counted at once. */
const MOST = 10_000;
/** Different changes that are counted of one session. */
const KINDS = 1_000;

/** What rewriting did to one session. */
export interface SessionRewriting {
	session: string;
	/** changes by author and part: "A2: Contact URI" */
	changes: Map<string, number>;
	/** messages that clients of a kind take for something else than with the signalling as it was */
	shown: Map<string, { model: ClientModel; before: Headline; after: Headline; messages: number }>;
}

/** Counts what rewriting does to each session; told every entry in order. */
export class RewritingSummary {
	readonly #sessions: FifoMap<string, SessionRewriting>;

	/** `ended` is told of each session when its BYE is answered, and of those that had to be forgotten. */
	constructor(readonly ended: (summary: SessionRewriting) => void) {
		this.#sessions = new FifoMap<string, SessionRewriting>(MOST, (gone) => this.#tell(gone));
	}

	entry(entry: Entry): void {
		const session = entry.links.session;
		if (session === undefined) return;
		if (entry.rewritten !== undefined) this.#rewritten(this.#of(session), entry);
		const unrewritten = entry.verdict?.unrewritten;
		if (unrewritten !== undefined && entry.verdict?.toClient === true && isLast(entry)) this.#shown(this.#of(session), entry);
		if (entry.protocol === "sip" && entry.sip.kind === "response" && entry.sip.method === "BYE" && entry.sip.status >= 200 && isLast(entry))
			this.#end(session);
	}

	/** The run is over: tells of the sessions that are still open. */
	finish(): void {
		for (const session of [...this.#sessions.keys()]) this.#end(session);
	}

	#of(session: string): SessionRewriting {
		let found = this.#sessions.get(session);
		if (found === undefined) {
			found = { session, changes: new Map(), shown: new Map() };
			this.#sessions.set(session, found);
		}
		return found;
	}

	#rewritten(summary: SessionRewriting, { rewritten }: Entry): void {
		for (const { by, edits } of rewritten!.stages) {
			for (const { part } of edits) add(summary.changes, part === undefined ? by : `${by}: ${part}`);
		}
	}

	#shown(summary: SessionRewriting, { verdict }: Entry): void {
		for (const { model, headline: before } of verdict!.unrewritten!) {
			const after = verdict!.models.find((view) => view.model === model)?.headline;
			if (after === undefined || after === before) continue;
			const key = `${model} ${before} ${after}`;
			const known = summary.shown.get(key);
			if (known !== undefined) known.messages++;
			else summary.shown.set(key, { model, before, after, messages: 1 });
		}
	}

	#end(session: string): void {
		const summary = this.#sessions.get(session);
		if (summary === undefined) return;
		this.#sessions.delete(session);
		this.#tell(summary);
	}

	#tell(summary: SessionRewriting): void {
		if (summary.changes.size > 0 || summary.shown.size > 0) this.ended(summary);
	}
}

/** Of the two entries about a message that passes the proxy the later one; any entry of a capture. */
export function isLast({ flow, dir }: Entry): boolean {
	return flow.leg === undefined || (flow.leg === "server") === (dir === 0);
}

function add(counts: Map<string, number>, key: string): void {
	if (counts.size < KINDS || counts.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
}

const CLIENTS: Partial<Record<ClientModel, string>> = {
	legacy: "a client that compares identities",
	isfocus: "a client that looks for isfocus",
	literal: "a client that compares text",
	reference: "a client that does both",
	dialog: "a client that compares the dialog's remote party",
	phone: "a client that compares numbers",
};

/** The end of a session in sentences, a line each, escaped, with line ends. */
export function rewritingSummaryText(summary: SessionRewriting): string {
	const changes = [...summary.changes].map(([what, times]) => (times === 1 ? what : `${what} (${times} times)`));
	let out = `rewritten in session ${summary.session}: ${changes.length === 0 ? "the signalling, before it came here" : changes.join(", ")}\n`;
	for (const { model, before, after, messages } of summary.shown.values()) {
		const what = messages === 1 ? classWords(before) : `${messages} messages of class ${classLabel(before)}`;
		out += `  with this rewriting ${CLIENTS[model] ?? model} shows ${what} as ${messages === 1 ? classWords(after) : classLabel(after)}\n`;
	}
	return escapeSentences(out);
}

/** The same as one line of JSON. */
export function rewritingSummaryJson({ session, changes, shown }: SessionRewriting): string {
	return `${JSON.stringify({ event: "session-rewriting", session, changes: Object.fromEntries(changes), shown: [...shown.values()] })}\n`;
}

function escapeSentences(text: string): string {
	return text
		.split("\n")
		.map((line) => escapeTerminal(line))
		.join("\n");
}
