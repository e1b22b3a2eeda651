import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonCaptureProblem, jsonEntry, jsonLate } from "../../src/core/export/json.js";
import { jsonString } from "../../src/core/export/json-string.js";
import { FIELD_GROUPS, fieldValue } from "../../src/core/fields/index.js";
import type { Entry } from "../../src/core/model/entry.js";
import { CPIM, cpimSend, eventEntry, INVITE_HEAD, invite, msrpEntry, msrpOk, ok, PATHS, sipEntry, wire } from "./entries.js";

describe("jsonString", () => {
	test("JSON.parse gives every string back", () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string()), (text) => {
				expect(JSON.parse(jsonString(text))).toBe(text);
			}),
		);
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
				const text = String.fromCharCode(...units);
				expect(JSON.parse(jsonString(text))).toBe(text);
			}),
		);
	});

	test("what a terminal must not get is escaped", () => {
		expect(jsonString('a"\\\n\x1b\x7f\x9b\u202e\ud800\u{e0041}ü')).toBe('"a\\"\\\\\\n\\u001b\\u007f\\u009b\\u202e\\ud800\\udb40\\udc41ü"');
	});
});

describe("jsonEntry", () => {
	test("SIP request with SDP", () => {
		const entry = invite({ number: 3, nsec: 1000, links: { session: "c1", dialog: "d1" } });
		const line = jsonEntry(entry);
		expect(line.endsWith("}\n")).toBe(true);
		expect(JSON.parse(line)).toEqual({
			entry: 3,
			protocol: "sip",
			"frame.number": 30,
			"frame.time_epoch": "1700000000.000001000",
			"ip.src": "192.0.2.1",
			"ip.dst": "192.0.2.9",
			"tcp.srcport": 5060,
			"tcp.dstport": 5060,
			flow: 1,
			direction: 0,
			carrier: "tcp",
			offset: 0,
			length: entry.length,
			session: "c1",
			dialog: "d1",
			"sip.Method": "INVITE",
			"sip.r-uri": "sip:room@example.com",
			"sip.CSeq.seq": 1,
			"sip.CSeq.method": "INVITE",
			"sip.from.addr": "sip:alice@example.com",
			"sip.from.display.info": 'Alice "A"',
			"sip.from.tag": "88",
			"sip.to.addr": "sip:room@example.com",
			"sip.contact.uri": ["sip:alice@192.0.2.1;transport=tcp"],
			"sip.Via.branch": "z9hG4bK776",
			"sip.body.length": entry.sip.bodyLength,
			"sip.Via": ["SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK776"],
			"sip.Max-Forwards": 70,
			"sip.From": '"Alice \\"A\\"" <sip:alice@example.com>;tag=88',
			"sip.To": "<sip:room@example.com>",
			"sip.Call-ID": "7c1",
			"sip.CSeq": "1 INVITE",
			"sip.Contact": ["<sip:alice@192.0.2.1;transport=tcp>"],
			"sip.Content-Type": "application/sdp",
			"sip.Content-Length": entry.sip.bodyLength,
			"sip.other": ["X-Room: blue"],
			"sdp.owner": "alice 1 1 IN IP4 192.0.2.1",
			"sdp.session_name": "chat",
			"sdp.connection_info": ["IN IP4 192.0.2.1"],
			"sdp.media": ["message 2855 TCP/MSRP *"],
			"sdp.media.port": [2855],
			"sdp.media.proto": ["TCP/MSRP"],
			"sdp.media_attr": ["accept-types:message/cpim text/plain", "path:msrp://192.0.2.1:2855/s1;tcp", "setup:active"],
			"sdp.msrp.path": ["msrp://192.0.2.1:2855/s1;tcp"],
			"sdp.msrp.accept_types": ["message/cpim", "text/plain"],
			"sdp.msrp.setup": "active",
		});
	});

	test("SIP response: status, isfocus", () => {
		const value = JSON.parse(jsonEntry(ok()));
		expect(value["sip.Status-Code"]).toBe(200);
		expect(value["sip.Reason-Phrase"]).toBe("OK");
		expect(value["sip.Method"]).toBeUndefined();
		expect(value["sip.contact.isfocus"]).toBe(true);
		expect(value["ip.src"]).toBe("192.0.2.9");
	});

	test("repeated and malformed rows are kept in sip.other", () => {
		const rows = ["Expires: soon", "Subject: one", "Subject: two", "Via: SIP/2.0/UDP b;branch=2"];
		const value = JSON.parse(jsonEntry(sipEntry([...INVITE_HEAD, ...rows])));
		expect(value["sip.other"]).toEqual(["X-Room: blue", "Expires: soon", "Subject: two"]);
		expect(value["sip.Subject"]).toBe("one");
		expect(value["sip.Expires"]).toBeUndefined();
		expect(value["sip.Via"]).toEqual(["SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK776", "SIP/2.0/UDP b;branch=2"]);
	});

	test("MSRP SEND with CPIM", () => {
		const entry = cpimSend({ number: 5, links: { session: "c1", chat: "m1" } });
		const length = wire(CPIM).length;
		const value = JSON.parse(jsonEntry(entry));
		expect(value).toMatchObject({
			protocol: "msrp",
			chat: "m1",
			"msrp.transaction.id": "d93k",
			"msrp.method": "SEND",
			"msrp.cnt.flg": "$",
			"msrp.to.path": "msrp://192.0.2.9:2855/r1;tcp",
			"msrp.from.path": "msrp://192.0.2.1:2855/s1;tcp",
			"msrp.messageid": "m-0001",
			"msrp.byte.range": `1-${length}/${length}`,
			"msrp.content.type": "message/cpim",
			"msrp.body.length": length,
			"cpim.from.uri": ["sip:alice@example.com"],
			"cpim.from.name": ["Alice"],
			"cpim.from.isfocus": false,
			"cpim.to.uri": ["sip:room@example.com"],
			"cpim.datetime": "2023-11-14T22:13:20Z",
			"cpim.content_type": "text/plain",
			"imdn.message_id": "Xy7",
			"imdn.disposition_notification": ["positive-delivery", "display"],
			"payload.kind": "text",
			"payload.text": "Hello, room!",
		});
		expect(value.body).toBeUndefined();
		expect(JSON.parse(jsonEntry(entry, { verbosity: 1 })).body).toBe(wire(CPIM).toString());
		const whole = JSON.parse(jsonEntry(entry, { verbosity: 2 })).octets;
		expect(Buffer.from(whole, "base64").equals(entry.msrp.bytes.subarray(entry.msrp.start, entry.msrp.end))).toBe(true);
	});

	test("addresses and ports by family and transport; began; tunnels", () => {
		const entry = eventEntry("tls", "TLS without secrets", {
			flow: { transport: "udp", a: { address: "2001:db8::1", port: 1 }, b: { address: "2001:db8::2", port: 2 }, tunnels: ["gre"] },
		});
		entry.began = { sec: 1699999999, nsec: 5, packet: 1 };
		expect(JSON.parse(jsonEntry(entry))).toEqual({
			entry: 1,
			protocol: "tls",
			"frame.number": 10,
			"frame.time_epoch": "1700000000.000000000",
			began: "1699999999.000000005",
			"ipv6.src": "2001:db8::1",
			"ipv6.dst": "2001:db8::2",
			"udp.srcport": 1,
			"udp.dstport": 2,
			flow: 1,
			direction: 0,
			carrier: "udp",
			tunnels: ["gre"],
			offset: 0,
			length: 0,
			text: "TLS without secrets",
		});
	});

	test("problems and late problems", () => {
		const entry = ok({ problems: [{ id: "sip.missing-header", offset: 1, length: 0, detail: 'no "Via"' }] });
		const problem = { id: "sip.missing-header", severity: "error", offset: 1, length: 0, clause: "RFC 3261 §8.1.1" };
		expect(JSON.parse(jsonEntry(entry)).problems).toEqual([{ ...problem, detail: 'no "Via"' }]);
		expect(jsonLate(12, { id: "sip.missing-header", offset: 1, length: 0 })).toBe(
			'{"event":"late-problem","entry":12,"id":"sip.missing-header","severity":"error","offset":1,"length":0,"clause":"RFC 3261 §8.1.1"}\n',
		);
		expect(JSON.parse(jsonCaptureProblem({ id: "tcp.gap", offset: 99, length: 4 }))).toEqual({
			event: "capture-problem",
			id: "tcp.gap",
			severity: "error",
			offset: 99,
			length: 4,
			clause: "",
		});
	});
});

