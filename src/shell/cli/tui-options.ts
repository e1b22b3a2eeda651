import { type Command, InvalidArgumentError, Option } from "commander";
import { LONGEST } from "../../core/breakpoints/points.js";
import { KEY_SETS } from "../ui/keys/sets.js";
import { THEMES } from "../ui/theme/themes.js";

/** The options of commands that can open the terminal user interface. */
export interface TuiFlags {
	keys: string;
	keyFile?: string;
	theme: string;
}

/** Those of commands whose messages can be held. */
export interface HoldFlags {
	holdTimeout?: number;
	holdThen: "resume" | "drop";
}

export function addHoldOptions(command: Command): Command {
	return command
		.option("--hold-timeout <seconds>", "a message held at a breakpoint waits this long for somebody (default: 300)", parseSeconds)
		.addOption(new Option("--hold-then <what>", "what becomes of it then").choices(["resume", "drop"]).default("resume"));
}

function parseSeconds(text: string): number {
	const seconds = Number(text);
	if (!(seconds >= 0.001 && seconds <= LONGEST)) throw new InvalidArgumentError(`Give seconds, from 0.001 to ${LONGEST}.`);
	return seconds;
}

export function addTuiOptions(command: Command): Command {
	return command
		.addOption(
			new Option("--keys <set>", "keys of the terminal user interface").choices(KEY_SETS.map(({ name }) => name)).default("mitmproxy"),
		)
		.option("--key-file <file>", "other keys, in YAML (default: keys.yaml in the configuration folder, where there is one)")
		.addOption(
			new Option("--theme <name>", "colours of the terminal user interface").choices(THEMES.map(({ name }) => name)).default("dark"),
		);
}
