import type { ClauseTable } from "../../core/checks/clauses/table.js";
import { DivergenceReport } from "../../core/explain/divergence-report.js";
import { clauseSuite } from "../../core/explain/junit-clauses.js";
import { divergenceSuite } from "../../core/explain/junit-divergences.js";
import { escapeTerminal } from "../../core/export/escape.js";
import { junitXml } from "../../core/export/junit.js";
import { severityMark, severityOf } from "../../core/export/severity.js";
import { Stats } from "../../core/export/stats.js";
import { grouped, statsLine, statsText } from "../../core/export/stats-text.js";
import type { CaptureInfo } from "../../core/model/packet.js";
import type { Problem } from "../../core/model/problem.js";
import { Output } from "../output.js";
import { classifyRequest } from "./classify-options.js";
import { palette, wantsColour } from "./colours.js";
import { CLEAN, DAMAGED, fail, failedRun, INTERRUPTED } from "./fail.js";
import type { Io } from "./io.js";
import type { AnalyzeOptions } from "./program.js";
import { Progress } from "./progress.js";
import { redacting } from "./redact-options.js";
import type { AnalyzeRequest } from "./run.js";
import { Selection } from "./selection.js";
import { createView } from "./view.js";
import { WhatIfRun } from "./what-if-options.js";
import { MessageWriter } from "./write-option.js";

