import type { Verdict } from "../classify/classifier.js";
import type { ClientModel, Headline } from "../classify/types.js";
import { Summariser } from "../export/summary.js";
import type { Fired } from "../rules/index.js";
import type { AfterEntry } from "./dry-run.js";

/** A rule fired on a message of the capture. */
export interface HitRow {
	/** 0: no message, a connection that opens */
	entry: number;
	session: string | undefined;
	rule: string;
	/** what its actions did */
	did: readonly string[];
	/** the message in one line, escaped */
	what: string;
}

/** A message that clients would show differently. */
export interface ChangeRow {
	entry: number;
	session: string | undefined;
	what: string;
	before: Headline;
	after: Headline;
	/** kinds of client that show something else */
	models: { model: ClientModel; before: Headline; after: Headline }[];
	codesBefore: string[];
	codesAfter: string[];
}

/** Rows that are kept of each kind; what is beyond is counted. */
const MOST = 1_000;

/** What a dry run found out: which rules fired on what, and what that changed for clients. */
export class DryRunReport {
	readonly hits: HitRow[] = [];
	readonly changes: ChangeRow[] = [];
	/** all of them, also those beyond what is kept */
	readonly counts = { hits: 0, changes: 0, judged: 0, rewritten: 0, injected: 0, went: 0 };
	readonly #summariser = new Summariser();

	fired({ rule, did, entry }: Fired, number: number): void {
		this.counts.hits++;
		if (this.hits.length >= MOST) return;
		const message = entry.protocol === "sip" || entry.protocol === "msrp";
		const what = message ? this.#summariser.summary(entry, false) : "";
		this.hits.push({ entry: number, session: entry.links.session, rule: rule.name, did: [...did], what });
	}

	after({ entry, number, before }: AfterEntry): void {
		if (entry.protocol !== "sip" && entry.protocol !== "msrp") return;
		this.counts.went++;
		if (entry.rewritten !== undefined) this.counts.rewritten++;
		if (number === undefined) {
			this.counts.injected++;
			return;
		}
		const { verdict } = entry;
		if (verdict === undefined || before === undefined) return;
		this.counts.judged++;
		const row = changeOf(before, verdict);
		if (row === undefined) return;
		this.counts.changes++;
		if (this.changes.length < MOST) {
			this.changes.push({ entry: number, session: entry.links.session, what: this.#summariser.summary(entry, false), ...row });
		}
	}
}

function changeOf(
	before: Verdict,
	after: Verdict,
): Pick<ChangeRow, "before" | "after" | "models" | "codesBefore" | "codesAfter"> | undefined {
	const models = after.models.flatMap(({ model, headline }) => {
		const was = before.models.find((view) => view.model === model)?.headline;
		return was === undefined || was === headline ? [] : [{ model, before: was, after: headline }];
	});
	const codesBefore = before.divergences.map(({ code }) => code);
	const codesAfter = after.divergences.map(({ code }) => code);
	if (models.length === 0 && before.headline === after.headline && codesBefore.join() === codesAfter.join()) return undefined;
	return { before: before.headline, after: after.headline, models, codesBefore, codesAfter };
}
