import type { ClientModel, Headline } from "../classify/types.js";
import { count } from "../export/content-summary.js";
import type { Entry } from "../model/entry.js";

/** Messages whose last state is remembered. */
const MOST = 100_000;

interface Judged {
	legacy: boolean | undefined;
	isfocus: boolean | undefined;
	diverges: boolean;
}

/**
 * Counts messages that a kind of client shows otherwise than is true. Chunks count as their message, as it stood after the last;
 * a message on both legs of a proxy counts once on each.
 */
export class HeadlineCount {
	readonly #messages = new Map<string, Judged>();

	entry(entry: Entry): void {
		const { verdict, links } = entry;
		if (verdict === undefined || (verdict.models.length === 0 && verdict.divergences.length === 0)) return;
		const key = links.chat === undefined ? String(entry.number) : `${links.chat} ${entry.flow.id} ${entry.dir}`;
		if (!this.#messages.has(key) && this.#messages.size >= MOST) return;
		const shown = (model: ClientModel): Headline | undefined => verdict.models.find((view) => view.model === model)?.headline;
		const truth = verdict.truthHeadline;
		const wrong = (model: ClientModel): boolean | undefined => {
			const headline = shown(model);
			return truth === undefined || headline === undefined ? undefined : headline !== truth;
		};
		this.#messages.set(key, { legacy: wrong("legacy"), isfocus: wrong("isfocus"), diverges: verdict.divergences.length > 0 });
	}

	get judged(): number {
		return this.#messages.size;
	}

	/** What a reader has to know first, and what belongs to it. */
	sentences(): { main: string; grave: boolean; more: string[] } {
		const all = [...this.#messages.values()];
		const diverging = all.filter(({ diverges }) => diverges).length;
		const legacy = all.filter((one) => one.legacy === true).length;
		const isfocus = all.filter((one) => one.isfocus === true).length;
		const told = all.filter((one) => one.legacy !== undefined || one.isfocus !== undefined).length;
		const of = `${count(all.length, "message")} of conferences ${all.length === 1 ? "was" : "were"} judged`;
		if (all.length === 0)
			return { main: "Nothing on which clients could differ", grave: false, more: ["No CPIM message of a conference was seen."] };
		if (diverging === 0 && legacy === 0 && isfocus === 0)
			return { main: "Every kind of client shows every message alike", grave: false, more: [`${of}.`] };
		const more: string[] = [];
		if (legacy > 0 || isfocus > 0) {
			const other = legacy > 0 ? isfocus : legacy;
			const who = legacy > 0 ? "isfocus-reading" : "identity-comparing";
			more.push(`For ${who} clients it is ${other === 0 ? "none" : other}.`);
			more.push(`${of}; what is true is known of ${told === all.length ? "all" : told}.`);
		} else more.push(`${of}; which kind is right cannot be told: only one leg was seen.`);
		const main =
			legacy > 0
				? `Identity-comparing clients show ${count(legacy, "message")} wrongly`
				: isfocus > 0
					? `Isfocus-reading clients show ${count(isfocus, "message")} wrongly`
					: `Kinds of client show ${count(diverging, "message")} differently`;
		return { main, grave: true, more };
	}
}
