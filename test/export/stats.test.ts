import { describe, expect, test } from "vitest";
import { PLAIN_PALETTE } from "../../src/core/export/palette.js";
import { Stats } from "../../src/core/export/stats.js";
import { grouped, statsJson, statsLine, statsText } from "../../src/core/export/stats-text.js";
import { invite, sipEntry } from "./entries.js";
import { chat } from "./samples.js";

function stats(): Stats {
	const counted = new Stats();
	for (const entry of chat()) counted.entry(entry);
	counted.problem({ id: "tcp.gap", offset: 0, length: 0 });
	return counted;
}

describe("stats", () => {
	test("text", () => {
		expect(statsText(stats().result(), PLAIN_PALETTE, 100).split("\n")).toEqual([
			"12 messages (2 SIP, 10 MSRP) in 1 session, 2 errors, 1 warning, 14.000000 s, 2,546 octets",
			"SIP requests    INVITE 1",
			"SIP responses   200 1",
			"MSRP requests   SEND 5  REPORT 1",
			"MSRP responses  200 4",
			"content         imdn 1  text 1",
			"events          tls 1",
			"",
			"sessions  (one in full: --session ID, as a ladder: --session ID --ladder)",
			'  c1         0.000000     13.000000 s  SIP 2     MSRP 10     INVITE Alice "A" → room   1 error  1 warning',
			"",
			"problems",
			"  ✗ sip.missing-header                1  To, From, CSeq, Call-ID, Max-Forwards or Via absent",
			"  ! sip.start-line-extra-space        1  more than one SP, or SP at the end",
			"  ✗ tcp.gap                           1  peer acknowledged octets that the capture lacks, or the re…",
			"",
		]);
	});

	test("line and JSON", () => {
		expect(statsLine(stats().result())).toBe("12 messages (2 SIP, 10 MSRP) in 1 session, 2 errors, 1 warning");
		expect(JSON.parse(statsJson(stats().result()))).toEqual({
			event: "summary",
			classes: {},
			divergences: {},
			divergent: 0,
			entries: 13,
			sip: 2,
			msrp: 10,
			octets: 2546,
			first: "1700000000.000000000",
			last: "1700000014.000000000",
			sip_requests: { INVITE: 1 },
			sip_responses: { 200: 1 },
			msrp_requests: { SEND: 5, REPORT: 1 },
			msrp_responses: { 200: 4 },
			content: { text: 1, imdn: 1 },
			events: { tls: 1 },
			sessions: [
				{
					id: "c1",
					began: "1700000000.000000000",
					last: "1700000013.000000000",
					title: 'INVITE Alice "A" → room',
					sip: 2,
					msrp: 10,
					errors: 1,
					warnings: 1,
				},
			],
			more_sessions: false,
			problems: { "sip.missing-header": 1, "sip.start-line-extra-space": 1, "tcp.gap": 1 },
			errors: 2,
			warnings: 1,
		});
	});

	test("invented methods and sessions do not grow memory without bound", () => {
		const counted = new Stats();
		for (let number = 0; number < 300; number++) counted.entry(sipEntry([`M${number} sip:a@b SIP/2.0`, "CSeq: 1 X"]));
		const names = counted.result().sipRequests;
		expect(names.length).toBe(201);
		expect(names[0]).toEqual(["(others)", 100]);
		const many = new Stats();
		const one = invite();
		for (let number = 0; number < 10_001; number++) {
			one.links = { session: `c${number}` };
			many.entry(one);
		}
		expect(many.result().sessions.length).toBe(10_000);
		expect(statsLine(many.result())).toContain("in more than 10,000 sessions");
	});

	test("names from the wire are escaped", () => {
		const counted = new Stats();
		counted.entry(
			sipEntry(["MESSAGE sip:a@b SIP/2.0", "From: \x1b[2J <sip:a@b>", "To: <sip:\u202ex@y>", "CSeq: 1 MESSAGE"], "", {
				links: { session: "c1" },
			}),
		);
		expect(counted.result().sessions[0]!.title).toBe("MESSAGE \\x1b[2J → \\u202ex");
	});

	test("grouped", () => {
		expect([0, 12, 123, 1234, 1234567].map(grouped)).toEqual(["0", "12", "123", "1,234", "1,234,567"]);
	});
});
