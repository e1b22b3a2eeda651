import { type Command, InvalidArgumentError, Option } from "commander";
import { AlgNameError, createAlg } from "../../core/alg/index.js";
import { WhatIf, type WhatIfMessage, type WhatIfRewrite } from "../../core/alg/what-if.js";
import { WhatIfReport } from "../../core/explain/what-if-report.js";
import { whatIfJson, whatIfText } from "../../core/explain/what-if-text.js";
import type { Palette } from "../../core/export/palette.js";
import type { Entry } from "../../core/model/entry.js";
import { DEFAULT_LIMITS } from "../../core/model/limits.js";
import type { ClassifyRequest } from "./classify-options.js";

const SHOWS = { address: "203.0.113.9", port: 5071 };

/** The options of the question what a box in the path would change. */
export interface WhatIfFlags {
	whatIf?: string[];
	whatIfInside?: "room" | "client";
}

export function addWhatIfOptions(command: Command): Command {
	return command
		.addOption(
			new Option(
				"--what-if <profiles>",
				"what clients would make of the messages with these ALG profiles in the path, one after the other; separated by commas, with options: nf-sip:strayAddress=random",
			)
				.argParser(profiles)
				.conflicts(["ladder", "summary", "divergences", "chains", "checks", "boxes", "classify"]),
		)
		.addOption(new Option("--what-if-inside <end>", "who stands behind the box (default: room)").choices(["room", "client"]));
}

/** @throws InvalidArgumentError when there is no such profile or option; the text names the nearest */
function profiles(text: string, before: readonly string[] = []): string[] {
	const names = text
		.split(",")
		.map((name) => name.trim())
		.filter((name) => name !== "");
	try {
		createAlg(names, { outside: SHOWS });
	} catch (error) {
		if (error instanceof AlgNameError) throw new InvalidArgumentError(`${error.message}.`);
		throw error;
	}
	return [...before, ...names];
}

/** Asks the question for a run: fed with every entry, shows those that were chosen. */
export class WhatIfRun {
	readonly #whatIf: WhatIf;
	readonly #report = new WhatIfReport();
	readonly #question: { names: readonly string[]; inside: "room" | "client"; shows: string };

	constructor(names: readonly string[], { whatIfInside: inside = "room" }: WhatIfFlags, classify: ClassifyRequest) {
		this.#whatIf = new WhatIf({ names, inside, outside: SHOWS, classify: { ...classify, limits: DEFAULT_LIMITS } });
		this.#question = { names, inside, shows: `${SHOWS.address}:${SHOWS.port}` };
	}

	/** What the box makes of an entry. To be asked for every entry, in order; `show` is for the chosen ones. */
	ask(entry: Entry): WhatIfMessage | WhatIfRewrite | undefined {
		return this.#whatIf.entry(entry);
	}

	show(found: WhatIfMessage | WhatIfRewrite | undefined): void {
		if (found !== undefined) this.#report.add(found);
	}

	text(palette: Palette, width: number): string {
		return whatIfText(this.#question, this.#report, palette, width);
	}

	json(): string {
		return whatIfJson(this.#question, this.#report);
	}
}
