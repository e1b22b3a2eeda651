import { KnowledgeBase } from "../../classify/knowledge/base.js";
import type { GivenFacts } from "../../classify/knowledge/call.js";
import type { RuleSet } from "../../classify/types.js";
import type { Entry } from "../../model/entry.js";
import { DEFAULT_LIMITS, type Limits } from "../../model/limits.js";
import type { Problem } from "../../model/problem.js";
import type { CompareLevel } from "../../protocols/uri/index.js";
import { FifoMap } from "../../session/bounded.js";
import { messageContext } from "./context.js";
import { CopyIndex } from "./copies.js";
import { CLAUSE_CHECKS } from "./index.js";
import { learnMedia } from "./media.js";
import { ResultBook, type SessionResults } from "./results.js";
import type { ClauseHooks, Finding, MediaSaid, Scope } from "./types.js";

export interface ClauseTableOptions {
	limits?: Partial<Limits>;
	/** facts given by hand, the same that the classifier got */
	given?: GivenFacts;
	level?: CompareLevel;
	rules?: RuleSet;
	/** false: the entry teaches (the INVITE of a message that was asked for), but what is found on it does not count */
	chosen?: (entry: number) => boolean;
	/** hears each finding that counts, as it is made */
	told?: (check: string, finding: Finding) => void;
}

/** Flows that are remembered to have lost octets. */
const GAPS = 1024;

/**
 * Runs every clause check over the entries of a pipeline that classifies. Fed with every entry in order; octets are lent,
 * only short excerpts are kept. Memory is bounded by the limits and by constants, whatever the traffic.
 */
export class ClauseTable {
	readonly #base: KnowledgeBase;
	readonly #copies = new CopyIndex();
	readonly #gaps = new FifoMap<number, true>(GAPS);
	readonly #media: FifoMap<string, MediaSaid>;
	/** by kind, so that most entries ask few checks */
	readonly #by: { readonly [Kind in keyof ClauseHooks]-?: NonNullable<ClauseHooks[Kind]>[] };
	readonly #book = new ResultBook();
	readonly #options: { level: CompareLevel; rules: RuleSet };
	#over = false;

	constructor(options: ClauseTableOptions = {}) {
		const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
		const { chosen, told } = options;
		this.#options = { level: options.level ?? "uri", rules: options.rules ?? "both" };
		this.#base = new KnowledgeBase(limits, options.given ?? {});
		this.#media = new FifoMap(limits.sessions);
		const hooks: ClauseHooks[] = CLAUSE_CHECKS.map((check) => {
			const scope: Scope = {
				limits,
				...this.#options,
				call: (session) => this.#base.callOf(session),
				media: (uri) => (uri === undefined ? undefined : this.#media.get(uri)),
				gapped: (flow) => this.#gaps.get(flow) === true,
				say: (finding) => {
					if (chosen?.(finding.entries[0]!) === false) return;
					this.#book.add(check.id, finding);
					told?.(check.id, finding);
				},
			};
			return check.create(scope);
		});
		this.#by = {
			message: hooks.flatMap(({ message }) => message ?? []),
			frame: hooks.flatMap(({ frame }) => frame ?? []),
			sip: hooks.flatMap(({ sip }) => sip ?? []),
			late: hooks.flatMap(({ late }) => late ?? []),
			end: hooks.flatMap(({ end }) => end ?? []),
		};
	}

	/** The next entry of the pipeline, also one that is not chosen. */
	entry(entry: Entry): void {
		if (entry.protocol === "sip") {
			this.#base.sip(entry);
			learnMedia(entry, this.#media);
			for (const sip of this.#by.sip) sip(entry);
		} else if (entry.protocol === "msrp") {
			for (const frame of this.#by.frame) frame(entry);
		} else if (entry.problems.some(({ id }) => id === "tcp.gap")) this.#gaps.set(entry.flow.id, true);
		const context = messageContext(entry, this.#base, this.#options);
		if (context !== undefined) context.copyOf = this.#copies.look(context);
		if (context !== undefined) for (const message of this.#by.message) message(context);
	}

	/** A finding of the session tables about an entry that came before. */
	late(entry: number, problem: Problem): void {
		for (const late of this.#by.late) late(entry, problem);
	}

	/** The input is over. What was still awaited stays unknown. */
	finish(): void {
		if (this.#over) return;
		this.#over = true;
		for (const end of this.#by.end) end();
	}

	/** All sessions together. */
	get total(): SessionResults {
		return this.#book.total;
	}

	/** Session by session, in order of appearance; those beyond the first 10,000 count in `total` only. */
	get sessions(): ReadonlyMap<string, SessionResults> {
		return this.#book.sessions;
	}

	/** Violations of all checks: what `--fail-on violation` asks for. */
	get violations(): number {
		let sum = 0;
		for (const result of this.#book.total.values()) sum += result.counts.violation;
		return sum;
	}
}
