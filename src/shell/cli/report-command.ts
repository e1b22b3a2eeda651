import { basename } from "node:path";
import { escapeTerminal } from "../../core/export/escape.js";
import type { CaptureInfo } from "../../core/model/packet.js";
import { Report } from "../../core/report/report.js";
import { classifyRequest } from "./classify-options.js";
import { version } from "./cli.js";
import { CLEAN, DAMAGED, fail, failedRun, INTERRUPTED } from "./fail.js";
import type { Io } from "./io.js";
import { Progress } from "./progress.js";
import { isRedacted, redacting } from "./redact-options.js";
import { reportedClassify, reportedText, savePage } from "./report-file.js";
import type { ReportFlags } from "./report-options.js";
import type { AnalyzeRequest } from "./run.js";
import { Selection } from "./selection.js";
import { sameFile } from "./write-option.js";

/** Runs `mitmsrp report`; gives the exit code. */
export async function reportCommand(file: string, flags: ReportFlags, shown: Io): Promise<number> {
	const io = redacting(flags, shown);
	if (file === "-" && io.stdinIsTTY) return fail(io, "give a capture file, or pipe one in (mitmsrp report --help)");
	if (file !== "-" && flags.output !== "-" && sameFile(file, flags.output)) {
		return fail(io, `${flags.output}: this is the capture that is read; give another name to --output`);
	}
	if (!flags.classify && flags.filter?.needs.verdict) {
		return fail(io, "the filter asks for im. fields, which need the classification that --no-classify switches off");
	}
	const live = file === "-" || flags.follow === true;
	const selection = new Selection(flags);
	const { disable } = flags;
	const progress = flags.progress && io.stderr.isTTY ? new Progress(io) : undefined;
	let info: CaptureInfo;
	let report: Report;
	try {
		const request: AnalyzeRequest = { follow: flags.follow === true, keyLogs: flags.keylog ?? [], signal: io.signal };
		if (flags.classify) request.classify = await classifyRequest(flags, io.readFile);
		const name = file === "-" ? "standard input" : basename(file);
		// The name of the file may be somebody's.
		const redacted = isRedacted(flags);
		report = new Report({
			title: flags.title ?? (redacted ? "Redacted capture" : name),
			source: redacted ? "a capture" : name,
			redacted,
			program: `mitmsrp ${version()}`,
			classify: reportedClassify(request.classify),
		});
		const result = await io.analyze(file, request, {
			start: (at) => {
				selection.start(at);
				report.start(at);
			},
			entry: (entry) => {
				const taken = selection.take(entry);
				if (disable !== undefined && entry.problems.length > 0) entry.problems = entry.problems.filter(({ id }) => !disable.has(id));
				report.entry(entry, taken);
			},
			late: (number, problem) => {
				// What is found missing because the reading was stopped says nothing about the traffic.
				if (selection.full || io.signal.aborted || disable?.has(problem.id)) return;
				report.late(number, problem);
			},
			progress: (read, total) => progress?.update(read, total, selection.taken),
			done: () => selection.full,
			blocked: () => undefined,
		});
		info = result.info;
	} catch (error) {
		progress?.clear();
		return failedRun(io, error, flags);
	}
	progress?.clear();
	if (io.signal.aborted && !live) return INTERRUPTED;
	for (const problem of info.problems) if (!disable?.has(problem.id)) report.damage(problem);
	const unsaved = await savePage(flags.output, report.html(), io);
	if (unsaved !== undefined) return fail(io, unsaved, DAMAGED);
	if (flags.output !== "-") io.stderr.write(`mitmsrp: ${escapeTerminal(reportedText(report, flags.output))}\n`);
	if (!info.damaged) return CLEAN;
	const name = file === "-" ? "standard input" : file;
	return fail(io, `${name} is damaged; everything before the damage was read`, DAMAGED);
}
