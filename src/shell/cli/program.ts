import { Command, Option } from "commander";
import { TIME_FORMATS, type TimeFormat } from "../../core/export/time-format.js";
import type { DiagnosticId } from "../../core/model/diagnostics/index.js";
import type { Filter } from "../../core/rules/filter/index.js";
import { addClassifyOptions, type ClassifyFlags } from "./classify-options.js";
import type { ColourChoice } from "./colours.js";
import { addDemoCommand, type DemoFlags } from "./demo-options.js";
import { addOpenCommand, type OpenFlags } from "./open-options.js";
import { addProxyCommand, type ProxyFlags } from "./proxy-options.js";
import { addRedactOptions, type RedactFlags } from "./redact-options.js";
import { addReplayCommand, type ReplayFlags } from "./replay-options.js";
import { addReportCommand, type ReportFlags } from "./report-options.js";
import { addRulesCommand, type RulesActions } from "./rules-commands.js";
import { addRulesOptions, type RulesFlags } from "./rules-options.js";
import { collect, parseCount, parseDiagnostics, parseFilterOption, parseTime, type TimeBound } from "./values.js";
import { addWhatIfOptions, type WhatIfFlags } from "./what-if-options.js";
import { addWriteOptions, type WriteFlags } from "./write-option.js";

export const FAIL_ON = ["error", "warning", "divergence", "violation"] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** Options of `explain`. */
export interface ExplainOptions extends ClassifyFlags, RedactFlags {
	entry?: number;
	filter?: Filter;
	markdown?: true;
	keylog?: string[];
	width?: number;
	color: ColourChoice;
}

/** What the commands do. */
export interface Actions {
	analyze(file: string, options: AnalyzeOptions): Promise<void>;
	explain(file: string, options: ExplainOptions): Promise<void>;
	proxy(options: ProxyFlags): Promise<void>;
	demo(options: DemoFlags): Promise<void>;
	replay(file: string, options: ReplayFlags): Promise<void>;
	rules: RulesActions;
	open(file: string, options: OpenFlags): Promise<void>;
	report(file: string, options: ReportFlags): Promise<void>;
}

const nothing = async (): Promise<void> => {};
const NO_RULES: RulesActions = { check: nothing, explain: nothing, list: nothing, schema: nothing, test: nothing };
/** For whoever only wants to know what commands and options there are. */
export const NO_ACTIONS: Actions = {
	analyze: nothing,
	explain: nothing,
	proxy: nothing,
	demo: nothing,
	replay: nothing,
	rules: NO_RULES,
	open: nothing,
	report: nothing,
};

/** Options of `analyze` as commander hands them over. */
export interface AnalyzeOptions extends ClassifyFlags, WhatIfFlags, WriteFlags, RulesFlags, RedactFlags {
	json?: true;
	ladder?: true | "text" | "mermaid";
	summary?: true;
	stats?: true;
	verbose: number;
	session?: string;
	filter?: Filter;
	limit?: number;
	from?: TimeBound;
	to?: TimeBound;
	follow?: true;
	keylog?: string[];
	disable?: Set<DiagnosticId>;
	failOn?: FailOn;
	classify: boolean;
	divergences?: true;
	chains?: true;
	checks?: true;
	boxes?: true;
	junit?: string;
	time: TimeFormat;
	width?: number;
	color: ColourChoice;
	progress: boolean;
}

const ANALYZE_HELP = `
Examples:
  mitmsrp analyze chat.pcapng                        one line a message, in order
  mitmsrp analyze -v --session c2 chat.pcapng        one session, with headers, SDP, CPIM and findings
  mitmsrp analyze --ladder --session c2 chat.pcapng  the same session as a ladder
  mitmsrp analyze --json chat.pcapng | jq 'select(."imdn.disposition" == "displayed")'
  mitmsrp analyze --summary --fail-on error chat.pcapng
  mitmsrp analyze --divergences chat.pcapng          where clients would show a message differently, and why
  mitmsrp analyze --chains chat.pcapng               what came back for each message: 200, REPORT, IMDN
  mitmsrp analyze --checks --fail-on violation chat.pcapng   OMA and IETF clauses, one by one
  mitmsrp analyze --boxes both-sides.pcapng          what a box did to Contact and SDP, and which ALG it is like
  mitmsrp analyze --what-if A2,A3 chat.pcapng        what clients would show with such a box in the path
  mitmsrp analyze --rules slow.yaml --seed 7 chat.pcapng     what rules would have done, and what clients would have shown
  mitmsrp analyze --keylog keys.txt secure.pcap      decrypts SIPS, MSRPS and WSS
  tcpdump -i any -U -w - | mitmsrp analyze -         live

Exit codes: 0 clean, 1 damaged input or what --fail-on asks for, 2 wrong usage, 130 interrupted.`;

const EXPLAIN_HELP = `
Examples:
  mitmsrp explain chat.pcapng                        the first message that clients show differently
  mitmsrp explain --entry 16 chat.pcapng             that one; numbers as in analyze
  mitmsrp explain --entry 16 --markdown chat.pcapng  ready to paste into a bug report
  mitmsrp explain --session-identity "sip:room@example.com;isfocus" only-msrp.pcapng

Exit codes: 0 explained, 1 damaged input or no such message, 2 wrong usage, 130 interrupted.`;

