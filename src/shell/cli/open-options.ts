import type { Command } from "commander";
import { Option } from "commander";
import { addClassifyOptions, type ClassifyFlags } from "./classify-options.js";
import type { ColourChoice } from "./colours.js";
import { addTuiOptions, type TuiFlags } from "./tui-options.js";
import { collect, parseCount } from "./values.js";

/** Options of `open`. */
export interface OpenFlags extends ClassifyFlags, TuiFlags {
	follow?: boolean;
	entries: number;
	keylog?: string[];
	color: ColourChoice;
}

const OPEN_HELP = `
Examples:
  mitmsrp open chat.pcapng                        sessions; Enter: ladder; Enter: why clients show a message as they do
  mitmsrp open --follow growing.pcapng            as it grows
  mitmsrp open --keys sngrep chat.pcapng          with sngrep's keys; ? or F1 lists them
  tcpdump -i any -U -w - | mitmsrp open -         live

Exit codes: 0 ended by the user, 1 damaged input, 2 wrong usage or no terminal.`;

/** The most rows that a list may be asked to keep. */
const ENTRIES = 100_000;

export function addOpenCommand(program: Command, action: (file: string, flags: OpenFlags) => Promise<void>): void {
	const open = program
		.command("open")
		.description("look at a capture in the terminal: sessions, ladders, messages, and why clients show them as they do")
		.argument("[file]", "pcap or pcapng file, also gzip-compressed; - for standard input", "-")
		.option("--follow", "keep reading as the file grows (default: when it was written to in the last minute)")
		.option("--no-follow", "stop at the end of the file")
		.option("--entries <n>", "entries that the lists keep; older ones go", parseCount, ENTRIES)
		.option("--keylog <file>", "TLS secrets, NSS key log (SSLKEYLOGFILE); repeatable", collect)
		.addOption(new Option("--color <when>", "colour").choices(["auto", "always", "never"]).default("auto"));
	addClassifyOptions(addTuiOptions(open))
		.addHelpText("after", OPEN_HELP)
		.action((file, flags) => action(file, flags));
}
