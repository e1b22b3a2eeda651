import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DryRun } from "../../src/core/dry-run/dry-run.js";
import type { Entry } from "../../src/index.js";
import { analyzeCapture } from "../../src/shell/analyze.js";
import { ruleSet } from "./run.js";

const CAPTURES = new URL("../../captures/", import.meta.url).pathname;
const NAMES = readdirSync(CAPTURES).filter((name) => /\.(pcap|pcapng|cap)$/.test(name));

function facts(entry: Entry): unknown {
	const { protocol, dir, at } = entry;
	const message = protocol === "sip" ? entry.sip : protocol === "msrp" ? entry.msrp : undefined;
	if (message === undefined) return undefined;
	const octets = message.bytes.toString("latin1", message.start, message.end);
	const verdict = protocol === "sip" || protocol === "msrp" ? entry.verdict : undefined;
	return { dir, at: `${at.sec}.${at.nsec}`, octets, headline: verdict?.headline, codes: verdict?.divergences.map(({ code }) => code) };
}

async function play(
	name: string,
	text: string,
): Promise<{ came: unknown[]; went: unknown[]; numbers: (number | undefined)[]; skipped: number }> {
	const came: unknown[] = [];
	const went: unknown[] = [];
	const numbers: (number | undefined)[] = [];
	const dry = new DryRun(ruleSet(text), {
		seed: 1,
		classify: {},
		onAfter: ({ entry, number }) => {
			const what = facts(entry);
			if (what === undefined) return;
			went.push(what);
			numbers.push(number);
		},
	});
	await analyzeCapture(
		`${CAPTURES}${name}`,
		{ classify: {} },
		{
			done: () => came.length > 2000,
			entry: (entry) => {
				const what = facts(entry);
				if (what !== undefined) came.push(what);
				dry.entry(entry);
			},
		},
	);
	dry.finish();
	return { came, went, numbers, skipped: dry.skipped };
}

describe("a dry run", () => {
	for (const name of NAMES) {
		it(`with rules that meet nothing gives ${name} again`, async () => {
			const { came, went, numbers, skipped } = await play(
				name,
				`
- {name: nothing, match: 'frame contains "no such text anywhere"', actions: [drop]}
- {name: never, match: 'sip.Method == "NOSUCH" && im.class == "private"', actions: [drop]}
`,
			);
			if (skipped === 0) expect(went).toEqual(came);
			else expect(went.length).toBe(came.length - skipped);
			expect(numbers.every((number) => number !== undefined)).toBe(true);
		});
	}

	it("ends where a rule ends a connection: what the capture goes on with there does not come any more", async () => {
		const ends = "- {name: short, match: 'msrp.method == \"SEND\"', times: 1, actions: [ACTION]}\n";
		for (const action of ["close", "reset", "limit_data: 1", "down"]) {
			const { came, went, numbers } = await play(
				"sylkserver-conference.pcapng",
				ends.replace("ACTION", action.includes(":") ? `{${action}}` : action),
			);
			expect(went.length).toBeLessThan(came.length - 10);
			expect(went.length).toBeGreaterThan(10);
			expect(numbers.filter((number) => number === undefined)).toEqual([]);
		}
	});
});
