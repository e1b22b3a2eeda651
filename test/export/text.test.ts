import { describe, expect, test } from "vitest";
import { DEFAULT_TEXT_OPTIONS, TextExporter, type TextOptions } from "../../src/core/export/text.js";
import { displayWidth } from "../../src/core/export/width.js";
import type { Entry } from "../../src/core/model/entry.js";
import { cpimSend, eventEntry, INVITE_HEAD, invite, msrpEntry, ok, PATHS, sipEntry } from "./entries.js";
import { chat } from "./samples.js";

function print(entries: readonly Entry[], options: Partial<TextOptions> = {}): string[] {
	const exporter = new TextExporter(options);
	return entries
		.map((entry) => exporter.entry(entry))
		.join("")
		.split("\n")
		.slice(0, -1);
}

const summaryOf = (entry: Entry): string => print([entry])[0]!.replace(/^.*? → \S+ +\S+ +/, "");

describe("one line a message", () => {
	test("piped: nothing is cut", () => {
		expect(print(chat())).toEqual([
			"    1    0.000000 c1  tcp  192.0.2.1:5060        → 192.0.2.9:5060        SIP  INVITE sip:room@example.com (sdp: MSRP)",
			"    2    0.250000 c1  tcp  192.0.2.9:5060        → 192.0.2.1:5060        SIP  200 OK (INVITE)  ✗ sip.missing-header +1",
			"    3    1.000000 c1  tcp  192.0.2.1:5060        → 192.0.2.9:5060        MSRP SEND m-0001 1-253/253 $ message/cpim — Alice → room: text/plain «Hello, room!»",
			"    4    1.001000 c1  tcp  192.0.2.9:5060        → 192.0.2.1:5060        MSRP 200 OK to SEND #3",
			"    5    5.000000 c1  tcp  192.0.2.1:5060        → 192.0.2.9:5060        MSRP SEND chunk 1 of big-1 1-3/9 + text/plain",
			"    6    6.000000 c1  tcp  192.0.2.1:5060        → 192.0.2.9:5060        MSRP SEND chunk 2 of big-1 4-6/9 + text/plain",
			"    7    7.000000 c1  tcp  192.0.2.9:5060        → 192.0.2.1:5060        MSRP 200 OK to SEND #5",
			"    8    8.000000 c1  tcp  192.0.2.1:5060        → 192.0.2.9:5060        MSRP SEND chunk 3 of big-1 7-9/9 $ text/plain",
			"    9    9.000000 c1  tcp  192.0.2.9:5060        → 192.0.2.1:5060        MSRP 200 OK to SEND #6",
			"   10   10.000000 c1  tcp  192.0.2.9:5060        → 192.0.2.1:5060        MSRP 200 OK to SEND #8",
			"   11   12.000000 c1  tcp  192.0.2.9:5060        → 192.0.2.1:5060        MSRP REPORT big-1 000 200 OK 1-9/9",
			"   12   13.000000 c1  tcp  192.0.2.9:5060        → 192.0.2.1:5060        MSRP SEND i-1 1-3/3 $ message/imdn+xml — IMDN displayed for Xy7",
			"   13   14.000000 -   tcp  192.0.2.1:5060        → 192.0.2.9:5060        TLS  TLS without secrets, so nothing is shown",
		]);
	});

	test("80 columns: no number, no carrier, a finding keeps its mark", () => {
		const lines = print(chat(), { width: 80 });
		expect(lines.slice(0, 3)).toEqual([
			" 0.000000 c1  192.0.2.1:5060 → 192.0.2.9:5060 SIP  INVITE sip:room@example.com …",
			" 0.250000 c1  192.0.2.9:5060 → 192.0.2.1:5060 SIP  200 OK (INVITE)  ✗",
			" 1.000000 c1  192.0.2.1:5060 → 192.0.2.9:5060 MSRP SEND m-0001 1-253/253 $ mess…",
		]);
	});

	test.each([72, 80, 110, 129, 130, 200])("%d columns are kept", (width) => {
		for (const line of print(chat(), { width })) expect(displayWidth(line)).toBeLessThanOrEqual(width);
	});

	test("time formats", () => {
		const two = chat().slice(0, 2);
		const second = (time: TextOptions["time"]) =>
			print(two, { time })[1]!
				.slice(6, 6 + 28)
				.trim()
				.split(" ")[0];
		expect(second("relative")).toBe("0.250000");
		expect(second("delta")).toBe("0.250000");
		expect(second("epoch")).toBe("1700000000.250000000");
		expect(second("absolute")).toBe("2023-11-14T22:13:20.250000Z");
		expect(print(chat(), { time: "delta" })[3]).toContain("    0.001000 c1");
	});

	test("relative time counts from the first packet where it is known, and may be negative", () => {
		const exporter = new TextExporter();
		exporter.start({ sec: 1700000000, nsec: 500_000_000 });
		expect(exporter.entry(invite())).toContain("   -0.500000 ");
	});

	test("IPv6 columns grow and stay grown", () => {
		const v6 = { flow: { a: { address: "2001:db8::1234:5678", port: 5060 }, b: { address: "2001:db8::2", port: 5060 } } };
		const lines = print([invite(), invite(v6), invite()]);
		expect(lines[1]).toContain(" [2001:db8::1234:5678]:5060 → [2001:db8::2]:5060    SIP");
		expect(lines[2]).toContain(` ${"192.0.2.1:5060".padEnd(26)} → 192.0.2.9:5060        SIP`);
	});

	test("IPv6 is shortened on a narrow terminal", () => {
		const v6 = {
			flow: { a: { address: "2001:db8:1111:2222:3333:4444:5555:6666", port: 5060 }, b: { address: "2001:db8::2", port: 5060 } },
		};
		expect(print([invite(v6)], { width: 80 })).toEqual([
			" 0.000000 -   [2001:db…5:6666]:5060 → [2001:db8::2]:5060 SIP  INVITE sip:room@e…",
		]);
	});

	test("hostile text cannot leave its place", () => {
		const entry = sipEntry([`MESSAGE sip:\x1b[2J\u202e@x SIP/2.0`, ...INVITE_HEAD.slice(1, -2), "Content-Type: text/plain"], "x", {
			payload: { kind: "text", text: "one\r\ntwo\x07\u200b" },
		});
		expect(summaryOf(entry)).toBe("MESSAGE sip:\\x1b[2J\\u202e@x — text/plain «one\\r\\ntwo\\x07\\u200b»".replace("text/plain ", ""));
		const detail = print([entry], { verbosity: 1 }).join("\n");
		expect(detail).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]/);
	});
});

