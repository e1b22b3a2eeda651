import { hostPort } from "../fields/addresses.js";
import type { Entry, MsrpEntry, SipEntry } from "../model/entry.js";
import type { Problem, Severity } from "../model/problem.js";
import { contentSummary, count, shortId } from "./content-summary.js";
import { escapeTerminal } from "./escape.js";
import { severityOf, worst } from "./severity.js";
import { Summariser } from "./summary.js";

/** One arrow of a ladder. All texts are escaped for terminals. */
export interface LadderRow {
	/** of the first entry behind it */
	number: number;
	at: { sec: number; nsec: number };
	/** "192.0.2.1:5060" */
	from: string;
	to: string;
	/** what fits on an arrow: "INVITE", "200 INVITE", "SEND", "IMDN displayed" */
	short: string;
	/** the whole summary */
	text: string;
	response: boolean;
	/** entries behind it: more than one for the chunks of a message and for their responses */
	folded: number;
	problem: { id: string; severity: Severity } | undefined;
}

export interface LadderSession {
	/** "c1"; "" for entries that belong to none */
	session: string;
	endpoints: string[];
	rows: LadderRow[];
}

const MOST_ROWS = 20_000;
const FOLDS = 4096;

interface Fold {
	row: LadderRow;
	octets: number;
	/** status to the row that its responses are folded into */
	responses: Map<number, LadderRow>;
}

/** Gathers SIP, MSRP and IMDN rows by session. Memory is bounded: rows beyond 20,000 are counted only. */
export class LadderCollector {
	readonly #summariser = new Summariser();
	readonly #sessions = new Map<string, LadderSession>();
	/** by chat and sender; the oldest go first */
	readonly #folds = new Map<string, Fold>();
	/** entry number of a chunk to its fold */
	readonly #chunks = new Map<number, Fold>();
	#rows = 0;
	/** entries that found no room */
	omitted = 0;

	get sessions(): LadderSession[] {
		return [...this.#sessions.values()];
	}

	add(entry: Entry): void {
		if (entry.protocol !== "sip" && entry.protocol !== "msrp") return;
		const text = this.#summariser.summary(entry);
		if (entry.protocol === "msrp" && this.#fold(entry)) return;
		if (this.#rows >= MOST_ROWS) {
			this.omitted++;
			return;
		}
		this.#rows++;
		const row: LadderRow = {
			number: entry.number,
			at: { sec: entry.at.sec, nsec: entry.at.nsec },
			from: hostPort(entry.from.address, entry.from.port),
			to: hostPort(entry.to.address, entry.to.port),
			short: escapeTerminal(shortLabel(entry)),
			text,
			response: (entry.protocol === "sip" ? entry.sip : entry.msrp).kind === "response",
			folded: 1,
			problem: problemOf(entry.problems),
		};
		this.#place(entry.links.session ?? "", row);
		if (entry.protocol === "msrp") this.#remember(entry, row);
	}

	#place(session: string, row: LadderRow): void {
		let found = this.#sessions.get(session);
		if (!found) {
			found = { session, endpoints: [], rows: [] };
			this.#sessions.set(session, found);
		}
		if (!found.endpoints.includes(row.from)) found.endpoints.push(row.from);
		if (!found.endpoints.includes(row.to)) found.endpoints.push(row.to);
		found.rows.push(row);
	}

	/** True when the entry is a further chunk of a message that has a row, or a further response to such chunks. */
	#fold(entry: MsrpEntry): boolean {
		const { msrp, links } = entry;
		if (msrp.kind === "response") {
			const fold = links.answers === undefined ? undefined : this.#chunks.get(links.answers);
			const row = fold?.responses.get(msrp.status);
			if (!row) return false;
			row.folded++;
			row.text = `${msrp.status} to ${row.folded} chunks from #${fold?.row.number} on`;
			row.problem ??= problemOf(entry.problems);
			return true;
		}
		const fold = links.chat === undefined ? undefined : this.#folds.get(foldKey(entry));
		if (!fold || msrp.method !== "SEND") return false;
		const { row } = fold;
		row.folded++;
		fold.octets += msrp.bodyLength;
		const flag = msrp.flag === "#" ? " # aborted" : ` ${msrp.flag}`;
		const content = contentSummary(entry);
		const head = `SEND ${shortId(msrp.messageId ?? "")} ${count(row.folded, "chunk")}, ${count(fold.octets, "octet")}${flag}`;
		row.text = escapeTerminal(content === "" ? head : `${head} — ${content}`);
		if (entry.payload) row.short = escapeTerminal(shortLabel(entry));
		row.problem ??= problemOf(entry.problems);
		this.#index(entry.number, fold);
		return true;
	}

	#remember(entry: MsrpEntry, row: LadderRow): void {
		const { msrp, links } = entry;
		if (msrp.kind === "response") {
			if (links.answers !== undefined) this.#chunks.get(links.answers)?.responses.set(msrp.status, row);
		} else if (msrp.method === "SEND" && links.chat !== undefined && msrp.flag === "+") {
			const fold: Fold = { row, octets: msrp.bodyLength, responses: new Map() };
			bounded(this.#folds, foldKey(entry), fold);
			this.#index(entry.number, fold);
		}
	}

	#index(number: number, fold: Fold): void {
		bounded(this.#chunks, number, fold);
	}
}

function bounded<K, V>(map: Map<K, V>, key: K, value: V): void {
	map.set(key, value);
	if (map.size > FOLDS) map.delete(map.keys().next().value as K);
}

function foldKey(entry: MsrpEntry): string {
	return `${entry.links.chat} ${entry.flow.id} ${entry.dir}`;
}

function problemOf(problems: readonly Problem[]): LadderRow["problem"] {
	const found = worst(problems);
	if (!found) return undefined;
	const severity = severityOf(found);
	return severity === "error" || severity === "warn" ? { id: found.id, severity } : undefined;
}

/** What fits on an arrow: "INVITE", "200 INVITE", "SEND", "IMDN displayed". Not escaped. */
export function shortLabel(entry: SipEntry | MsrpEntry): string {
	const { payload } = entry;
	const special = payload?.kind === "imdn" ? `IMDN ${payload.status}` : payload?.kind === "composing" ? "composing" : undefined;
	if (entry.protocol === "sip") {
		if (entry.sip.kind === "response") return `${entry.sip.status} ${entry.sip.method}`;
		return special ?? entry.sip.method;
	}
	const { msrp } = entry;
	if (msrp.kind === "response") return String(msrp.status);
	if (msrp.method === "REPORT") return `REPORT ${(msrp.get("status") ?? "").replace(/^000 /, "").slice(0, 3)}`.trimEnd();
	return special ?? msrp.method;
}
