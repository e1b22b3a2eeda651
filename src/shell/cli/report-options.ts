import type { Command } from "commander";
import type { DiagnosticId } from "../../core/model/diagnostics/index.js";
import type { Filter } from "../../core/rules/filter/index.js";
import { addClassifyOptions, type ClassifyFlags } from "./classify-options.js";
import { addRedactOptions, type RedactFlags } from "./redact-options.js";
import { collect, parseCount, parseDiagnostics, parseFilterOption, parseTime, type TimeBound } from "./values.js";

/** Options of `report`. */
export interface ReportFlags extends ClassifyFlags, RedactFlags {
	output: string;
	title?: string;
	session?: string;
	filter?: Filter;
	limit?: number;
	from?: TimeBound;
	to?: TimeBound;
	follow?: true;
	keylog?: string[];
	disable?: Set<DiagnosticId>;
	classify: boolean;
	progress: boolean;
}

const REPORT_HELP = `
Examples:
  mitmsrp report chat.pcapng -o chat.html                   one file that needs no network: mail it, attach it to a ticket
  mitmsrp report chat.pcapng --session c2 -o c2.html        one session
  mitmsrp report chat.pcapng --filter 'im.divergence' -o differ.html
  mitmsrp report secure.pcap --keylog keys.txt -o secure.html
  tcpdump -i any -U -w - | mitmsrp report - -o live.html    written when the input ends, or on Ctrl-C

The report of a running proxy: mitmsrp proxy --report FILE.
Exit codes: 0 written, 1 damaged input (what could be read is in the report), 2 wrong usage, 130 interrupted, nothing written.`;

export function addReportCommand(program: Command, action: (file: string, flags: ReportFlags) => Promise<void>): void {
	const report = program
		.command("report")
		.description(
			"write an HTML page about a capture: divergences, ladder, why, delivery, rewriting, clauses, findings; one file, no network",
		)
		.argument("[file]", "pcap or pcapng file, also gzip-compressed; - for standard input", "-")
		.option("-o, --output <file>", "the page; - for standard output", "report.html")
		.option("--title <text>", "its heading (default: the name of the capture)")
		.option("--session <id>", "only this session, c1 for example")
		.option("--filter <expression>", "only what matches, in Wireshark's language (docs/reference/filter.md)", parseFilterOption)
		.option("--limit <n>", "stop after this many messages", parseCount)
		.option("--from <time>", "from this time on: seconds since the first packet, or 2023-11-14T22:13:20Z", parseTime)
		.option("--to <time>", "up to this time", parseTime)
		.option("--follow", "keep reading as the file grows, until interrupted")
		.option("--keylog <file>", "TLS secrets, NSS key log (SSLKEYLOGFILE); repeatable", collect)
		.option("--disable <id>", "switch a diagnostic off, or a family: tcp.*; repeatable", parseDiagnostics)
		.option("--no-classify", "do not work out what clients make of messages")
		.option("--no-progress", "no progress line");
	addClassifyOptions(addRedactOptions(report))
		.addHelpText("after", REPORT_HELP)
		.action((file, flags) => action(file, flags));
}