/** The command line, without what it does: the actions are called with the parsed values. The reference page is made from it too. */
export function createProgram(version: string, actions: Actions): Command {
	const program = new Command("mitmsrp");
	program
		.description("The debugging middlebox for SIP and MSRP messaging: decodes, explains and checks captures and live traffic.")
		.version(version, "-V, --version", "print the version")
		.helpOption("-h, --help", "show this help")
		.helpCommand("help [command]", "show the help of a command")
		.showHelpAfterError("(mitmsrp --help lists what there is)")
		.showSuggestionAfterError(true);
	const analyze = program
		.command("analyze")
		.description("print every SIP, MSRP and CPIM message of a capture, in order, with its session and what is wrong with it")
		.argument("[file]", "pcap or pcapng file, also gzip-compressed; - for standard input", "-")
		.addOption(new Option("--json", "one JSON object a line (schema: docs/schema/entry.schema.json)").conflicts("ladder"))
		.addOption(
			new Option("--ladder [form]", "a ladder for each session").choices(["text", "mermaid"]).preset("text").conflicts(["json", "summary"]),
		)
		.addOption(new Option("--summary", "only counts, sessions and findings, no messages").conflicts("ladder"))
		.option("--stats", "counts, sessions and findings after the messages (standard error; with --json the last line)")
		.option("-v, --verbose", "add decoded detail; -vv adds a hexdump", (_: string, before: number) => before + 1, 0)
		.option("--session <id>", "only this session, c1 for example")
		.option("--filter <expression>", "only what matches, in Wireshark's language (docs/reference/filter.md)", parseFilterOption)
		.option("--limit <n>", "stop after this many messages", parseCount)
		.option("--from <time>", "from this time on: seconds since the first packet, or 2023-11-14T22:13:20Z", parseTime)
		.option("--to <time>", "up to this time", parseTime)
		.option("--follow", "keep reading as the file grows")
		.option("--keylog <file>", "TLS secrets, NSS key log (SSLKEYLOGFILE); repeatable", collect)
		.option("--disable <id>", "switch a diagnostic off, or a family: tcp.*; repeatable", parseDiagnostics)
		.addOption(new Option("--fail-on <severity>", "exit with 1 when there is such a finding").choices([...FAIL_ON]))
		.option("--no-classify", "do not work out what clients make of messages")
		.addOption(
			new Option("--divergences", "only messages that kinds of client show differently, by cause").conflicts([
				"ladder",
				"summary",
				"classify",
			]),
		)
		.addOption(
			new Option("--chains", "what came back for each chat message: response, REPORT, notifications").conflicts([
				"json",
				"ladder",
				"summary",
				"divergences",
			]),
		)
		.addOption(
			new Option("--checks", "only the table of clause checks: pass, violation, unknown, n/a, with evidence").conflicts([
				"ladder",
				"summary",
				"divergences",
				"chains",
				"classify",
			]),
		)
		.addOption(
			new Option(
				"--boxes",
				"only what boxes in the path changed, part by part, where a message was captured on both sides; and the ALG profiles that are like them",
			).conflicts(["ladder", "summary", "divergences", "chains", "checks", "whatIf"]),
		)
		.option("--junit <file>", "write divergences as JUnit XML, with --checks one test case a check too")
		.addOption(new Option("--time <format>", "time column").choices([...TIME_FORMATS]).default("relative"))
		.option("--width <columns>", "cut lines here (default: the terminal's width; unlimited when piped)", parseCount)
		.addOption(new Option("--color <when>", "colour").choices(["auto", "always", "never"]).default("auto"))
		.option("--no-progress", "no progress line");
	addWriteOptions(analyze);
	addRulesOptions(analyze);
	addRedactOptions(analyze);
	addClassifyOptions(addWhatIfOptions(analyze))
		.addHelpText("after", ANALYZE_HELP)
		.action((file, options) => actions.analyze(file, options));
	const explain = program
		.command("explain")
		.description("say in sentences what each kind of client makes of one message, from what it knows it, and what would change that")
		.argument("[file]", "pcap or pcapng file, also gzip-compressed; - for standard input", "-")
		.option("--entry <n>", "the message with this number (default: the first that clients show differently)", parseCount)
		.option("--filter <expression>", "choose among the messages that match (docs/reference/filter.md)", parseFilterOption)
		.option("--markdown", "Markdown, ready to paste; everything from the wire is escaped")
		.option("--keylog <file>", "TLS secrets, NSS key log (SSLKEYLOGFILE); repeatable", collect)
		.option("--width <columns>", "wrap lines here (default: the terminal's width, 100 at most)", parseCount)
		.addOption(new Option("--color <when>", "colour").choices(["auto", "always", "never"]).default("auto"));
	addClassifyOptions(addRedactOptions(explain))
		.addHelpText("after", EXPLAIN_HELP)
		.action((file, options) => actions.explain(file, options));
	addProxyCommand(program, (options) => actions.proxy(options));
	addDemoCommand(program, (options) => actions.demo(options));
	addReplayCommand(program, (file, options) => actions.replay(file, options));
	addRulesCommand(program, actions.rules);
	addOpenCommand(program, (file, options) => actions.open(file, options));
	addReportCommand(program, (file, options) => actions.report(file, options));
	program.addHelpText("after", "\nTry: mitmsrp analyze FILE    and: mitmsrp analyze --help");
	return program;
}
