import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DryRun } from "../../src/core/dry-run/dry-run.js";
import { DryRunReport } from "../../src/core/dry-run/report.js";
import { Judge } from "../../src/core/rules/expect/judge.js";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { ruleSet } from "./run.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NAMES = readdirSync(`${ROOT}rules`).filter((name) => name.endsWith(".yaml"));
const README = readFileSync(`${ROOT}rules/README.md`, "utf8");

interface Played {
	/** what fails of `expect:` */
	failures: string[];
	silent: string[];
	/** in words, for the snapshot */
	text: string;
}

/** The capture that a file is tried with: the room's, or the one that its comment names. */
function captureOf(text: string): string {
	return /^# try with: (\S+)$/m.exec(text)?.[1] ?? "rules/room.pcapng";
}

async function play(name: string): Promise<Played> {
	const text = readFileSync(`${ROOT}rules/${name}`, "utf8");
	const set = ruleSet(text);
	const judge = new Judge(set.expectations);
	const report = new DryRunReport();
	const dry = new DryRun(set, {
		seed: 1,
		classify: {},
		onFired: (fired, number) => {
			judge.fired(fired.rule.name);
			report.fired(fired, number);
		},
		onBefore: (entry) => judge.entry(entry, "before"),
		onAfter: (after) => {
			judge.entry(after.entry, "after");
			report.after(after);
		},
	});
	await analyzeCapture(ROOT + captureOf(text), { classify: {} }, { entry: (entry) => dry.entry(entry) });
	dry.finish();
	const rules = dry.stage.report();
	const { went, rewritten, injected, changes, judged } = report.counts;
	const kinds = new Map<string, number>();
	for (const { models, before, after, codesBefore, codesAfter } of report.changes) {
		if (before !== after) count(kinds, `class ${before} → ${after}`);
		for (const { model, before: was, after: is } of models) if (model !== "reference") count(kinds, `${model}: ${was} → ${is}`);
		for (const code of codesAfter) if (!codesBefore.includes(code)) count(kinds, `+${code}`);
		for (const code of codesBefore) if (!codesAfter.includes(code)) count(kinds, `-${code}`);
	}
	const lines = [
		...rules.map(({ name: rule, hits }) => `- ${rule}: ${hits}`),
		`- ${went} messages go on, ${rewritten} touched, ${injected} put in, ${dry.cutOff} cut off; ${changes} of ${judged} shown differently`,
		...[...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, times]) => `    - ${kind}: ${times}`),
	];
	return {
		failures: judge
			.finish(rules)
			.filter(({ failure }) => failure !== undefined)
			.map(({ expectation, failure }) => `${expectation.name}: ${failure}`),
		silent: rules.filter(({ hits }) => hits === 0).map(({ name: rule }) => rule),
		text: `## ${name}\n\n${lines.join("\n")}\n`,
	};
}

function count(counts: Map<string, number>, key: string): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}

const played = new Map<string, Played>();

describe("rule files that come with it", () => {
	it("are more than a handful", () => expect(NAMES.length).toBeGreaterThanOrEqual(20));

	for (const name of NAMES) {
		it(`${name}: every rule fires, what it expects comes true, and the README has its first sentence`, async () => {
			const result = await play(name);
			played.set(name, result);
			expect(result.silent).toEqual([]);
			expect(result.failures).toEqual([]);
			const title = /^# (?!yaml-language-server)(.+)$/m.exec(readFileSync(`${ROOT}rules/${name}`, "utf8"))![1]!;
			expect(README).toContain(`| [${name.replace(".yaml", "")}](${name}) | ${title} |`);
		});
	}

	it("the README lists no file that is not there", () => {
		const listed = [...README.matchAll(/^\| \[[^\]]+\]\(([^)]+)\)/gm)].map(([, name]) => name);
		expect(listed).toEqual([...NAMES].sort());
	});

	it("do what is written down", async () => {
		const text = NAMES.map((name) => played.get(name)?.text ?? "").join("\n");
		await expect(text).toMatchFileSnapshot("shipped.md");
	});
});
