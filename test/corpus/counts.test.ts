import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { analyzeCapture } from "../../src/index.js";

interface Expected {
	packets: number;
	malformed_frames?: number;
	sip?: {
		frames: number;
		requests: Record<string, number>;
		responses: Record<string, number>;
		over: Record<string, number>;
		content_types: Record<string, number>;
	};
	msrp_streams?: {
		requests: Record<string, number>;
		responses: Record<string, number>;
		flags: Record<string, number>;
		whole_messages: Record<string, number>;
		aborted: number;
		unfinished: number;
		cpim_inner: Record<string, number>;
	};
}

const folder = new URL("../../captures/", import.meta.url);
const expected = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as Record<string, Expected>;

function count(table: Record<string, number>, key: string | undefined): void {
	if (key !== undefined) table[key] = (table[key] ?? 0) + 1;
}

const type = (value: string | undefined): string | undefined => value?.split(";")[0]?.trim().toLowerCase();

describe("captures of other people's software decode to the counts of their list", () => {
	it("there are 36 of them", () => {
		expect(Object.keys(expected)).toHaveLength(36);
	});

	for (const [name, want] of Object.entries(expected)) {
		it(name, async () => {
			const sip = { frames: 0, requests: {}, responses: {}, over: {}, content_types: {} };
			const msrp = { requests: {}, responses: {}, flags: {}, whole_messages: {}, aborted: 0, unfinished: 0, cpim_inner: {} };
			let broken = 0;
			const { info, pipeline } = await analyzeCapture(
				fileURLToPath(new URL(name, folder)),
				{},
				{
					entry(entry) {
						if (entry.protocol === "sip") {
							sip.frames++;
							if (entry.sip.kind === "request") count(sip.requests, entry.sip.method);
							else count(sip.responses, String(entry.sip.status));
							count(sip.over, entry.over === "wss" ? "ws" : entry.over);
							if (entry.sip.bodyLength > 0) count(sip.content_types, type(entry.sip.get("content-type")));
						} else if (entry.protocol === "msrp") {
							const { msrp: frame, message } = entry;
							if (frame.kind === "request") count(msrp.requests, frame.method);
							else count(msrp.responses, String(frame.status));
							count(msrp.flags, frame.flag);
							if (frame.flag === "#") msrp.aborted++;
							if (message?.state === "complete" && frame.flag === "$" && message.content.length > 0) {
								count(msrp.whole_messages, type(message.contentType));
								count(msrp.cpim_inner, entry.cpim?.contentType);
							}
						} else if (entry.protocol === "unparsed") broken++;
					},
				},
			);
			expect(info.damaged).toBe(false);
			expect(info.problems).toEqual([]);
			expect(pipeline.link.counters.packets).toBe(want.packets);
			expect(broken).toBe(0);
			if (want.sip !== undefined) {
				expect(sip).toEqual({ ...want.sip });
			} else expect(sip.frames).toBe(0);
			if (want.msrp_streams !== undefined) {
				const { illegal_lines: _, ...rest } = want.msrp_streams as typeof want.msrp_streams & { illegal_lines: number };
				expect(msrp).toEqual(rest);
			} else expect(msrp.requests).toEqual({});
		});
	}
});
