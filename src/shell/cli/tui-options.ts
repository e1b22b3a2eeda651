import { type Command, Option } from "commander";
import { KEY_SETS } from "../ui/keys/sets.js";
import { THEMES } from "../ui/theme/themes.js";

/** The options of commands that can open the terminal user interface. */
export interface TuiFlags {
	keys: string;
	keyFile?: string;
	theme: string;
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
