import { describe, expect, test } from "vitest";
import { CopyFinder } from "../../src/core/explain/copies.js";
import { EditFinder } from "../../src/core/report/edits.js";
import { Lanes } from "../../src/core/report/lanes.js";
import type { Entry, MsrpEntry, SipEntry } from "../../src/index.js";
import { Drive, msrpSend, sip } from "../pipeline/drive.js";

const head = (more: Record<string, string> = {}) => ({
	Via: "SIP/2.0/TCP a;branch=z9hG4bK1",
	From: "<sip:a@example.com>;tag=1",
	To: "<sip:b@example.com>",
	"Call-ID": "1",
	CSeq: "1 INVITE",
	...more,
});
const sdp = (path: string) =>
	`v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=message 9 TCP/MSRP *\r\na=path:${path}\r\n`;

/** A call through a box on one host: A, the box towards A, the box towards B, B; MSRP through it too. */
function call(changes: Record<string, string> = {}): Entry[] {
	const drive = new Drive();
	const near = drive.connect("127.0.0.1:1001", "127.0.0.1:1002");
	const far = drive.connect("127.0.0.1:1003", "127.0.0.1:1004");
	near.send("a", sip("INVITE sip:b@example.com SIP/2.0", head(), sdp("msrp://127.0.0.1:9/a;tcp")));
	far.send("a", sip("INVITE sip:b@example.com SIP/2.0", head({ Via: "SIP/2.0/TCP box", ...changes }), sdp("msrp://127.0.0.1:9/a;tcp")));
	far.send("b", sip("SIP/2.0 200 OK", head({ To: "<sip:b@example.com>;tag=2" }), sdp("msrp://127.0.0.1:2004/b;tcp")));
	near.send("b", sip("SIP/2.0 200 OK", head({ To: "<sip:b@example.com>;tag=2" }), sdp("msrp://127.0.0.1:2002/b;tcp")));
	const chat = (port: number, to: number) =>
		drive
			.connect(`127.0.0.1:${port}`, `127.0.0.1:${to}`)
			.send("a", msrpSend("abcd1", `msrp://127.0.0.1:${to}/b;tcp`, "msrp://127.0.0.1:9/a;tcp", "Hi"));
	chat(40001, 2002);
	chat(40002, 2004);
	return drive.entries;
}

const lanesOf = (entries: readonly Entry[]) => {
	const lanes = new Lanes();
	const ends = entries.map((entry) => lanes.ends(entry as SipEntry | MsrpEntry));
	const { labels, place } = lanes.merged();
	return ends.map((pair) => pair.map((at) => labels[place[at]!]).join(" → "));
};

