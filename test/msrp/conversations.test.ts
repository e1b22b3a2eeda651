import { describe, expect, it } from "vitest";
import type { Direction, Flow } from "../../src/core/model/flow.js";
import { MsrpStreamDecoder } from "../../src/core/protocols/msrp/index.js";
import type { MsrpFrame } from "../../src/core/protocols/msrp/types.js";
import { MsrpConnectionTable } from "../../src/core/session/msrp-transactions.js";
import { flow, moment } from "./capture-facts.js";
import { type Conversation, INDEX, readConversation, sha256 } from "./corpus.js";

/** Findings with the step they belong to, in the order in which they were known. */
function play(
	conversation: Conversation,
	through: Flow,
): { findings: { id: string; step: number | null }[]; answers: (number | undefined)[] } {
	const table = new MsrpConnectionTable();
	const findings: { id: string; step: number | null }[] = [];
	const answers: (number | undefined)[] = [];
	const streams = { A: conversation.streamA, B: conversation.streamB };
	table.opened(through, moment(0));
	let now = 0;
	let step = 0;
	let dir: Direction = 0;
	const decoder = (): MsrpStreamDecoder =>
		new MsrpStreamDecoder({
			frame: (msrp: MsrpFrame) => {
				expect(msrp.complete).toBe(true);
				const at = moment(now);
				const match = table.frame({ number: step + 1, flow: through, dir, over: "tcp", msrp, at, began: at });
				answers[step] = match.answers;
				for (const { id } of match.problems) findings.push({ id, step });
			},
			skipped: () => expect.unreachable(),
			problem: () => expect.unreachable(),
		});
	const decoders = { A: decoder(), B: decoder() };
	const late = (found: { entry: number; problem: { id: string } }[]): void => {
		for (const { entry, problem } of found) findings.push({ id: problem.id, step: entry === 0 ? null : entry - 1 });
	};
	for (const { atMs, from, offset, length } of conversation.steps) {
		now = atMs;
		dir = from === "A" ? 0 : 1;
		late(table.advance(moment(now)));
		decoders[from].feed(readConversation(streams[from]!.file), offset, offset + length);
		step++;
	}
	const end = conversation.closeAtMs ?? now + 10;
	late(table.advance(moment(end)));
	late(table.close(through, moment(end), conversation.closeAtMs === undefined ? "end-of-capture" : "fin"));
	findings.sort((a, b) => (a.step ?? -1) - (b.step ?? -1));
	return { findings, answers };
}

describe("MSRP conversations", () => {
	for (const conversation of INDEX.conversations) {
		it(conversation.name, () => {
			for (const stream of [conversation.streamA, conversation.streamB]) {
				if (stream !== undefined) expect(sha256(readConversation(stream.file))).toBe(stream.sha256);
			}
			expect(play(conversation, flow(1)).findings).toEqual(conversation.conversationDiagnostics);
		});
	}

	it("ties responses to their requests, each direction by itself", () => {
		const byName = (name: string): Conversation => INDEX.conversations.find((one) => one.name === name)!;
		expect(play(byName("c01-send-200"), flow(1)).answers).toEqual([undefined, 1, undefined, 3]);
		expect(play(byName("c11-same-id-both-directions"), flow(1)).answers).toEqual([undefined, undefined, 1, 2]);
		expect(play(byName("c10-duplicate-transaction-id"), flow(1)).answers).toEqual([undefined, undefined, 1, 2]);
		expect(play(byName("c14-report-range-not-sent"), flow(1)).answers).toEqual([undefined, 1, 1]);
	});

	it("accuses nobody of what a capture that began late may have missed", () => {
		const quiet = [
			"msrp.response-unknown-transaction",
			"msrp.report-unknown-message",
			"msrp.report-not-requested",
			"msrp.report-range-not-sent",
		];
		for (const conversation of INDEX.conversations) {
			const { findings } = play(conversation, flow(1, { midStream: true, openerKnown: false }));
			const expected = conversation.conversationDiagnostics.filter(
				({ id }) => !quiet.includes(id) && id !== "msrp.passive-sent-first" && id !== "msrp.no-initial-send",
			);
			expect([conversation.name, findings]).toEqual([conversation.name, expected]);
		}
	});
});
