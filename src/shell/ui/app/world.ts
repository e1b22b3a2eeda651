import type { ClassifyOptions } from "../../../core/classify/classify.js";
import type { Keymap } from "../keys/keymap.js";
import { liveList } from "../live/lists.js";
import type { LiveControls } from "../live/types.js";
import { compareText } from "../panels/compare.js";
import { TABS } from "../panels/detail/index.js";
import type { Subject, Text } from "../panels/detail/types.js";
import { textOf } from "../panels/detail/types.js";
import { helpLines } from "../panels/help.js";
import { logLines } from "../panels/log.js";
import type { Key, Screen, State } from "../state/state.js";
import { tabOf } from "../state/subject.js";
import type { SourceStatus, World } from "../state/world.js";
import { Ladder } from "../store/ladder.js";
import { allRows, type List, numberList, textList } from "../store/lists.js";
import { Matching } from "../store/matching.js";
import type { Row } from "../store/row.js";
import { RANK, type Session } from "../store/sessions.js";
import { Store, type StoreOptions } from "../store/store.js";
import type { SearchJob } from "./search.js";

export interface WorldOptions {
	keys: Keymap;
	source: SourceStatus;
	classify: ClassifyOptions;
	live?: LiveControls | undefined;
	store?: StoreOptions;
	/** wall clock */
	clock(): { sec: number; nsec: number };
}

/** More sessions than this are not sorted anew for every frame. */
const SORT_OFTEN = 5_000;

/** Rows that a ladder takes in before it is shown. */
const AT_ONCE = 4_000;
/** Lines of the log that are kept. */
const LOG = 1_000;

interface Sorted {
	readonly key: string;
	readonly at: number;
	readonly list: List<Key>;
}

/** The entries with everything that is worked out from them for the panels, remembered as long as it holds. */
export class LiveWorld implements World {
	readonly store: Store;
	readonly matching: Matching;
	readonly keys: Keymap;
	readonly source: SourceStatus;
	readonly live: LiveControls | undefined;
	readonly classify: ClassifyOptions;
	views: readonly string[] = [];
	readonly log: string[] = [];
	search: SearchJob | undefined;
	readonly #clock: WorldOptions["clock"];
	#sessions: Sorted | undefined;
	#ladder: { key: string; ladder: Ladder } | undefined;
	#text: { key: string; shut: ReadonlySet<string>; text: Text } | undefined;
	#generation = 0;

	constructor({ keys, source, classify, live, store, clock }: WorldOptions) {
		this.store = new Store(store);
		this.matching = new Matching(this.store);
		this.keys = keys;
		this.source = source;
		this.classify = classify;
		this.live = live;
		this.#clock = clock;
	}

	get now(): { sec: number; nsec: number } {
		return this.#clock();
	}

	get searching(): boolean {
		return this.search !== undefined;
	}

