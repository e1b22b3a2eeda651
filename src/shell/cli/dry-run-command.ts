import { DryRun } from "../../core/dry-run/dry-run.js";
import { DryRunReport } from "../../core/dry-run/report.js";
import { dryRunJson, dryRunText } from "../../core/dry-run/text.js";
import { escapeTerminal } from "../../core/export/escape.js";
import { Output } from "../output.js";
import type { LiveRules } from "../rules/live-rules.js";
import { classifyRequest } from "./classify-options.js";
import { palette, wantsColour } from "./colours.js";
import { CLEAN, DAMAGED, fail, failedRun, INTERRUPTED, USAGE } from "./fail.js";
import type { Io } from "./io.js";
import type { AnalyzeOptions } from "./program.js";
import { RulesLog } from "./rules-log.js";
import { openRules, reportText, rulesRefused } from "./rules-options.js";
import type { AnalyzeRequest } from "./run.js";
import { Selection } from "./selection.js";
import { MessageWriter } from "./write-option.js";

/** Runs `mitmsrp analyze --rules`: what rules would have done to a capture; gives the exit code. */
export async function dryRunCommand(file: string, options: AnalyzeOptions, io: Io): Promise<number> {
	if (file === "-" && io.stdinIsTTY) return fail(io, "give a capture file, or pipe one in (mitmsrp analyze --help)");
	const other = (["ladder", "summary", "stats", "divergences", "chains", "checks", "whatIf", "junit", "failOn"] as const).find(
		(name) => options[name] !== undefined,
	);
	if (other !== undefined) {
		const flag = other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
		return fail(
			io,
			`--rules shows what rules would have done; --${flag} is for the capture as it is: write it with --write, and look at that`,
		);
	}
	const log = new RulesLog({ json: options.json }, io);
	let rules: LiveRules | undefined;
	try {
		rules = await openRules(options, io, log.listeners);
	} catch (error) {
		const refused = rulesRefused(error);
		if (refused === undefined) throw error;
		io.stderr.write(refused);
		return USAGE;
	}
	const { set, seed } = rules!;
	if (set.verdict && !options.classify)
		return fail(io, "the rules ask for im. fields, which need the classification that --no-classify switches off");
	const report = new DryRunReport();
	const selection = new Selection(options);
	let dry: DryRun;
	let writer: MessageWriter | undefined;
	let damaged: boolean;
	try {
		const request: AnalyzeRequest = { follow: options.follow === true, keyLogs: options.keylog ?? [], signal: io.signal };
		const classify = options.classify ? await classifyRequest(options, io.readFile) : undefined;
		writer = await MessageWriter.open(options, file, io);
		// The capture itself is judged only where that decides what is chosen: both pipelines of the dry run judge for themselves.
		if (classify !== undefined && options.filter?.needs.verdict === true) request.classify = classify;
		dry = new DryRun(set, {
			seed,
			classify,
			onLog: (line) => log.listeners.onLog?.(line),
			onFired: (fired, entry) => {
				if (entry === 0 || selection.has(entry)) report.fired(fired, entry);
			},
			onAfter: (after) => {
				if (after.number !== undefined && !selection.has(after.number)) return;
				report.after(after);
				writer?.entry(after.entry);
			},
		});
		const result = await io.analyze(file, request, {
			start: (at) => selection.start(at),
			entry: (entry) => {
				selection.take(entry);
				dry.entry(entry);
			},
			late: () => {},
			progress: () => {},
			done: () => selection.full,
			blocked: () => writer?.drained(),
		});
		dry.finish();
		damaged = result.info.damaged;
	} catch (error) {
		await writer?.close();
		return failedRun(io, error, options);
	}
	const written = await writer?.close();
	if (writer?.error) return fail(io, writer.error.message, DAMAGED);
	const output = new Output(io.stdout);
	const width = options.width ?? (io.stdout.isTTY ? (io.stdout.columns ?? 80) : Number.POSITIVE_INFINITY);
	const reports = dry.stage.report();
	if (options.json) output.write(dryRunJson(report, { seed, skipped: dry.skipped, cutOff: dry.cutOff, rules: reports }));
	else {
		output.write(dryRunText(report, dry, palette(wantsColour(options.color, io.stdout, io.env)), width));
		output.write(reportText(reports));
	}
	await output.end();
	if (output.error) return fail(io, `cannot write the output: ${output.error.message}`, DAMAGED);
	if (written !== undefined) io.stderr.write(written);
	if (damaged)
		io.stderr.write(
			`mitmsrp: ${file === "-" ? "standard input" : escapeTerminal(file)} is damaged; everything before the damage was read\n`,
		);
	if (io.signal.aborted && file !== "-" && options.follow !== true) return INTERRUPTED;
	return damaged ? DAMAGED : CLEAN;
}