const LIST_HEAD = ["MSRP d93k SEND", ...PATHS, "Message-ID: 1", "Content-Type: a/b"];
const SAMPLES: readonly Entry[] = [
	invite({ links: { session: "c1", dialog: "d1", answers: 1, repeats: 2, chat: "m1" } }),
	ok(),
	sipEntry([...INVITE_HEAD, "Expires: soon", "Subject: one", "Subject: two", "X-Room: \u202e", "Retry-After: 5"]),
	cpimSend(),
	msrpOk({ links: { answers: 3 } }),
	msrpEntry([...LIST_HEAD, "X-Y: z", "Byte-Range: 1-3/99999999999999999999", "", "abc", "-------d93k+"]),
	msrpEntry([...LIST_HEAD, "", "abc", "-------d93k$"], {
		payload: { kind: "imdn", messageId: "Xy7", notification: "display", status: "displayed", recipient: "sip:b@example.com" },
	}),
	msrpEntry([...LIST_HEAD, "", "abc", "-------d93k$"], { payload: { kind: "composing", state: "active", refresh: 60 } }),
	msrpEntry([...LIST_HEAD, "", "abc", "-------d93k$"], {
		payload: { kind: "external", url: "https://x/y", size: 5 },
		message: {
			messageId: "1",
			state: "complete",
			chunks: [],
			chunkCount: 4,
			total: 3n,
			contentType: "a/b",
			content: Buffer.alloc(0),
			contiguous: 3,
			truncated: false,
		},
	}),
	eventEntry("websocket", "upgrade"),
];

describe("the field table", () => {
	test("names are unique but for header rows and their groups", () => {
		const names = FIELD_GROUPS.flatMap((group) => group.fields.map((field) => field.name));
		expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
	});

	test.each(SAMPLES.map((entry, index) => [index, entry] as const))("lines hold exactly what the definitions give (%d)", (_, entry) => {
		const line = JSON.parse(jsonEntry(entry));
		const expected: Record<string, unknown> = {};
		for (const group of FIELD_GROUPS) {
			for (const { name } of group.fields) {
				const value = fieldValue(entry, name);
				if (value !== undefined) expected[name] = typeof value === "bigint" ? Number(value) : value;
			}
		}
		expect(line).toEqual(expected);
	});
});
