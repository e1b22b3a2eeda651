import { escapeTerminal } from "../export/escape.js";
import type { Palette } from "../export/palette.js";
import { formatDifference } from "../export/time-format.js";
import { padTo, truncate } from "../export/width.js";
import { CHAIN_LINKS, type Chain, type ChainLink, type ChainStep, missingLinks } from "./chain.js";

type Instant = { sec: number; nsec: number };

export const LINK_TITLES: Readonly<Record<ChainLink, string>> = {
	response: "response",
	report: "REPORT",
	delivered: "IMDN delivered",
	displayed: "IMDN displayed",
};
/** steps of one link that are told one by one */
const SHOWN = 4;
/** 200 #1234 +12.345678 */
const COLUMN = 21;

/** Chains as lines under one header: what came back for each message and when; MISSING where it was asked for in vain. */
export class ChainText {
	readonly #palette: Palette;
	readonly #width: number;
	#zero: Instant | undefined;
	#chains = 0;
	readonly #missing: Record<ChainLink, number> = { response: 0, report: 0, delivered: 0, displayed: 0 };

	constructor(palette: Palette, width: number) {
		this.#palette = palette;
		this.#width = width;
	}

	/** The zero of the time column; without it the first chain gives it. */
	start(at: Instant): void {
		this.#zero ??= { sec: at.sec, nsec: at.nsec };
	}

	chain(chain: Chain): string {
		this.#zero ??= chain.at;
		const head = this.#chains++ === 0 ? this.#head() : "";
		for (const link of missingLinks(chain)) this.#missing[link]++;
		const left = `${String(chain.entry).padStart(5)} ${formatDifference(chain.at, this.#zero).padStart(11)} ${(chain.session ?? "-").padEnd(4)} ${chain.label.padEnd(6)}`;
		let line = this.#palette.dim(left);
		let used = left.length;
		for (const link of CHAIN_LINKS) {
			const text = linkText(chain, link);
			used += 1 + Math.max(COLUMN, text.length);
			line += ` ${this.#paint(chain, link, padTo(text, COLUMN))}`;
		}
		return `${head}${line} ${truncate(escapeTerminal(chain.title), Math.max(12, this.#width - used - 1))}\n`;
	}

	/** How many, and what is missing; a sentence of its own when there was no message. */
	end(): string {
		if (this.#chains === 0) return "no chat message was seen\n";
		const missing = CHAIN_LINKS.filter((link) => this.#missing[link] > 0).map((link) => `${this.#missing[link]} ${LINK_TITLES[link]}`);
		const what = missing.length === 0 ? "nothing that was asked for is missing" : `missing: ${missing.join(", ")}`;
		return `${this.#chains} chat message${this.#chains === 1 ? "" : "s"}; ${what}\n`;
	}

	#head(): string {
		const links = CHAIN_LINKS.map((link) => ` ${LINK_TITLES[link].padEnd(COLUMN)}`).join("");
		return `${this.#palette.bold(`    #        time sess class ${links} message`)}\n`;
	}

	#paint(chain: Chain, link: ChainLink, text: string): string {
		const { severity, success, dim } = this.#palette;
		const [step] = chain.steps[link];
		if (step === undefined) return chain.wanted[link] ? severity.warn(text) : dim(text);
		return failed(telling(chain.steps[link])) ? severity.error(text) : success(text);
	}
}

/** "200 #17 +0.001625", "MISSING", "-" where it was not asked for. */
function linkText(chain: Chain, link: ChainLink): string {
	const steps = chain.steps[link];
	if (steps.length === 0) return chain.wanted[link] ? "MISSING" : "-";
	const step = telling(steps);
	const more = steps.length > 1 ? ` (${steps.length})` : "";
	return [escapeTerminal(shortStep(link, step)), `#${step.entry}`, `+${formatDifference(step.at, chain.at)}${more}`]
		.filter((word) => word !== "")
		.join(" ");
}

/** The first failure, else the last: that is when all were there. */
export function telling(steps: readonly ChainStep[]): ChainStep {
	return steps.find(failed) ?? steps.at(-1)!;
}

/** A status other than 2xx, or a notification that tells of no success. */
export function failed({ text }: ChainStep): boolean {
	return !/^(?:000 )?2\d\d\b|^(?:delivered|displayed|processed|stored)$/.test(text);
}

/** The status code alone, the disposition only where it is not what the column says. */
function shortStep(link: ChainLink, { text }: ChainStep): string {
	const code = /^(?:000 )?(\d{3})\b/.exec(text);
	if (code !== null) return code[1]!;
	return text === link ? "" : truncate(text, 12);
}

/** The same for one message as sentences; not escaped. */
export function chainSentences(chain: Chain): { link: string; text: string; wire: string; missing: boolean }[] {
	return CHAIN_LINKS.flatMap((link) => {
		const steps = chain.steps[link];
		if (steps.length === 0) {
			const text = chain.wanted[link] ? "missing, though it was asked for" : "not asked for";
			return [{ link: LINK_TITLES[link], text, wire: "", missing: chain.wanted[link] }];
		}
		const shown = steps.length <= SHOWN ? steps : [...steps.slice(0, SHOWN - 1), steps.at(-1)!];
		const hidden = steps.length - shown.length;
		return shown.map((step, index) => ({
			link: LINK_TITLES[link],
			text: `#${step.entry}, ${formatDifference(step.at, chain.at)} s later${hidden > 0 && index === SHOWN - 1 ? `, after ${hidden} more` : ""}`,
			wire: step.text,
			missing: false,
		}));
	});
}