	/** Something is left to be worked out. */
	get busy(): boolean {
		return this.store.waiting > 0 || this.matching.left > 0 || this.search !== undefined || (this.#ladder?.ladder.left ?? 0) > 0;
	}

	/** Works until `enough`. */
	work(enough: () => boolean): void {
		this.store.digest(enough);
		this.matching.work(enough);
		this.#ladder?.ladder.update(this.store, (rows) => (rows & 63) === 0 && enough());
		this.search?.work(enough);
	}

	/** One more line of the log; of many the newest are kept. */
	said(text: string): void {
		this.log.push(text);
		if (this.log.length > 2 * LOG) this.log.splice(0, LOG);
	}

	setFilter(filter: Matching["filter"]): void {
		this.matching.set(filter);
		this.#generation++;
	}

	clear(): void {
		this.store.clear();
		this.matching.set(this.matching.filter);
		this.#generation++;
	}

	list(state: State, screen: Screen): List<Key> | undefined {
		switch (screen.panel) {
			case "sessions":
				return this.#sessionList(state);
			case "messages":
				if (state.markedOnly) return this.#markedRows(state) as List<Key>;
				return (
					this.matching.filter === undefined ? allRows(this.store) : numberList(this.matching.numbers, this.matching.from)
				) as List<Key>;
			case "ladder": {
				const ladder = this.ladder(state, screen.session);
				if (ladder === undefined) return undefined;
				const { arrows } = ladder;
				return { length: arrows.length, keyAt: (at) => arrows[at]?.number, position: (key) => ladder.position(Number(key)) };
			}
			case "held":
			case "rules":
			case "alg":
				return this.live === undefined ? undefined : liveList(this.live, screen.panel);
			default:
				return undefined;
		}
	}

	ladder(state: State, id: string): Ladder | undefined {
		const session = this.store.sessions.get(id);
		if (session === undefined) return undefined;
		const key = `${id} ${state.folded} ${this.#generation} ${state.markedOnly ? [...state.marks].join() : ""}`;
		if (this.#ladder?.key !== key || this.#ladder.ladder.session !== session) {
			const matches = (row: Row): boolean | undefined =>
				state.markedOnly && !state.marks.has(row.number) ? false : this.matching.matches(row);
			this.#ladder = { key, ladder: new Ladder(session, state.folded, matches) };
		}
		// Of a session of many messages the first ones are shown while the others are taken in.
		this.#ladder.ladder.update(this.store, (rows) => rows > AT_ONCE);
		return this.#ladder.ladder;
	}

	detailText(state: State, number: number, width: number): Text {
		const row = this.store.row(number);
		const subject = row === undefined ? undefined : this.#subject(row);
		if (row === undefined || subject === undefined) return textOf([]);
		const { chain, late, clauses } = subject;
		const steps = chain === undefined ? "" : Object.values(chain.steps).reduce((sum, one) => sum + one.length, 0);
		const tab = tabOf(state, row);
		const key = `${number} ${tab} ${width} ${state.wrap} ${steps} ${late.length} ${clauses.length}`;
		if (this.#text?.key !== key || this.#text.shut !== state.shut) {
			this.#text = { key, shut: state.shut, text: TABS[tab].text(subject, { width, wrap: state.wrap, shut: state.shut }) };
		}
		return this.#text.text;
	}

	textLength(state: State, screen: Screen): number {
		switch (screen.panel) {
			case "help":
				return helpLines(this, state.width - 1).length;
			case "log":
				return logLines(this, state.width - 1).length;
			case "compare":
				return compareText(state, screen, this, state.width - 1)?.length ?? 0;
			case "detail":
				return this.detailText(state, screen.number, state.width - 1).length;
			default:
				return 0;
		}
	}

	treeGroup(state: State, number: number): string | undefined {
		return this.#treeLine(state, number)?.group;
	}

	treeFilter(state: State, number: number): string | undefined {
		return this.#treeLine(state, number)?.filter;
	}

	/** As wide as the details are drawn: the cursor counts the lines that are shown. */
	#treeLine(state: State, number: number): { group?: string; filter?: string } | undefined {
		const text = this.detailText(state, number, state.width - 1);
		return text.length === 0 ? undefined : text.at(Math.min(state.detail.line, text.length - 1));
	}

	#subject(row: Row): Subject | undefined {
		const { entry } = row;
		if (entry === undefined) return undefined;
		const { store } = this;
		const repeats = entry.links.repeats === undefined ? undefined : store.row(entry.links.repeats)?.entry;
		return {
			row,
			entry,
			late: store.lateOf(row.number),
			chain: store.chains.of(row.number),
			clauses: store.clauses?.of(row.number) ?? [],
			zero: store.zero ?? entry.began,
			classify: this.classify,
			other: repeats,
		};
	}

	#sessionList(state: State): List<Key> {
		const { store, matching } = this;
		const marked = state.markedOnly ? state.marks.size : -1;
		const key = `${store.added} ${state.order} ${state.reversed} ${this.#generation} ${matching.numbers.length} ${marked}`;
		const now = this.#clock().sec;
		const known = this.#sessions;
		if (known !== undefined && (known.key === key || (store.sessions.size > SORT_OFTEN && now - known.at < 1))) return known.list;
		let sessions = [...store.sessions.values()];
		if (matching.filter !== undefined) sessions = sessions.filter(({ id }) => matching.counts.has(id));
		if (state.markedOnly) {
			const marked = new Set([...state.marks].map((number) => store.row(number)?.session));
			sessions = sessions.filter(({ id }) => marked.has(id));
		}
		const before = COMPARE[state.order];
		if (before !== undefined) sessions.sort(before);
		if (state.reversed) sessions.reverse();
		const list = textList(sessions.map(({ id }) => id)) as List<Key>;
		this.#sessions = { key, at: now, list };
		return list;
	}

	#markedRows(state: State): List<number> {
		const numbers = [...state.marks].filter((number) => this.store.row(number) !== undefined).sort((a, b) => a - b);
		return numberList(numbers);
	}
}

/** Undefined: as they came. */
const COMPARE: Readonly<Record<State["order"], ((a: Session, b: Session) => number) | undefined>> = {
	first: undefined,
	last: (a, b) => b.last.sec - a.last.sec || b.last.nsec - a.last.nsec,
	worst: (a, b) => rank(b) - rank(a) || b.errors - a.errors || b.warnings - a.warnings,
	divergences: (a, b) => b.divergent - a.divergent,
	messages: (a, b) => b.numbers.length - b.from - (a.numbers.length - a.from),
};

function rank({ worst }: Session): number {
	return worst === undefined ? -1 : RANK[worst.severity];
}
