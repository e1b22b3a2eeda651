import { describe, expect, it } from "vitest";
import { DIAGNOSTICS } from "../../src/core/model/diagnostics/index.js";
import type { Problem } from "../../src/core/model/problem.js";
import { Agreement } from "../../src/demo/scene/agreement.js";
import { type Row, Rows } from "../../src/demo/scene/rows.js";
import { playScene } from "../../src/demo/scene/scene.js";
import { SCENE_TRANSPORTS, type SceneTransport } from "../../src/demo/scene/transports.js";

async function played(alg: readonly string[], transport: SceneTransport = "tcp") {
	const rows = new Rows();
	const agreement = new Agreement();
	const problems: string[] = [];
	const found = ({ id }: Problem): void => {
		if (["error", "warn"].includes(DIAGNOSTICS[id].severity) && !problems.includes(id)) problems.push(id);
	};
	const result = await playScene({
		transport,
		alg,
		pace: 0,
		onEntry: (entry) => {
			rows.entry(entry);
			agreement.entry(entry);
			for (const problem of entry.problems) found(problem);
		},
		onLate: (_, problem) => found(problem),
		onAct: (_, index) => rows.act(index),
	});
	return { ...result, rows: rows.get(), compared: agreement.compare(result.chats), problems: problems.sort() };
}

const told = (rows: readonly Row[]): string[] =>
	rows
		.filter(({ label }) => label !== "")
		.map(({ sender, readers, label, codes, text, refused }) =>
			[sender ?? `room to ${readers.join("+")}`, label, codes, text.slice(0, 26), refused]
				.filter((part) => part !== "" && part !== undefined)
				.join(" | "),
		);

/** MSRP over WebSocket wants TLS (RFC 7977 §5.1). */
const INTENDED = (transport: SceneTransport): string[] => (transport === "ws" ? ["ws.msrp-not-secure"] : []);

describe("the scene through the proxy", () => {
	it("with nothing in the way: nobody sees anything else, nothing is wrong on either leg", async () => {
		const { rows, compared, problems, refused } = await played([]);
		expect(told(rows)).toEqual([
			"room to alice | SYS | Alice joined",
			"room to alice+bob | SYS | Bob joined",
			"room to alice+bob+carol | SYS | Carol joined",
			"alice | GRP | Hi all, sailing on Sunday?",
			"room to bob+carol | GRP | Hi all, sailing on Sunday?",
			"bob | TYPING | is typing",
			"room to alice+carol | TYPING | is typing",
			"bob | GRP | Count me in!",
			"room to alice+carol | GRP | Count me in!",
			"alice | PRIV | Bob, do you have the key?",
			"room to bob | PRIV | Bob, do you have the key?",
			"room to alice+bob+carol | SYS | Carol is now Captain",
			"carol | GRP | Minutes of last time: the ",
			"room to alice+bob | GRP | Minutes of last time: the ",
			"room to alice+bob | SYS | Captain left",
			"room to alice | SYS | Bob left",
		]);
		expect(compared).toMatchObject({ lines: 35, agreed: 35, differing: [] });
		expect(refused).toEqual([]);
		expect(problems).toEqual(INTENDED("tcp"));
	});

	it("with an ALG that replaces the Contact: old clients misread the room, and Bob cannot write to it", async () => {
		const { rows, compared, refused, contacts, chats } = await played(["A2"]);
		expect(told(rows).filter((line) => /bob/.test(line))).toEqual([
			"room to bob | SYS | !DO1 DA1 | Bob joined",
			"room to bob | SYS | !DO1 DA1 | Carol joined",
			"room to bob | GRP | !DA1 | Hi all, sailing on Sunday?",
			"bob | TYPING | ✗DS1 | is typing | 404 Not Found",
			"bob | GRP | ✗DA2 DS1 | Count me in! | 404 Not Found",
			"room to bob | PRIV | Bob, do you have the key?",
			"room to bob | SYS | !DO1 DA1 | Carol is now Captain",
			"room to bob | GRP | !DA1 | Minutes of last time: the ",
			"room to bob | SYS | !DO1 DA1 | Captain left",
		]);
		expect(refused).toEqual([{ user: "bob", text: "Count me in!", status: 404 }]);
		expect(contacts.bob).toMatch(/^sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:5071$/);
		expect(contacts.alice).toBe(contacts.carol);
		expect(compared).toMatchObject({ lines: 27, agreed: 27, differing: [] });
		const bob = chats.bob.screen
			.filter(({ kind }) => kind === "text")
			.map(({ text, identities, isfocus }) => [text.slice(0, 12), identities, isfocus]);
		expect(bob).toEqual([
			["Bob joined", "private", "system"],
			["Carol joined", "private", "system"],
			["Hi all, sail", "private", "group"],
			["Bob, do you ", "private", "private"],
			["Carol is now", "private", "system"],
			["Minutes of l", "private", "group"],
			["Captain left", "private", "system"],
		]);
	});

	it.each(["A1", "A3", "A4", "topoh", "nated-contact", "fw-snat", "alias"])("clients and proxy agree behind %s", async (alg) => {
		const { compared } = await played([alg]);
		expect(compared.differing).toEqual([]);
		expect(compared.lines).toBeGreaterThan(20);
	});

	it.each(SCENE_TRANSPORTS)("tells the same over %s, with nothing wrong but what is meant", async (transport) => {
		const plain = await played([], transport);
		expect(plain.problems).toEqual(INTENDED(transport));
		const { rows, compared } = await played(["A2"], transport);
		expect(told(rows)).toEqual(told((await played(["A2"])).rows));
		expect(compared).toMatchObject({ lines: 27, agreed: 27 });
	});

	it("is given up when it is interrupted, and leaves nothing open", async () => {
		const signal = AbortSignal.abort();
		await expect(playScene({ transport: "tcp", alg: [], pace: 0, signal, onEntry: () => {} })).rejects.toThrow("aborted");
	});

	it("names an ALG that does not exist", async () => {
		await expect(playScene({ transport: "tcp", alg: ["A22"], pace: 0, onEntry: () => {} })).rejects.toThrow(
			'there is no ALG profile "A22"',
		);
	});
});
