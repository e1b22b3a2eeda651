import { classLabel, classTone, worstDivergence } from "../../export/class-label.js";
import { escapeTerminal } from "../../export/escape.js";
import { shortLabel } from "../../export/ladder.js";
import { severityOf } from "../../export/severity.js";
import { sessionTitle } from "../../export/stats.js";
import { Summariser } from "../../export/summary.js";
import type { MsrpEntry, SipEntry } from "../../model/entry.js";
import type { Problem } from "../../model/problem.js";
import { FifoMap } from "../../session/bounded.js";
import type { DetailData, Gravity, LadderData, RowData, SessionData } from "../data.js";
import { DetailMaker, problemData } from "../detail.js";
import { html } from "../html.js";
import { Lanes } from "../lanes.js";
import type { SectionContext, SectionDefinition, Surroundings } from "../types.js";

const ROWS = 20_000;
const FOLDS = 8192;
const BLOCK = 250;

/** Every message as an arrow; the script draws those that are in sight, and shows the details of the chosen one. */
export const LADDER_SECTION: SectionDefinition = {
	id: "ladder",
	title: "Messages",
	create: (context) => {
		const collector = new LadderRows(context);
		return {
			entry(entry, around) {
				if (entry.protocol === "sip" || entry.protocol === "msrp") collector.add(entry, around);
			},
			late: (entry, problem) => collector.late(entry, problem),
			html: () => html`<div id="tools" role="search" hidden></div>
<div id="split"><div id="ladder-view"></div><div id="details" role="region" aria-label="Details of the message" tabindex="0"><p class="dim hint">Choose a message: its class, why it has it, and its octets are shown here.</p></div></div>
<noscript><p>The ladder and the details need JavaScript, which this file brings along; everything else is here without.</p></noscript>`,
			data: () => collector.data(),
		};
	},
};

interface Place {
	/** in the list of sessions */
	index: number;
	lanes: Lanes;
}

class LadderRows {
	readonly #summariser = new Summariser();
	readonly #details: DetailMaker;
	readonly #zero: { sec: number; nsec: number };
	readonly #sessions: SessionData[] = [];
	readonly #places = new Map<string, Place>();
	readonly #rows: RowData[] = [];
	readonly #found: DetailData[] = [];
	readonly #byNumber = new Map<number, number>();
	/** by message and direction: its first chunk. By first chunk and status: the first response */
	readonly #folds = new FifoMap<string, number>(FOLDS);
	#omitted = 0;

	constructor(context: SectionContext) {
		this.#details = new DetailMaker(context);
		this.#zero = context.zero;
	}

	add(entry: SipEntry | MsrpEntry, { copyOf, edits }: Surroundings): void {
		const text = this.#summariser.summary(entry);
		if (this.#rows.length >= ROWS) {
			this.#omitted++;
			return;
		}
		const { index, lanes } = this.#session(entry);
		const [from, to] = lanes.ends(entry);
		const row: RowData = {
			n: entry.number,
			s: index,
			t: entry.at.sec - this.#zero.sec + (entry.at.nsec - this.#zero.nsec) / 1e9,
			a: from,
			b: to,
			l: escapeTerminal(shortLabel(entry)),
			x: text,
			p: entry.protocol,
		};
		if ((entry.protocol === "sip" ? entry.sip : entry.msrp).kind === "response") row.r = 1;
		const { verdict } = entry;
		if (verdict !== undefined) {
			row.c = classLabel(verdict.headline);
			row.k = classTone(verdict.headline);
			const gravity = worstDivergence(verdict.divergences);
			if (gravity !== undefined) {
				row.d = verdict.divergences.map(({ code }) => code);
				row.g = gravity as Gravity;
			}
		}
		if (edits.length > 0) row.e = 1;
		const first = entry.protocol === "msrp" ? this.#fold(entry) : undefined;
		if (first !== undefined) row.i = first;
		this.#byNumber.set(entry.number, this.#rows.push(row) - 1);
		for (const problem of entry.problems) this.#mark(row, problem);
		this.#found.push(this.#details.detail(entry, copyOf, edits));
	}

	late(entryNumber: number, problem: Problem): void {
		const at = this.#byNumber.get(entryNumber);
		if (at === undefined) return;
		this.#mark(this.#rows[at]!, problem);
		const detail = this.#found[at]!;
		detail.f = [...(detail.f ?? []), problemData(problem)].slice(0, 50);
	}

	data(): [string, unknown][] {
		const merged = [...this.#places.values()].map(({ lanes }) => lanes.merged());
		const sessions = this.#sessions.map((session, at) => ({ ...session, endpoints: merged[at]!.labels }));
		const rows = this.#rows.map((row) => ({ ...row, a: merged[row.s]!.place[row.a]!, b: merged[row.s]!.place[row.b]! }));
		const ladder: LadderData = { sessions, rows, omitted: this.#omitted, blockSize: BLOCK };
		const data: [string, unknown][] = [
			["ladder", ladder],
			["words", this.#details.words],
		];
		for (let from = 0; from < this.#found.length; from += BLOCK)
			data.push([`details-${from / BLOCK}`, this.#found.slice(from, from + BLOCK)]);
		return data;
	}

	#session(entry: SipEntry | MsrpEntry): Place {
		const id = entry.links.session ?? "";
		let place = this.#places.get(id);
		if (place === undefined) {
			place = {
				index: this.#sessions.push({ id, title: id === "" ? "messages of no session" : sessionTitle(entry), endpoints: [] }) - 1,
				lanes: new Lanes(),
			};
			this.#places.set(id, place);
		}
		return place;
	}

	/** Number of the entry that this one is folded into. */
	#fold({ number, msrp, links, flow, dir }: MsrpEntry): number | undefined {
		if (msrp.kind === "response") {
			const chunk = links.answers === undefined ? undefined : this.#folds.get(`chunk ${links.answers}`);
			if (chunk === undefined) return undefined;
			return this.#first(`response ${chunk} ${msrp.status}`, number);
		}
		if (msrp.method !== "SEND" || links.chat === undefined) return undefined;
		const key = `chat ${links.chat} ${flow.id} ${dir}`;
		if (msrp.flag !== "+" && this.#folds.get(key) === undefined) return undefined;
		const first = this.#first(key, number);
		this.#folds.set(`chunk ${number}`, first ?? number);
		return first;
	}

	#first(key: string, number: number): number | undefined {
		const known = this.#folds.get(key);
		if (known === undefined) this.#folds.set(key, number);
		return known;
	}

	#mark(row: RowData, problem: Problem): void {
		const severity = severityOf(problem);
		if (severity === "chat") return;
		const before = row.fg;
		if (before !== undefined && severityRank(before) >= severityRank(severity)) return;
		row.f = problem.id;
		row.fg = severity;
	}
}

function severityRank(severity: Gravity): number {
	return severity === "error" ? 2 : severity === "warn" ? 1 : 0;
}
