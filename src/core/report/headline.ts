import type { ClientModel, Headline } from "../classify/types.js";
import { count } from "../export/content-summary.js";
import type { Entry } from "../model/entry.js";
import { FifoMap } from "../session/bounded.js";

/** Messages whose last state is remembered, and entries whose message is. */
const MOST = 100_000;
const KEYS = 8192;
/** What a person sees in a chat; receipts and typing are not shown as messages. */
const SHOWN: ReadonlySet<Headline> = new Set<Headline>(["system", "private-system", "group", "private"]);

interface Judged {
	toClient: boolean | undefined;
	/** a client of that kind shows it otherwise than is true; undefined: not known */
	legacy: boolean | undefined;
	isfocus: boolean | undefined;
	diverges: boolean;
}

/**
 * Counts messages that a kind of client shows otherwise than is true. Chunks count as their message, as it stood after the last;
 * copies on both legs of a box count once, as the leg has them that they went out on.
 */
export class HeadlineCount {
	readonly #messages = new Map<string, Judged>();
	readonly #keys = new FifoMap<number, string>(KEYS);
	#copies = false;
	readonly #same = new FifoMap<string, string>(KEYS);

	entry(entry: Entry, copyOf: number | undefined): void {
		const { verdict, links } = entry;
		if (verdict === undefined || (verdict.models.length === 0 && verdict.divergences.length === 0)) return;
		const own = links.chat === undefined ? String(entry.number) : `${links.chat} ${entry.flow.id} ${entry.dir}`;
		const other = copyOf === undefined ? undefined : this.#keys.get(copyOf);
		if (other !== undefined && other !== own) {
			this.#same.set(own, other);
			this.#copies = true;
		}
		const key = this.#same.get(own) ?? own;
		this.#keys.set(entry.number, key);
		if (!this.#messages.has(key) && this.#messages.size >= MOST) return;
		const truth = verdict.truthHeadline;
		const wrong = (model: ClientModel): boolean | undefined => {
			const shown = verdict.models.find((view) => view.model === model)?.headline;
			return truth === undefined || !SHOWN.has(truth) || shown === undefined ? undefined : shown !== truth;
		};
		const { toClient, divergences } = verdict;
		this.#messages.set(key, { toClient, legacy: wrong("legacy"), isfocus: wrong("isfocus"), diverges: divergences.length > 0 });
	}

	/** What a reader has to know first, and what belongs to it. */
	sentences(): { main: string; grave: boolean; more: string[] } {
		const all = [...this.#messages.values()];
		if (all.length === 0)
			return { main: "Nothing on which clients could differ", grave: false, more: ["No CPIM message of a conference was seen."] };
		const received = all.filter(({ toClient }) => toClient !== false);
		const number = (list: readonly Judged[], test: (one: Judged) => boolean): number => list.filter(test).length;
		const legacy = number(received, (one) => one.legacy === true);
		const isfocus = number(received, (one) => one.isfocus === true);
		const told = number(received, (one) => one.legacy !== undefined || one.isfocus !== undefined);
		const diverging = number(received, ({ diverges }) => diverges);
		const sent = number(all, ({ toClient, diverges }) => toClient === false && diverges);
		const more: string[] = [];
		let main: string;
		if (legacy > 0) {
			main = `Identity-comparing clients show ${count(legacy, "message")} wrongly`;
			more.push(`For isfocus-reading clients it is ${isfocus === 0 ? "none" : isfocus}.`);
		} else if (isfocus > 0) {
			main = `Isfocus-reading clients show ${count(isfocus, "message")} wrongly`;
			more.push("For identity-comparing clients it is none.");
		} else if (diverging > 0) {
			main = `Kinds of client show ${count(diverging, "message")} differently`;
			if (told === 0) more.push("Which kind is right cannot be told: only one leg was seen.");
		} else if (sent > 0) main = `${count(sent, "message")} that clients sent ${sent === 1 ? "diverges" : "diverge"}`;
		else main = "Every kind of client shows every message alike";
		if (sent > 0 && (legacy > 0 || isfocus > 0 || diverging > 0))
			more.push(`Of those that clients sent, ${sent} diverge${sent === 1 ? "s" : ""} too.`);
		more.push(
			`${count(all.length, "message")} of conferences ${all.length === 1 ? "was" : "were"} judged${this.#copies ? "; a copy on another leg is not counted" : ""}.`,
		);
		return { main, grave: legacy + isfocus + diverging + sent > 0, more };
	}
}
