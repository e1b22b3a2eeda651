import { DryRun } from "../../core/dry-run/dry-run.js";
import { escapeTerminal } from "../../core/export/escape.js";
import { junitXml } from "../../core/export/junit.js";
import { Judge, type Judged } from "../../core/rules/expect/judge.js";
import type { LiveRules } from "../rules/live-rules.js";
import { classifyRequest } from "./classify-options.js";
import { CLEAN, DAMAGED, fail, failedRun, USAGE } from "./fail.js";
import type { Io } from "./io.js";
import type { RulesTestFlags } from "./rules-commands.js";
import { openRules, reportText, rulesRefused } from "./rules-options.js";

/** Where neither the command line nor the file has a seed: a test gives the same answer every time. */
const SEED = 1;

/** `mitmsrp rules test`: a capture through the rules, held against what the rule file expects; gives the exit code. */
export async function testCommand(file: string, capture: string, options: RulesTestFlags, io: Io): Promise<number> {
	if (capture === "-" && io.stdinIsTTY) return fail(io, "give a capture file, or pipe one in (mitmsrp rules test --help)");
	let rules: LiveRules | undefined;
	try {
		rules = await openRules({ seed: options.seed, rules: [file] }, io, { otherwise: SEED });
	} catch (error) {
		const refused = rulesRefused(error);
		if (refused === undefined) throw error;
		io.stderr.write(refused);
		return USAGE;
	}
	const { set, seed } = rules!;
	if (set.expectations.length === 0) return fail(io, `${file}: there is no expect: in it, so there is nothing to test`);
	const judge = new Judge(set.expectations);
	let dry: DryRun;
	let damaged: boolean;
	try {
		dry = new DryRun(set, {
			seed,
			classify: await classifyRequest(options, io.readFile),
			onFired: ({ rule }) => judge.fired(rule.name),
			onBefore: (entry) => judge.entry(entry, "before"),
			onAfter: ({ entry }) => judge.entry(entry, "after"),
		});
		const result = await io.analyze(
			capture,
			{ follow: false, keyLogs: options.keylog ?? [], signal: io.signal },
			{
				start: () => {},
				entry: (entry) => dry.entry(entry),
				late: () => {},
				progress: () => {},
				done: () => false,
				blocked: () => undefined,
			},
		);
		dry.finish();
		damaged = result.info.damaged;
	} catch (error) {
		return failedRun(io, error, options);
	}
	const judged = judge.finish(dry.stage.report());
	const failed = judged.filter(({ failure }) => failure !== undefined);
	for (const one of judged)
		io.stdout.write(options.json ? `${JSON.stringify(asJson(one))}\n` : `${escapeTerminal(expectationText(one))}\n`);
	if (options.json !== true && failed.length > 0) io.stdout.write(reportText(dry.stage.report()));
	if (options.junit !== undefined) {
		try {
			await io.writeFile(options.junit, junitXml([expectationSuite(capture, judged, file)]));
		} catch (error) {
			return fail(io, `${options.junit}: cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
		}
	}
	if (dry.skipped > 0) io.stderr.write(`mitmsrp: ${dry.skipped} messages left out: the capture has only a part of each\n`);
	if (damaged) io.stderr.write(`mitmsrp: ${escapeTerminal(capture)} is damaged; everything before the damage was read\n`);
	return failed.length > 0 || damaged ? DAMAGED : CLEAN;
}

function where({ expectation: { place } }: Judged): string {
	return `${place.file}:${place.line}:${place.column}`;
}

/** "ok    …" or "FAIL  …", with where the expectation stands; not escaped. */
export function expectationText(judged: Judged): string {
	const { expectation, failure, entries } = judged;
	if (failure === undefined) return `ok    ${expectation.name}`;
	const shown =
		entries.length === 0 ? "" : ` (${expectation.kind === "fires" ? "" : `${expectation.side} the rules: `}#${entries.join(", #")})`;
	return `FAIL  ${expectation.name}: ${failure}${shown}  [${where(judged)}]`;
}

function asJson(judged: Judged): object {
	const { expectation, failure, entries } = judged;
	return { expectation: expectation.name, kind: expectation.kind, ok: failure === undefined, failure, entries, at: where(judged) };
}

/** One test case an expectation. */
export function expectationSuite(capture: string, judged: readonly Judged[], name = `${capture} expectations`) {
	return { name, cases: judged.map((one) => asCase(one, capture)) };
}

function asCase(judged: Judged, capture: string) {
	const { expectation, failure } = judged;
	const failed = failure === undefined ? {} : { failure: { message: failure, text: `${where(judged)}: ${expectationText(judged)}` } };
	return { name: expectation.name, className: `rules.${capture}`, ...failed };
}
