import type { Shown, WhatIfMessage, WhatIfRewrite } from "../alg/what-if.js";
import type { ClientModel, DivergenceCode, Headline } from "../classify/types.js";
import { count } from "../export/content-summary.js";

/** One edit, as text before and after. */
export interface EditRow {
	part: string;
	before: string;
	after: string;
	profile: string;
	why: string;
	start: number;
	end: number;
}

export interface RewriteRow {
	entry: number;
	session: string;
	/** "200 OK (INVITE)" */
	what: string;
	edits: EditRow[];
	dropped: string | undefined;
}

export interface ChangeRow {
	entry: number;
	session: string;
	from: string;
	to: string;
	before: Shown;
	after: Shown;
}

/** Rows that are kept of each kind; all are counted. */
const ROWS = 1000;
/** Entry numbers in a sentence. */
const NAMED = 8;

/** Kinds of client that the summary speaks of. */
const SPEAKERS: readonly [ClientModel, string][] = [
	["legacy", "an identity-comparing client"],
	["isfocus", "a client that reads isfocus"],
	["reference", "a compliant client"],
];

/** Collects what a box in the path would change. Memory does not depend on the length of the traffic. */
export class WhatIfReport {
	readonly rewrites: RewriteRow[] = [];
	readonly changes: ChangeRow[] = [];
	rewritten = 0;
	dropped = 0;
	judged = 0;
	changed = 0;
	/** messages with other divergences, and those with the same in another thread */
	#diverging = 0;
	#moved = 0;
	readonly #turns = new Map<string, { model: ClientModel; before: Headline; after: Headline; entries: number[]; times: number }>();
	readonly #codes = new Map<DivergenceCode, { before: number; after: number }>();

	add(found: WhatIfMessage | WhatIfRewrite): void {
		if (found.kind === "rewrite") this.#rewrite(found);
		else this.#message(found);
	}

	/** Divergences by code, before and after. */
	codes(): { code: DivergenceCode; before: number; after: number }[] {
		return [...this.#codes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, times]) => ({ code, ...times }));
	}

	/** The answer in sentences. */
	sentences(): string[] {
		const found: string[] = [];
		for (const [model, speaker] of SPEAKERS) {
			for (const turn of this.#turns.values()) {
				if (turn.model !== model) continue;
				const { before, after, entries, times } = turn;
				const more = times > entries.length ? ", …" : "";
				found.push(
					`with this rewriting ${speaker} shows ${count(times, `${noun(before)} message`)} as ${after} (${entries.map((entry) => `#${entry}`).join(", ")}${more})`,
				);
			}
		}
		if (this.dropped > 0) found.push(`${count(this.dropped, "SIP message")} would not get through`);
		if (this.judged === 0) found.push("no message was judged: there is nothing that clients could show differently");
		else if (found.length === 0) {
			const parts = [
				this.#diverging === 0
					? ""
					: `${count(this.#diverging, "message")} diverge${this.#diverging === 1 ? "s" : ""} otherwise than before`,
				this.#moved === 0 ? "" : `${count(this.#moved, "message")} ${this.#moved === 1 ? "is" : "are"} filed under another thread`,
			].filter((part) => part !== "");
			const rest = parts.length === 0 ? "" : `, but ${parts.join(" and ")}`;
			found.push(`with this rewriting every kind of client shows every message as before${rest}`);
		}
		return found;
	}

	#rewrite({ entry, edits, octets, dropped }: WhatIfRewrite): void {
		this.rewritten++;
		if (dropped !== undefined) this.dropped++;
		if (this.rewrites.length >= ROWS) return;
		const { sip } = entry;
		this.rewrites.push({
			entry: entry.number,
			session: entry.links.session ?? "-",
			what: sip.kind === "request" ? sip.method : `${sip.status} ${sip.reason} (${sip.method})`,
			edits: edits.map(({ start, end, octets: after, part, profile, why }) => ({
				part,
				before: octets.toString("utf8", start, end),
				after: after.toString("utf8"),
				profile,
				why,
				start,
				end,
			})),
			dropped,
		});
	}

	#message({ entry, before, after, changed }: WhatIfMessage): void {
		if (before.codes.length > 0 || after.codes.length > 0) {
			for (const code of before.codes) this.#code(code).before++;
			for (const code of after.codes) this.#code(code).after++;
		}
		if (Object.keys(before.models).length > 0) this.judged++;
		if (!changed) return;
		this.changed++;
		if (before.codes.join() !== after.codes.join()) this.#diverging++;
		else if (Object.keys(before.threads).some((model) => before.threads[model as ClientModel] !== after.threads[model as ClientModel]))
			this.#moved++;
		for (const [model] of SPEAKERS) {
			const [was, is] = [before.models[model], after.models[model]];
			if (was !== undefined && is !== undefined && was !== is) this.#turn(model, was, is, entry.number);
		}
		if (this.changes.length >= ROWS) return;
		const addresses = (list: readonly { uriText: string }[] | undefined): string =>
			(list ?? [])
				.slice(0, 8)
				.map(({ uriText }) => `<${uriText.slice(0, 200)}>`)
				.join(", ") || "none";
		const cpim = entry.protocol === "sip" || entry.protocol === "msrp" ? entry.cpim : undefined;
		this.changes.push({
			entry: entry.number,
			session: entry.links.session ?? "-",
			from: addresses(cpim?.from),
			to: addresses(cpim?.to),
			before,
			after,
		});
	}

	#turn(model: ClientModel, before: Headline, after: Headline, entry: number): void {
		const key = `${model} ${before} ${after}`;
		const turn = this.#turns.get(key) ?? { model, before, after, entries: [], times: 0 };
		turn.times++;
		if (turn.entries.length < NAMED) turn.entries.push(entry);
		this.#turns.set(key, turn);
	}

	#code(code: DivergenceCode): { before: number; after: number } {
		const times = this.#codes.get(code) ?? { before: 0, after: 0 };
		this.#codes.set(code, times);
		return times;
	}
}

function noun(headline: Headline): string {
	return headline === "private-system" ? "private system" : headline;
}
