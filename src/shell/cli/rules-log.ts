import { escapeTerminal, escapeTerminalLines } from "../../core/export/escape.js";
import { problemText } from "../../core/rules/index.js";
import type { LiveRules, LiveRulesOptions } from "../rules/live-rules.js";
import type { Io } from "./io.js";
import { inUse, reportText } from "./rules-options.js";

/** What the user sees of rules at work: their lines on the log, reloads, and in the end what each did. */
export class RulesLog {
	readonly #json: boolean;
	readonly #io: Io;

	constructor({ json }: { json?: true | undefined }, io: Io) {
		this.#json = json === true;
		this.#io = io;
	}

	/** for `openRules` */
	get listeners(): Pick<LiveRulesOptions, "onLog" | "onReload"> {
		return {
			onLog: ({ rule, text, connection }) => {
				if (this.#json) this.#event("rule-log", { rule, connection: connection.id, text });
				else this.#io.stderr.write(`${escapeTerminal(`rule ${rule}: ${text}`)}\n`);
			},
			onReload: (outcome) => {
				if ("set" in outcome) {
					if (this.#json) this.#event("rules", { rules: outcome.set.rules.length, files: outcome.set.files });
					else this.#io.stderr.write(`${escapeTerminal(`mitmsrp: rules reloaded: ${inUse(outcome.set)}`)}\n`);
					return;
				}
				if (this.#json) this.#event("rules-refused", { problems: outcome.problems });
				else
					this.#io.stderr.write(
						escapeTerminalLines(`${outcome.problems.map(problemText).join("\n")}\nmitmsrp: the rules stay as they were\n`),
					);
			},
		};
	}

	finished(rules: LiveRules): void {
		if (this.#json) this.#event("rules-report", { seed: rules.seed, rules: rules.report() });
		else this.#io.stderr.write(reportText(rules.report()));
	}

	#event(event: string, more: object): void {
		this.#io.stdout.write(`${JSON.stringify({ event, ...more })}\n`);
	}
}