describe("summaries", () => {
	const send = (payload: Entry extends infer E ? (E extends { payload?: infer P } ? P : never) : never) =>
		summaryOf(
			msrpEntry(["MSRP d93k SEND", ...PATHS, "Message-ID: 1", "Content-Type: a/b", "", "abc", "-------d93k$"], { payload: payload! }),
		);

	test.each([
		[{ kind: "imdn", messageId: "Xy7", notification: "delivery", status: "delivered" }, "IMDN delivered for Xy7"],
		[{ kind: "imdn", messageId: "Xy7", notification: "display", status: "forbidden" }, "IMDN display forbidden for Xy7"],
		[{ kind: "composing", state: "active" }, "sender is composing"],
		[{ kind: "composing", state: "idle" }, "sender is idle"],
		[{ kind: "resource-list", entries: [{ uri: "sip:a@b" }, { uri: "sip:c@d" }] }, "resource list of 2 recipients"],
		[{ kind: "external", url: "https://f/x", size: 1, contentType: "image/png" }, "file https://f/x (image/png, 1 octet)"],
		[{ kind: "other", contentType: "application/x" }, "application/x"],
		[
			{
				kind: "conference-info",
				info: { entity: "sip:r@h", state: "full", version: 3, subject: "Tea", uris: [], users: [user("a"), user("b")] },
			},
			"conference full v3: 2 users «Tea»",
		],
	] as const)("%j", (payload, expected) => {
		expect(send(payload as never)).toBe(`SEND 1 $ a/b — ${expected}`);
	});

	test("composing names its sender where CPIM or From does", () => {
		const entry = cpimSend({ payload: { kind: "composing", state: "active" } });
		expect(summaryOf(entry)).toContain("— Alice → room: Alice is composing");
	});

	test("others", () => {
		expect(summaryOf(msrpEntry(["MSRP d93k SEND", ...PATHS, "Message-ID: 1", "Byte-Range: 1-0/0", "-------d93k$"]))).toBe(
			"SEND 1 1-0/0 $ (empty)",
		);
		expect(summaryOf(msrpEntry(["MSRP d93k SEND", ...PATHS, "Message-ID: 1", "Content-Type: a/b", "", "abc", "-------d93k#"]))).toBe(
			"SEND 1 # aborted a/b",
		);
		expect(summaryOf(msrpEntry(["MSRP d93k NICKNAME", ...PATHS, 'Use-Nickname: "Al"', "-------d93k$"]))).toBe('NICKNAME "Al"');
		expect(summaryOf(msrpEntry(["MSRP d93k 403 No", ...PATHS, "-------d93k$"]))).toBe("403 No (transaction d93k)");
		expect(summaryOf(ok({ links: { repeats: 7 } }))).toBe("200 OK (INVITE) (repeats #7)");
		const subscribe = ["SUBSCRIBE sip:r@h SIP/2.0", ...INVITE_HEAD.slice(1, -1), "Event: conference;id=1"];
		expect(summaryOf(sipEntry(subscribe))).toBe("SUBSCRIBE sip:r@h (event: conference)");
	});
});

