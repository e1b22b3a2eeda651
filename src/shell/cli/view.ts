import type { ClauseTable } from "../../core/checks/clauses/table.js";
import { BoxFinder } from "../../core/explain/boxes/boxes.js";
import { boxesJson, boxesText } from "../../core/explain/boxes/text.js";
import { ChainCollector } from "../../core/explain/chain.js";
import { ChainText } from "../../core/explain/chain-text.js";
import { clauseJson } from "../../core/explain/clause-json.js";
import { clauseText } from "../../core/explain/clause-text.js";
import { DivergenceReport } from "../../core/explain/divergence-report.js";
import { jsonCaptureProblem, jsonLate, writeJsonEntry } from "../../core/export/json.js";
import { JsonWriter } from "../../core/export/json-writer.js";
import { LadderCollector } from "../../core/export/ladder.js";
import { ladderMermaid } from "../../core/export/ladder-mermaid.js";
import { ladderText } from "../../core/export/ladder-text.js";
import type { Palette } from "../../core/export/palette.js";
import type { StatsResult } from "../../core/export/stats.js";
import { statsJson, statsText } from "../../core/export/stats-text.js";
import { TextExporter } from "../../core/export/text.js";
import type { Entry } from "../../core/model/entry.js";
import type { Problem } from "../../core/model/problem.js";
import { BATCH, type Output } from "../output.js";
import type { AnalyzeOptions } from "./program.js";
import type { WhatIfRun } from "./what-if-options.js";

/** What standard output shows of an analysis. */
export interface View {
	/** messages appear while the input is read (so a progress line would be in their way) */
	readonly streams: boolean;
	start(at: { sec: number; nsec: number }): void;
	entry(entry: Entry): void;
	late(entryNumber: number, problem: Problem): void;
	/** damage of the capture, at the end */
	captureProblem(problem: Problem): void;
	end(stats: StatsResult): void;
	/** hands what is ready to the output */
	flush(): void;
}

const nothing = (): void => {};
const SILENT: View = {
	streams: false,
	start: nothing,
	entry: nothing,
	late: nothing,
	captureProblem: nothing,
	end: nothing,
	flush: nothing,
};

/** `checks` is what `--checks` shows, `whatIf` what `--what-if` shows; both are complete when `end` is called. */
export function createView(
	options: AnalyzeOptions,
	output: Output,
	palette: Palette,
	width: number,
	checks: () => ClauseTable | undefined = () => undefined,
	whatIf: () => WhatIfRun | undefined = () => undefined,
): View {
	if (options.whatIf) return whatIfView(options, output, palette, width, whatIf);
	if (options.boxes) return boxesView(options, output, palette, width);
	if (options.checks) return checksView(options, output, palette, width, checks);
	if (options.json) return options.divergences ? divergentOnly(jsonView(options, output)) : jsonView(options, output);
	if (options.summary) return { ...SILENT, end: (stats) => output.write(statsText(stats, palette, width)) };
	if (options.divergences) return divergencesView(output, palette);
	if (options.chains) return chainsView(output, palette, width);
	return options.ladder ? ladderView(options, output, palette, width) : textView(options, output, palette, width);
}

/** Shows only messages with divergences. Findings that come later are about messages, not about what clients show. */
function divergentOnly(view: View): View {
	return {
		...view,
		entry: (entry) => {
			if (entry.verdict !== undefined && entry.verdict.divergences.length > 0) view.entry(entry);
		},
		late: nothing,
	};
}

function checksView(options: AnalyzeOptions, output: Output, palette: Palette, width: number, checks: () => ClauseTable | undefined): View {
	return {
		...SILENT,
		end: () => {
			const table = checks();
			if (table !== undefined) output.write(options.json ? clauseJson(table) : clauseText(table, palette, width));
		},
	};
}

function whatIfView(options: AnalyzeOptions, output: Output, palette: Palette, width: number, whatIf: () => WhatIfRun | undefined): View {
	return {
		...SILENT,
		end: () => output.write((options.json ? whatIf()?.json() : whatIf()?.text(palette, width)) ?? ""),
	};
}

function boxesView(options: AnalyzeOptions, output: Output, palette: Palette, width: number): View {
	const finder = new BoxFinder();
	return {
		...SILENT,
		entry: (entry) => finder.entry(entry),
		end: () => output.write(options.json ? boxesJson(finder.reports()) : boxesText(finder.reports(), palette, width)),
	};
}

function divergencesView(output: Output, palette: Palette): View {
	const report = new DivergenceReport();
	return { ...SILENT, entry: (entry) => report.entry(entry), end: () => output.write(report.text(palette)) };
}

function chainsView(output: Output, palette: Palette, width: number): View {
	const text = new ChainText(palette, width);
	const collector = new ChainCollector((chain) => output.write(text.chain(chain)));
	return {
		...SILENT,
		start: (at) => text.start(at),
		entry: (entry) => collector.add(entry),
		end: () => {
			collector.end();
			output.write(text.end());
		},
	};
}

function jsonView(options: AnalyzeOptions, output: Output): View {
	const captureProblem = (problem: Problem): void => output.write(jsonCaptureProblem(problem));
	if (options.summary) return { ...SILENT, captureProblem, end: (stats) => output.write(statsJson(stats)) };
	const writer = new JsonWriter();
	const flush = (): void => {
		if (writer.length > 0) output.writeBytes(writer.take());
		output.flush();
	};
	return {
		streams: true,
		start: nothing,
		entry: (entry) => {
			writeJsonEntry(writer, entry, options.verbose);
			if (writer.length >= BATCH) flush();
		},
		late: (number, problem) => writer.raw(Buffer.from(jsonLate(number, problem), "utf8")),
		captureProblem: (problem) => {
			flush();
			captureProblem(problem);
		},
		end: (stats) => {
			flush();
			if (options.stats) output.write(statsJson(stats));
		},
		flush,
	};
}

function textView(options: AnalyzeOptions, output: Output, palette: Palette, width: number): View {
	const exporter = new TextExporter({ width, time: options.time, verbosity: options.verbose, palette, classes: options.classify });
	return {
		...SILENT,
		streams: true,
		start: (at) => exporter.start(at),
		entry: (entry) => output.write(exporter.entry(entry)),
		late: (number, problem) => output.write(exporter.late(number, problem)),
		flush: () => output.flush(),
	};
}

function ladderView(options: AnalyzeOptions, output: Output, palette: Palette, width: number): View {
	const collector = new LadderCollector();
	let zero: { sec: number; nsec: number } | undefined;
	return {
		...SILENT,
		start: (at) => {
			zero = { sec: at.sec, nsec: at.nsec };
		},
		entry: (entry) => collector.add(entry),
		end: () => {
			const { sessions, omitted } = collector;
			if (options.ladder === "mermaid") {
				if (sessions.length > 0) output.write(ladderMermaid(sessions));
				return;
			}
			for (const [index, session] of sessions.entries()) {
				output.write((index === 0 ? "" : "\n") + ladderText(session, { width, time: options.time, palette, zero }));
			}
			if (omitted > 0) output.write(`\n… ${omitted} more messages: choose one session with --session\n`);
		},
	};
}