/** Runs `mitmsrp analyze`; gives the exit code. */
export async function analyzeCommand(file: string, options: AnalyzeOptions, shown: Io): Promise<number> {
	const io = redacting(options, shown);
	if (options.rules !== undefined) return (await import("./dry-run-command.js")).dryRunCommand(file, options, io);
	if (file === "-" && io.stdinIsTTY) return fail(io, "give a capture file, or pipe one in (mitmsrp analyze --help)");
	if (!options.classify && (options.failOn === "divergence" || options.failOn === "violation" || options.junit !== undefined)) {
		return fail(io, "--fail-on divergence, --fail-on violation and --junit need the classification that --no-classify switches off");
	}
	if (!options.classify && options.filter?.needs.verdict) {
		return fail(io, "the filter asks for im. fields, which need the classification that --no-classify switches off");
	}
	const output = new Output(io.stdout);
	const width = options.width ?? (io.stdout.isTTY ? (io.stdout.columns ?? 80) : Number.POSITIVE_INFINITY);
	let checks: ClauseTable | undefined;
	let whatIf: WhatIfRun | undefined;
	const view = createView(
		options,
		output,
		palette(wantsColour(options.color, io.stdout, io.env)),
		width,
		() => checks,
		() => whatIf,
	);
	const selection = new Selection(options);
	const stats = new Stats();
	const progress = options.progress && io.stderr.isTTY && !(view.streams && io.stdout.isTTY) ? new Progress(io) : undefined;
	const enabled = enabledFilter(options);
	const judges = classifies(options);
	const divergences = options.junit === undefined ? undefined : new DivergenceReport();
	const live = file === "-" || options.follow === true;

	let info: CaptureInfo;
	let writer: MessageWriter | undefined;
	try {
		const request: AnalyzeRequest = { follow: options.follow === true, keyLogs: options.keylog ?? [], signal: io.signal };
		if (judges) request.classify = await classifyRequest(options, io.readFile);
		if (options.checks || options.failOn === "violation")
			checks = new (await import("../../core/checks/clauses/table.js")).ClauseTable({
				...request.classify,
				chosen: (number) => selection.has(number),
			});
		if (options.whatIf !== undefined) whatIf = new WhatIfRun(options.whatIf, options, request.classify ?? {});
		writer = await MessageWriter.open(options, file, io);
		const result = await io.analyze(file, request, {
			start: (at) => {
				selection.start(at);
				view.start(at);
			},
			entry: (entry) => {
				const taken = selection.take(entry);
				checks?.entry(entry);
				const rewritten = whatIf?.ask(entry);
				if (!taken) return;
				whatIf?.show(rewritten);
				if (enabled && entry.problems.length > 0) entry.problems = entry.problems.filter(enabled);
				stats.entry(entry);
				writer?.entry(entry);
				divergences?.entry(entry);
				view.entry(entry);
			},
			late: (number, problem) => {
				// What is found missing because the reading was stopped says nothing about the traffic.
				if (selection.full || io.signal.aborted) return;
				if (!selection.has(number)) return;
				checks?.late(number, problem);
				if (enabled && !enabled(problem)) return;
				stats.problem(problem);
				view.late(number, problem);
			},
			progress: (read, total) => {
				progress?.update(read, total, stats.entries);
				if (live || io.stdout.isTTY) view.flush();
			},
			done: () => selection.full || output.closed,
			blocked: () => both(output.drained(), writer?.drained()),
		});
		info = result.info;
	} catch (error) {
		progress?.clear();
		await writer?.close();
		view.flush();
		await output.end();
		return failedRun(io, error, options);
	}
	progress?.clear();

	const captureProblems = enabled ? info.problems.filter(enabled) : info.problems;
	for (const problem of captureProblems) {
		stats.problem(problem);
		view.captureProblem(problem);
	}
	checks?.finish();
	view.end(stats.result());
	view.flush();
	await output.end();
	if (output.error) return fail(io, `cannot write the output: ${output.error.message}`, DAMAGED);
	const written = await writer?.close();
	if (writer?.error) return fail(io, writer.error.message, DAMAGED);
	if (options.junit !== undefined && divergences !== undefined) {
		try {
			const suites = [divergenceSuite(divergences), ...(options.checks && checks !== undefined ? [clauseSuite(checks)] : [])];
			await io.writeFile(options.junit, junitXml(suites));
		} catch (error) {
			return fail(io, `${options.junit}: cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
		}
	}
	if (!output.closed) io.stderr.write(report(file, options, io, stats, captureProblems, info) + (written ?? ""));

	if (io.signal.aborted && !live) return INTERRUPTED;
	if (info.damaged) return DAMAGED;
	return hits(options, stats, checks) > 0 ? DAMAGED : CLEAN;
}

function both(one: Promise<void> | undefined, other: Promise<void> | undefined): Promise<void> | undefined {
	return one === undefined || other === undefined ? (one ?? other) : Promise.all([one, other]).then(() => {});
}

function hits({ failOn }: AnalyzeOptions, stats: Stats, checks: ClauseTable | undefined): number {
	switch (failOn) {
		case "error":
			return stats.errors;
		case "warning":
			return stats.errors + stats.warnings;
		case "divergence":
			return stats.divergent;
		case "violation":
			return checks?.violations ?? 0;
		default:
			return 0;
	}
}

/** Whatever shows messages shows their class. Counts and ladders do not, so they pay for it only when something asks. */
function classifies({
	classify,
	summary,
	ladder,
	boxes,
	divergences,
	checks,
	failOn,
	junit,
	whatIf,
	write,
	filter,
}: AnalyzeOptions): boolean {
	if (divergences || checks || failOn === "divergence" || failOn === "violation" || junit !== undefined || whatIf !== undefined)
		return true;
	return classify && ((!summary && !ladder && !boxes) || write !== undefined || filter?.needs.verdict === true);
}

/** What goes to standard error at the end: damage, the interruption, and how much was seen. */
function report(file: string, options: AnalyzeOptions, io: Io, stats: Stats, problems: readonly Problem[], info: CaptureInfo): string {
	const paint = palette(wantsColour(options.color, io.stderr, io.env));
	const name = file === "-" ? "standard input" : escapeTerminal(file);
	let text = "";
	for (const problem of problems) {
		const severity = severityOf(problem);
		const detail = problem.detail === undefined ? "" : `: ${escapeTerminal(problem.detail)}`;
		text += `${paint.severity[severity](`${severityMark(severity)} ${problem.id}`)} at octet ${problem.offset} of ${name}${detail}\n`;
	}
	if (info.damaged) text += `mitmsrp: ${name} is damaged; everything before the damage was read\n`;
	if (io.signal.aborted) text += `mitmsrp: interrupted after ${grouped(stats.entries)} messages\n`;
	if (options.json || options.summary) return text;
	const found = stats.result();
	if (options.stats) return text + statsText(found, paint, io.stderr.columns ?? Number.POSITIVE_INFINITY);
	if (found.entries > 0) return `${text}${statsLine(found)}\n`;
	const chosen = options.session !== undefined || options.from !== undefined || options.to !== undefined || options.filter;
	return `${text}mitmsrp: ${chosen ? "no message was chosen by --session, --filter, --from and --to" : `no SIP or MSRP message in ${name}`}\n`;
}

function enabledFilter({ disable }: AnalyzeOptions): ((problem: Problem) => boolean) | undefined {
	return disable && disable.size > 0 ? (problem) => !disable.has(problem.id) : undefined;
}