function user(name: string) {
	return { entity: `sip:${name}@h`, state: "full" as const, associatedAors: [], roles: [], yourOwn: false, endpoints: [] };
}

describe("detail", () => {
	test("-v of a response with findings and links", () => {
		expect(print(chat().slice(0, 2), { verbosity: 1 }).slice(14)).toEqual([
			"      dialog d1",
			"    2    0.250000 c1  tcp  192.0.2.9:5060        → 192.0.2.1:5060        SIP  200 OK (INVITE)  ✗ sip.missing-header +1",
			"      SIP/2.0 200 OK",
			"      Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK776",
			"      From: <sip:alice@example.com>;tag=88",
			"      To: <sip:room@example.com>;tag=99",
			"      Call-ID: 7c1",
			"      CSeq: 1 INVITE",
			"      Contact: <sip:room@192.0.2.9>;isfocus",
			"      Content-Length: 0",
			"      answers #1, dialog d1",
			"      ! sip.start-line-extra-space warn, RFC 3261 §7.1 at 3+1: more than one SP, or SP at the end",
			"      ✗ sip.missing-header error, RFC 3261 §8.1.1 at 0: To, From, CSeq, Call-ID, Max-Forwards or Via absent (no Max-Forwards\\x1b)",
		]);
	});

	test("-v of SDP", () => {
		expect(print([invite()], { verbosity: 1 }).at(-1)).toBe(
			"      sdp media: message 2855 TCP/MSRP at 192.0.2.1, sendrecv, path msrp://192.0.2.1:2855/s1;tcp, accept-types message/cpim text/plain, setup active",
		);
	});

	test("-v of MSRP with CPIM", () => {
		expect(print([cpimSend()], { verbosity: 1 }).slice(1)).toEqual([
			"      MSRP d93k SEND",
			"      To-Path: msrp://192.0.2.9:2855/r1;tcp",
			"      From-Path: msrp://192.0.2.1:2855/s1;tcp",
			"      Message-ID: m-0001",
			"      Byte-Range: 1-253/253",
			"      Content-Type: message/cpim",
			"      body: 253 octets at 169",
			"      end-line flag: $",
			"      cpim From: Alice <sip:alice@example.com>",
			"      cpim To: <sip:room@example.com>",
			"      cpim DateTime: 2023-11-14T22:13:20Z",
			"      cpim NS: imdn <urn:ietf:params:imdn>",
			"      cpim imdn.Message-ID: Xy7",
			"      cpim imdn.Disposition-Notification: positive-delivery, display",
			'      cpim From address: "Alice" sip:alice@example.com',
			"      cpim To address: sip:room@example.com",
			"      cpim content Content-Type: text/plain",
			"      cpim content: text/plain, 12 octets",
			"      | Hello, room!",
		]);
	});

	test("-vv adds a hexdump", () => {
		const lines = print([msrpEntry(["MSRP d93k 200", "To-Path: a", "From-Path: é", "-------d93k$"])], { verbosity: 2 });
		expect(lines.slice(-4)).toEqual([
			"      00000000  4d 53 52 50 20 64 39 33  6b 20 32 30 30 0d 0a 54  MSRP d93k 200..T",
			"      00000010  6f 2d 50 61 74 68 3a 20  61 0d 0a 46 72 6f 6d 2d  o-Path: a..From-",
			"      00000020  50 61 74 68 3a 20 c3 a9  0d 0a 2d 2d 2d 2d 2d 2d  Path: ....------",
			"      00000030  2d 64 39 33 6b 24 0d 0a                           -d93k$..",
		]);
	});

	test("a late finding names its entry", () => {
		expect(new TextExporter(DEFAULT_TEXT_OPTIONS).late(3, { id: "msrp.resync", offset: 1, length: 2 })).toBe(
			"      later, on #3: · msrp.resync note at 1+2: parsing resumed after skipped octets\n",
		);
	});

	test("an event has its facts", () => {
		const entry = eventEntry("websocket", "upgrade");
		entry.handshake = { path: "/", host: "h", origin: undefined, offered: ["sip"], subprotocol: "sip", extensions: undefined, status: 101 };
		expect(print([entry], { verbosity: 1 })[1]).toBe("      websocket: GET /, status 101, offered sip, chosen sip");
	});
});
