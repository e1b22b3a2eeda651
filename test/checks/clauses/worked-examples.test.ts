import { describe, expect, it } from "vitest";
import { ClauseTable } from "../../../src/core/checks/clauses/table.js";
import type { Blame, ClauseResult } from "../../../src/core/checks/clauses/types.js";
import { type Context, example, F, G, S, Scene, X } from "../../classify/contexts.js";
import { cpim, Room } from "./room.js";

/** The results that section 10 of the classification specification names, in the contexts it names. */
interface Row {
	context: Context;
	run(scene: Scene): void;
	expected: [check: string, result: ClauseResult, blame?: Blame][];
}

const wire = (name: string) => (scene: Scene) => void scene.wire(example(name));
const bare = (name: string) => (scene: Scene) => void scene.send(example(name).replace(/\n+$/, ""));
const pair =
	(from: string, to: string, toClient = true) =>
	(scene: Scene) =>
		void scene.cpim(from, to, toClient);
const ALICE = "sip:alice@example.com";
const BOB = "sip:bob@example.com";

const ROWS: Record<string, Row> = {
	W1: {
		context: "K1",
		run: wire("ex01-system-isfocus"),
		expected: [
			["C01", "pass", "switch"],
			["C03", "pass"],
		],
	},
	W4: { context: "K4", run: wire("ex02-system-without-isfocus"), expected: [["C01", "violation", "switch"]] },
	W5: {
		context: "K4a",
		run: wire("ex02-system-without-isfocus"),
		expected: [
			["C01", "violation", "switch"],
			["C02", "violation", "switch"],
		],
	},
	W6: {
		context: "K1",
		run: wire("ex03-group-adhoc"),
		expected: [
			["C19", "unknown", "client"],
			["C01", "n/a"],
		],
	},
	W12: {
		context: "K1",
		run: wire("ex06-private-two-recipients"),
		expected: [
			["C32", "violation"],
			["C33", "pass"],
		],
	},
	"W12 without a=chatroom": { context: "K7", run: wire("ex06-private-two-recipients"), expected: [["C32", "n/a"]] },
	W13: { context: "K1", run: wire("ex07-mixed-group-and-user"), expected: [["C33", "violation", "client"]] },
	W19: {
		context: "K1",
		run: bare("ex11-isfocus-after-bracket"),
		expected: [
			["C03", "violation", "switch"],
			["C31", "violation", "switch"],
		],
	},
	W21: { context: "K1", run: bare("ex12-no-separator-line"), expected: [["C28", "violation", "client"]] },
	W26: {
		context: "K1",
		run: wire("ex16-external-attachment"),
		expected: [
			["C15", "pass", "client"],
			["C16", "pass", "client"],
		],
	},
	W27: { context: "K1", run: wire("ex17-plain-text-in-conference"), expected: [["C05", "violation", "switch"]] },
	W28: { context: "K5", run: wire("ex17-plain-text-in-conference"), expected: [["C05", "n/a"]] },
	W30: {
		context: "K1",
		run: pair("sip:mallory@example.com;isfocus", S),
		expected: [
			["C06", "violation", "switch"],
			["C01", "unknown"],
		],
	},
	W31: { context: "K1", run: bare("ex20-no-from-no-to"), expected: [["C25", "violation"]] },
	W36: {
		context: "K2",
		run: wire("ex24-to-rewritten-by-alg"),
		expected: [
			["C08", "violation", "ALG"],
			["C44", "unknown", "switch"],
		],
	},
	W41: { context: "K1", run: pair("sip:anonymous-1@anonymous.invalid", S), expected: [["C43", "pass"]] },
	W42: { context: "K1", run: pair("sip:anonymous@anonymous.invalid", BOB), expected: [["C43", "unknown"]] },
	W43: { context: "K6", run: pair(G, G), expected: [["C01", "violation", "switch"]] },
	W44: { context: "K6", run: pair(`${G};isfocus`, `${G};isfocus`), expected: [["C01", "pass", "switch"]] },
	W51: { context: "K1", run: pair(ALICE, F), expected: [["C08", "violation", "client"]] },
	"W53: the same octets as W5, without proof": {
		context: "K2p",
		run: wire("ex02-system-without-isfocus"),
		expected: [["C01", "unknown", "switch"]],
	},
	W56: { context: "K5", run: pair(`${ALICE};isfocus`, BOB), expected: [["C04", "violation", "client"]] },
};

function judged(scene: Scene): ClauseTable {
	const table = new ClauseTable({
		given: {
			roster: ["alice", "bob", "carol", "mallory"].map((user) => `sip:${user}@example.com`).concat("sip:anonymous-1@anonymous.invalid"),
		},
	});
	for (const entry of scene.drive.entries) table.entry(entry);
	table.finish();
	return table;
}

describe("worked examples that name a check", () => {
	for (const [name, { context, run, expected }] of Object.entries(ROWS)) {
		it(name, () => {
			const scene = new Scene(context);
			run(scene);
			const table = judged(scene);
			for (const [check, result, blame] of expected) {
				const found = table.total.get(check);
				expect({ check, result: found?.result }).toEqual({ check, result });
				if (blame !== undefined)
					expect({ check, blame: found?.findings.find((one) => one.result === result)?.blame }).toEqual({ check, blame });
			}
		});
	}

	it("W33: the REPORT settles C19 of W6", () => {
		const scene = new Scene("K1");
		scene.wire(example("ex03-group-adhoc"));
		scene.wire(example("ex22-report-success"), "a");
		const found = judged(scene).total.get("C19");
		expect(found?.counts).toEqual({ pass: 1, violation: 0, info: 0, unknown: 0, "n/a": 0 });
		expect(found?.findings[0]?.entries).toHaveLength(2);
	});

	it("W29: Mallory's From has isfocus; the switch has to answer 403", () => {
		const spoof = cpim("sip:mallory@example.com;isfocus", S);
		const accepted = new Room();
		accepted.join("mallory").say(spoof).answer(200);
		accepted.over();
		expect(accepted.counts("C04")).toEqual({ violation: 1 });
		expect(accepted.first("C04", "violation")?.blame).toBe("client");
		expect(accepted.counts("C06")).toEqual({ violation: 1 });
		const refused = new Room();
		refused.join("mallory").say(spoof).answer(403, "Forbidden");
		refused.over();
		expect(refused.counts("C06")).toEqual({ pass: 1 });
	});

	it("W37: what Bob wrote to the ALG's address reaches Carol as it was: the fault is on Bob's side", () => {
		const room = new Room();
		const bob = room.join("bob", { clientContact: `<${X}>;isfocus` });
		const carol = room.join("carol");
		bob.say(cpim("sip:bob@example.com", X));
		carol.receive(cpim("sip:bob@example.com", X));
		room.over();
		expect(room.counts("C34")).toEqual({ pass: 1 });
		expect(room.first("C08", "violation")).toMatchObject({ blame: "ALG", session: "c1" });
	});

	it("W38: the message comes back on the session that sent it", () => {
		const room = new Room();
		const bob = room.join("bob");
		bob.say(cpim("sip:bob@example.com", S)).receive(cpim("sip:bob@example.com", S));
		room.over();
		expect(room.counts("C35")).toEqual({ violation: 1 });
	});
});
