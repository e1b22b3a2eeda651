import { expect } from "vitest";
import {
	type Fired,
	loadRules,
	parseYaml,
	problemText,
	type RuleLogLine,
	type RuleReport,
	type RuleSet,
	RuleStage,
} from "../../src/core/rules/index.js";
import { seeded } from "../../src/core/rules/random.js";
import type { Direction, Entry, Flow, RelayHubOptions } from "../../src/index.js";
import { Rig } from "../relay/rig.js";

/** Octets of one direction, time that goes by, or an end. */
export type Step = { dir: Direction; octets: string | Buffer } | { wait: number } | { close: Direction; how?: "fin" | "rst" };

export const toServer = (octets: string | Buffer): Step => ({ dir: 0, octets });
export const toClient = (octets: string | Buffer): Step => ({ dir: 1, octets });
export const wait = (seconds: number): Step => ({ wait: seconds });

/** What came of a conversation. */
export interface Outcome {
	/** what went on to the server, and to the client; latin1 */
	toServer: string;
	toClient: string;
	closed: [string[], string[]];
	/** of both legs, in order */
	entries: Entry[];
	/** rules that fired: "name: what its actions did" */
	fired: string[];
	log: string[];
	/** findings of the relay and of actions, by id */
	problems: string[];
	/** what entries say that was done: "rule: part or words" */
	did: string[];
	report: RuleReport[];
	rig: Rig;
}

export interface RunOptions {
	seed?: number;
	/** files that the rules name: rule files as text, others as octets */
	files?: Record<string, string | Buffer>;
	flow?: Partial<Flow>;
	relayLimits?: RelayHubOptions["relayLimits"];
	/** every message in a call of its own, as UDP and WebSocket carry them: nothing is cut */
	messages?: boolean;
	/** seconds that go by at the end; default 120 */
	end?: number;
	/** ways to cut the octets that are tried beside whole and octet by octet; default 3 */
	cuts?: number;
}

/** Loads a rule file from a text; fails with what is wrong with it. */
export function ruleSet(text: string, files: RunOptions["files"] = {}): RuleSet {
	const { set, problems } = loadText(text, files);
	expect(problems.map(problemText)).toEqual([]);
	return set!;
}

export function loadText(text: string, files: NonNullable<RunOptions["files"]> = {}): ReturnType<typeof loadRules> {
	const all: Record<string, string | Buffer> = { "rules.yaml": text, ...files };
	return loadRules(["rules.yaml"], {
		read(name) {
			const found = Object.hasOwn(all, name) ? all[name]! : undefined;
			if (found === undefined) return { error: `${name}: no such file` };
			return { name, text: String(found), yaml: parseYaml(String(found)) };
		},
		octets: (name) => (Object.hasOwn(all, name) ? Buffer.from(all[name] as string) : { error: `${name}: no such file` }),
	});
}

/**
 * Plays a conversation through the relay with these rules: whole, octet by octet, and cut at random places. What goes on, what fires
 * and what is said of it has to be the same each time.
 */
export function runRules(text: string, steps: readonly Step[], options: RunOptions = {}): Outcome {
	const set = ruleSet(text, options.files);
	const whole = runOnce(set, steps, (octets) => [octets], options);
	if (options.messages) return whole;
	const singly = runOnce(set, steps, (octets) => Array.from(octets, (octet) => Buffer.from([octet])), options);
	expect(comparable(singly)).toEqual(comparable(whole));
	for (let n = 0; n < (options.cuts ?? 3); n++) {
		const random = seeded(n + 1);
		const cut = (octets: Buffer): Buffer[] => {
			const pieces: Buffer[] = [];
			for (let at = 0; at < octets.length; ) {
				const end = Math.min(octets.length, at + 1 + random.below(200));
				pieces.push(octets.subarray(at, end));
				at = end;
			}
			return pieces;
		};
		expect(comparable(runOnce(set, steps, cut, options))).toEqual(comparable(whole));
	}
	return whole;
}

export function runOnce(set: RuleSet, steps: readonly Step[], cut: (octets: Buffer) => Buffer[], options: RunOptions = {}): Outcome {
	const fired: string[] = [];
	const log: RuleLogLine[] = [];
	const stage = new RuleStage(set, {
		seed: options.seed ?? 1,
		onFired: ({ rule, did }: Fired) => void fired.push(`${rule.name}: ${did.join("; ")}`),
		onLog: (line) => void log.push(line),
	});
	const rig = new Rig([stage], {
		classify: {},
		flow: options.flow ?? {},
		...(options.relayLimits === undefined ? {} : { relayLimits: options.relayLimits }),
	});
	for (const step of steps) {
		if ("wait" in step) rig.wait(step.wait);
		else if ("close" in step) rig.close(step.close, step.how);
		else for (const piece of cut(Buffer.from(step.octets as string, "latin1"))) rig.send(step.dir, piece);
		rig.wait(0);
	}
	rig.wait(options.end ?? 120);
	const { entries } = rig;
	return {
		toServer: rig.text(0),
		toClient: rig.text(1),
		closed: rig.closed,
		entries,
		fired,
		log: log.map(({ text }) => text),
		problems: entries.flatMap(({ problems }) => problems.map(({ id }) => id)).filter((id) => /^(relay|rule)\./.test(id)),
		did: entries.flatMap(({ rewritten }) =>
			(rewritten?.stages ?? []).map(
				({ by, edits, did }) => `${by}: ${[...edits.map(({ part }) => part ?? "octets"), ...(did === undefined ? [] : [did])].join(", ")}`,
			),
		),
		report: stage.report(),
		rig,
	};
}

function comparable({ toServer: on, toClient: back, closed, fired, log, problems, did, report }: Outcome): unknown {
	return { on, back, closed, fired, log, problems, did, report };
}