describe("lanes", () => {
	test("MSRP connections are on the lines of the SIP addresses whose SDP announced them", () => {
		expect(lanesOf(call())).toEqual([
			"127.0.0.1:1001 → 127.0.0.1:1002",
			"127.0.0.1:1003 → 127.0.0.1:1004",
			"127.0.0.1:1004 → 127.0.0.1:1003",
			"127.0.0.1:1002 → 127.0.0.1:1001",
			"127.0.0.1:1001 → 127.0.0.1:1002",
			"127.0.0.1:1003 → 127.0.0.1:1004",
		]);
	});

	test("a path that passes a box as it is does not say who connects to it", () => {
		const drive = new Drive();
		for (const leg of [1, 3])
			drive
				.connect(`127.0.0.1:100${leg}`, `127.0.0.1:100${leg + 1}`)
				.send("a", sip("INVITE sip:b@example.com SIP/2.0", head(), sdp("msrp://127.0.0.1:2001/a;tcp")));
		drive
			.connect("127.0.0.1:40001", "127.0.0.1:2001")
			.send("a", msrpSend("abcd1", "msrp://127.0.0.1:2001/a;tcp", "msrp://127.0.0.1:9/b;tcp", "Hi"));
		expect(lanesOf(drive.entries).at(-1)).toBe("127.0.0.1:40001 → 127.0.0.1:1001");
	});

	test("addresses of one host share a line where they do not talk to each other; the port is told where there is one", () => {
		const drive = new Drive();
		drive.connect("192.0.2.1:5060", "192.0.2.2:5060").send("a", sip("OPTIONS sip:b@example.com SIP/2.0", head({ CSeq: "1 OPTIONS" })));
		drive.connect("192.0.2.1:40001", "192.0.2.2:5060").send("a", sip("OPTIONS sip:b@example.com SIP/2.0", head({ CSeq: "2 OPTIONS" })));
		expect(lanesOf(drive.entries)).toEqual(["192.0.2.1 → 192.0.2.2:5060", "192.0.2.1 → 192.0.2.2:5060"]);
	});

	test("forty lines, the last one for all others", () => {
		const drive = new Drive();
		for (let host = 1; host <= 50; host++)
			drive
				.connect(`192.0.2.${host}:5060`, "198.51.100.1:5060")
				.send("a", sip("OPTIONS sip:b@example.com SIP/2.0", head({ CSeq: `${host} OPTIONS` })));
		const ends = lanesOf(drive.entries);
		expect(new Set(ends.flatMap((text) => text.split(" → "))).size).toBe(40);
		expect(ends[0]).toBe("192.0.2.1:5060 → 198.51.100.1:5060");
		expect(ends[37]).toBe("192.0.2.38:5060 → 198.51.100.1:5060");
		expect(ends.slice(38)).toEqual(Array(12).fill("12 others → 198.51.100.1:5060"));
	});

	test("IPv6", () => {
		const drive = new Drive();
		drive
			.connect("2001:db8::1:5060", "2001:db8::2:5060")
			.send("a", sip("INVITE sip:b@example.com SIP/2.0", head(), sdp("msrp://[2001:DB8::1]:2855/a;tcp")));
		drive
			.connect("2001:db8::2:41000", "2001:db8::1:2855")
			.send("a", msrpSend("abcd1", "msrp://[2001:db8::1]:2855/a;tcp", "msrp://x:9/b;tcp", "Hi"));
		expect(lanesOf(drive.entries)).toEqual(["[2001:db8::1]:5060 → [2001:db8::2]:5060", "[2001:db8::2]:5060 → [2001:db8::1]:5060"]);
	});
});

describe("copies", () => {
	const copies = (entries: readonly Entry[]) => {
		const finder = new CopyFinder();
		return entries.map((entry) => finder.of(entry));
	};

	test("of SIP and MSRP on the next leg", () => {
		expect(copies(call())).toEqual([undefined, 1, undefined, 3, undefined, 5]);
	});

	test("a retransmission is none, neither is another transaction", () => {
		const drive = new Drive();
		const invite = sip("INVITE sip:b@example.com SIP/2.0", head());
		drive.connect("192.0.2.1:5060", "192.0.2.2:5060", { transport: "udp" }).send("a", invite).send("a", invite);
		drive
			.connect("192.0.2.2:5070", "192.0.2.3:5060", { transport: "udp" })
			.send("a", sip("INVITE sip:b@example.com SIP/2.0", head({ CSeq: "2 INVITE" })));
		expect(copies(drive.entries)).toEqual([undefined, undefined, undefined]);
	});
});

describe("edits between legs", () => {
	const edits = (entries: readonly Entry[]) => {
		const copyFinder = new CopyFinder();
		const finder = new EditFinder();
		return entries.map((entry) =>
			finder.of(entry, copyFinder.of(entry)).map(({ part, before, after }) => `${part}: ${before} -> ${after}`),
		);
	};

	test("headers and lines of SDP that differ, not what every hop adds", () => {
		expect(edits(call({ Subject: "new", From: "<sip:x@example.com>;tag=1", "Max-Forwards": "69" }))).toEqual([
			[],
			["From: <sip:a@example.com>;tag=1 -> <sip:x@example.com>;tag=1", "Subject:  -> new"],
			[],
			["a: path:msrp://127.0.0.1:2004/b;tcp -> path:msrp://127.0.0.1:2002/b;tcp"],
			[],
			[],
		]);
	});

	test("nothing where only one leg is there", () => {
		expect(edits(call().slice(0, 1))).toEqual([[]]);
	});

	test("what the live proxy did counts instead", () => {
		const [first, second] = call();
		const before = Buffer.from("abcdef");
		second!.rewritten = {
			before,
			after: before,
			received: 1,
			verdict: undefined,
			stages: [{ by: "A2", edits: [{ start: 1, end: 3, octets: Buffer.from("X"), part: "Contact", why: "hides" }] }],
		};
		const finder = new EditFinder();
		finder.of(first!, undefined);
		expect(finder.of(second!, 1)).toEqual([{ by: "A2", part: "Contact", before: "bc", after: "X", why: "hides" }]);
	});
});
