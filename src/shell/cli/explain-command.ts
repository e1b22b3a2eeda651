import { ChainCollector } from "../../core/explain/chain.js";
import { type ExplainOptions as CoreOptions, explain, withChain } from "../../core/explain/explain.js";
import { explanationMarkdown, explanationText } from "../../core/explain/render.js";
import type { Explanation } from "../../core/explain/types.js";
import { classLabel, divergenceTag } from "../../core/export/class-label.js";
import { escapeTerminal } from "../../core/export/escape.js";
import { Summariser } from "../../core/export/summary.js";
import { truncate } from "../../core/export/width.js";
import type { FilterContext } from "../../core/fields/filter/types.js";
import type { Entry } from "../../core/model/entry.js";
import type { Filter } from "../../core/rules/filter/index.js";
import { Output } from "../output.js";
import { classifyRequest } from "./classify-options.js";
import { palette, wantsColour } from "./colours.js";
import { CLEAN, DAMAGED, fail, failedRun, INTERRUPTED } from "./fail.js";
import type { Io } from "./io.js";
import type { ExplainOptions } from "./program.js";
import { redacting } from "./redact-options.js";

/** Lines are easier to read when they are not longer. */
const WIDEST = 100;
const LISTED = 20;

/** Runs `mitmsrp explain`; gives the exit code. */
export async function explainCommand(file: string, options: ExplainOptions, shown: Io): Promise<number> {
	const io = redacting(options, shown);
	if (file === "-" && io.stdinIsTTY) return fail(io, "give a capture file, or pipe one in (mitmsrp explain --help)");
	const colours = palette(wantsColour(options.color, io.stdout, io.env));
	const width = options.width ?? Math.min(WIDEST, io.stdout.columns ?? WIDEST);
	const choice = new Choice(options.entry, options.filter);
	let damaged: boolean;
	try {
		const classify = await classifyRequest(options, io.readFile);
		choice.classify = { level: classify.level ?? "uri", rules: classify.rules ?? "both" };
		const request = { follow: false, keyLogs: options.keylog ?? [], signal: io.signal, classify };
		const result = await io.analyze(file, request, {
			start: (at) => choice.start(at),
			entry: (entry) => choice.entry(entry),
			late: () => {},
			progress: () => {},
			done: () => false,
			blocked: () => undefined,
		});
		damaged = result.info.damaged;
	} catch (error) {
		return failedRun(io, error, options);
	}
	if (io.signal.aborted) return INTERRUPTED;
	const name = file === "-" ? "standard input" : escapeTerminal(file);
	if (choice.found === undefined) {
		io.stderr.write(choice.why(name));
		return DAMAGED;
	}
	const output = new Output(io.stdout);
	output.write(options.markdown ? explanationMarkdown(choice.found) : explanationText(choice.found, colours, width));
	await output.end();
	if (output.error) return fail(io, `cannot write the output: ${output.error.message}`, DAMAGED);
	if (damaged) io.stderr.write(`mitmsrp: ${name} is damaged; everything before the damage was read\n`);
	return damaged ? DAMAGED : CLEAN;
}

/** Finds the message to explain while entries pass by: they cannot be kept. */
class Choice {
	readonly #wanted: number | undefined;
	readonly #filter: Filter | undefined;
	readonly #context: FilterContext = {};
	readonly #chains = new ChainCollector(() => {});
	readonly #summariser = new Summariser();
	readonly #candidates: string[] = [];
	#more = 0;
	#entries = 0;
	#zero: { sec: number; nsec: number } | undefined;
	#explanation: Explanation | undefined;
	#entry = 0;
	/** how far the explanation is from what is looked for: 0 is it */
	#rank = Number.POSITIVE_INFINITY;
	/** the entry exists but has no verdict */
	#unjudged: string | undefined;
	classify: CoreOptions["classify"] = { level: "uri", rules: "both" };

	constructor(wanted: number | undefined, filter: Filter | undefined) {
		this.#wanted = wanted;
		this.#filter = filter;
	}

	start(at: { sec: number; nsec: number }): void {
		this.#zero ??= { sec: at.sec, nsec: at.nsec };
		this.#context.zero = this.#zero;
	}

	entry(entry: Entry): void {
		this.#zero ??= { sec: entry.began.sec, nsec: entry.began.nsec };
		this.#entries++;
		this.#chains.add(entry);
		const chosen = this.#filter === undefined || this.#filter.test(entry, this.#context);
		const verdict = entry.verdict;
		if (verdict === undefined || (entry.protocol !== "sip" && entry.protocol !== "msrp")) {
			if (entry.number === this.#wanted) this.#unjudged = this.#summariser.summary(entry);
			return;
		}
		if (verdict.models.length > 0 || entry.cpim !== undefined) this.#list(entry);
		const rank = chosen ? this.#rankOf(entry) : Number.POSITIVE_INFINITY;
		if (rank >= this.#rank) return;
		this.#rank = rank;
		this.#entry = entry.number;
		this.#explanation = explain(entry, verdict, { classify: this.classify, zero: this.#zero });
	}

	get found(): Explanation | undefined {
		return this.#explanation === undefined ? undefined : withChain(this.#explanation, this.#chains.of(this.#entry));
	}

	/** Why nothing was found, with what could be asked for instead. */
	why(name: string): string {
		let text: string;
		if (this.#wanted === undefined) text = `mitmsrp: no CPIM message in ${name}${this.#filter === undefined ? "" : " matches --filter"}\n`;
		else if (this.#unjudged !== undefined) text = `mitmsrp: #${this.#wanted} is no message that clients show: ${this.#unjudged}\n`;
		else text = `mitmsrp: there is no #${this.#wanted} in ${name}: it has ${this.#entries} entries\n`;
		if (this.#candidates.length === 0) return text;
		const more = this.#more > 0 ? `  … ${this.#more} more\n` : "";
		return `${text}messages that can be explained:\n${this.#candidates.join("")}${more}`;
	}

	/** With --entry only that one; else the first that diverges, else the first with CPIM. */
	#rankOf(entry: Entry): number {
		if (this.#wanted !== undefined) return entry.number === this.#wanted ? 0 : Number.POSITIVE_INFINITY;
		const { verdict } = entry;
		if (verdict === undefined || !("cpim" in entry) || entry.cpim === undefined) return Number.POSITIVE_INFINITY;
		return verdict.divergences.length > 0 ? 0 : 1;
	}

	#list(entry: Entry): void {
		const { verdict } = entry;
		if (this.#wanted === undefined || verdict === undefined) return;
		if (this.#candidates.length === LISTED) {
			this.#more++;
			return;
		}
		const label = `${classLabel(verdict.headline)} ${divergenceTag(verdict, false)}`.trimEnd();
		this.#candidates.push(`  ${`#${entry.number}`.padStart(6)} ${label.padEnd(14)} ${truncate(this.#summariser.summary(entry), 100)}\n`);
	}
}
