import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { entryComments } from "../../src/core/export/comment.js";
import { LinkLayer } from "../../src/core/link/index.js";
import { MessageRecorder, Recorder } from "../../src/core/record/recorder.js";
import { DEFAULT_LIMITS, type Entry, type Flow, type OpenFlow, Pipeline } from "../../src/index.js";
import { msrpSend, sip } from "../pipeline/drive.js";
import { analyze, flow, memoryCapture, readFile, shape } from "./files.js";

const A = "msrp://192.0.2.1:7000/aaaa;tcp";
const B = "msrp://198.51.100.2:2855/bbbb;tcp";
const CPIM = "From: <sip:room@example.com;isfocus>\r\nTo: <sip:a@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\nhi there";
const REQUEST = sip("OPTIONS sip:b@example.com SIP/2.0", {
	Via: "SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bKq1",
	"Max-Forwards": "70",
	From: "<sip:a@example.com>;tag=1",
	To: "<sip:b@example.com>",
	"Call-ID": "c1@x",
	CSeq: "1 OPTIONS",
});

/** A live pipeline whose flows are recorded, and what came out of it. */
function live(format: "pcapng" | "exported-pdu" = "pcapng") {
	const entries: Record<string, unknown>[] = [];
	const { capture, file } = memoryCapture({ format });
	const recorder = new Recorder(capture, entryComments);
	const pipeline = new Pipeline({
		classify: {},
		onEntry: (entry) => {
			recorder.entry(entry);
			entries.push(shape(entry));
		},
	});
	const open: OpenFlow = recorder.tap((one) => pipeline.openFlow(one));
	let step = 0;
	const at = () => ({ sec: 1_700_000_000, nsec: ++step * 1_000_000, packet: 0 });
	return {
		entries,
		recorder,
		file,
		at,
		open,
		finish: () => pipeline.finish(),
		send: (sink: ReturnType<OpenFlow>, dir: 0 | 1, text: string | Buffer) => {
			const octets = Buffer.from(text as string);
			sink.data(dir, octets, 0, octets.length, at());
		},
	};
}

const both = (more: Partial<Flow>): [Flow, Flow] => [
	flow({ id: 1, leg: "client", hop: "h", ...more }),
	flow({ id: 2, leg: "server", hop: "h", a: { address: "203.0.113.9", port: 50_000 }, ...more }),
];

describe("analyze of the recording gives what the live pipeline gave", () => {
	for (const [name, more] of Object.entries({
		tcp: {},
		tls: { carrier: "tls" },
		udp: { transport: "udp" },
		ipv6: { a: { address: "2001:db8::1", port: 1 }, b: { address: "2001:db8::2", port: 2 } },
	} as Record<string, Partial<Flow>>)) {
		it(`${name}: both legs, messages cut anywhere, ends`, () => {
			const drive = live();
			for (const one of name === "ipv6" ? [flow(more)] : both(more)) {
				const sink = drive.open(one);
				if (name === "udp") {
					drive.send(sink, 0, REQUEST);
					drive.send(sink, 1, "not SIP at all, but a datagram");
					continue;
				}
				const octets = Buffer.from(msrpSend("abcd1", B, A, CPIM, "message/cpim") + msrpSend("abcd2", B, A, "plain"));
				for (let from = 0; from < octets.length; from += 37) drive.send(sink, 0, octets.subarray(from, from + 37));
				drive.send(sink, 1, `MSRP abcd1 200 OK\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\n-------abcd1$\r\n`);
				sink.close(0, "fin", drive.at());
				sink.close(1, "rst", drive.at());
			}
			drive.finish();
			expect(drive.entries.length).toBe(name === "ipv6" ? 3 : name === "udp" ? 2 : 6);
			expect(analyze(drive.file())).toEqual(drive.entries);
		});
	}

	it("messages that the proxy had taken out of WebSocket: after an upgrade that is made up", () => {
		const { capture, file } = memoryCapture();
		const one = flow({ carrier: "wss", leg: "client" });
		capture.openFlow(one);
		capture.data(one, 0, Buffer.from(msrpSend("abcd1", B, A, "one")), { sec: 1_700_000_000, nsec: 2, packet: 0 });
		capture.data(one, 1, Buffer.from(msrpSend("abcd2", A, B, "x".repeat(300))), { sec: 1_700_000_000, nsec: 3, packet: 0 });
		capture.data(one, 1, Buffer.from(msrpSend("abcd3", A, B, "x".repeat(70_000))), { sec: 1_700_000_000, nsec: 3, packet: 0 });
		const found = analyze(file());
		expect(
			found.map((entry) => [entry["protocol"], entry["carrier"], entry["direction"], entry["msrp.transaction.id"], entry["leg"]]),
		).toEqual([
			["websocket", "wss", 1, undefined, "client"],
			["msrp", "wss", 0, "abcd1", "client"],
			["msrp", "wss", 1, "abcd2", "client"],
			["msrp", "wss", 1, "abcd3", "client"],
		]);
		expect(JSON.stringify(found)).not.toContain('"ws.');
	});

	it("octets that nobody understands are recorded too, and a decoder that throws loses none", () => {
		const { capture, file } = memoryCapture();
		const recorder = new Recorder(capture, entryComments);
		const open = recorder.tap(() => ({
			data: () => {
				throw new Error("decoder");
			},
			gap: () => {},
			close: () => {},
			problem: () => {},
			interested: () => true,
		}));
		const sink = open(flow());
		expect(sink.interested(0)).toBe(true);
		expect(() => sink.data(0, Buffer.from("xyz"), 1, 3, { sec: 1, nsec: 0, packet: 0 })).toThrow("decoder");
		expect(readFile(file()).packets.at(-2)!.data.toString("latin1", 54)).toBe("yz");
	});
});

describe("comments", () => {
	it("stand at the packet that completes the message: class, findings, and what the caller noted", () => {
		const drive = live();
		const one = flow();
		const sink = drive.open(one);
		const octets = msrpSend("abcd1", B, A, CPIM, "message/cpim");
		drive.send(sink, 0, octets.slice(0, 100));
		drive.recorder.note(one, 0, "rule strip-isfocus: removed isfocus");
		drive.recorder.note(one, 1, "for the other direction");
		drive.send(sink, 0, octets.slice(100));
		drive.send(sink, 1, `MSRP abcd1 200 OK\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\n-------abcd1$\r\n`);
		const comments = readFile(drive.file()).packets.flatMap(({ comments, number }) => (comments === null ? [] : [{ number, comments }]));
		expect(comments.map(({ number }) => number)).toEqual([6, 8]);
		expect(comments[0]!.comments[0]).toBe("rule strip-isfocus: removed isfocus");
		expect(comments[0]!.comments[1]).toMatch(/^#1 class [a-z-]+: /);
		expect(comments[1]!.comments[0]).toBe("for the other direction");
	});

	it("nothing of the wire moves a cursor", () => {
		const entry = { number: 3, problems: [{ id: "msrp.bad-start-line", offset: 0, length: 1, detail: "got \x1b[2J" }] } as unknown as Entry;
		expect(entryComments(entry)).toEqual(["#3 ✗ msrp.bad-start-line: got \\x1b[2J"]);
	});
});

describe("exported PDUs", () => {
	it("one packet a message, decoded by the name it gives, also out of TLS and WebSocket", () => {
		const drive = live("exported-pdu");
		const [client] = both({ carrier: "tls" });
		const sink = drive.open(client);
		drive.send(sink, 0, msrpSend("abcd1", B, A, CPIM, "message/cpim") + msrpSend("abcd2", B, A, "plain"));
		const { packets, info } = readFile(drive.file());
		expect(info.interfaces.map(({ linkType, name }) => [linkType, name])).toEqual([[252, "mitmsrp client leg (tls)"]]);
		expect(packets.length).toBe(2);
		expect(packets[0]!.data.toString("hex", 0, 48).replace(/(.{8})/g, "$1 ")).toBe(
			"000c0004 6d737270 00140004 c0000201 00150004 c6336402 00180004 00000002 00190004 00009c40 001a0004 00000b27 ",
		);
		expect(packets[0]!.data.readUInt32BE(48)).toBe(0);
		expect(packets[0]!.comments!.length).toBeGreaterThan(0);
		const found = analyze(drive.file());
		expect(found.map((entry) => [entry["msrp.transaction.id"], entry["carrier"], entry["im.class"]])).toEqual(
			drive.entries.map((entry) => [entry["msrp.transaction.id"], "exported", entry["im.class"]]),
		);
	});
});

const captures = new URL("../../captures/", import.meta.url);

/** Packets of a capture through the link layer into a pipeline whose flows are recorded. */
function rerecord(name: string) {
	const drive = live();
	const link = new LinkLayer({ limits: DEFAULT_LIMITS, openFlow: drive.open });
	for (const { data, ...packet } of readFile(readFileSync(new URL(name, captures))).packets) {
		link.packet({ ...packet, buf: data, start: 0, end: data.length });
	}
	link.finish();
	drive.finish();
	return drive;
}

/** Without what depends on when time-outs are looked at and which packet ends a flow. */
const comparable = (entries: readonly Record<string, unknown>[]) => entries.map(({ flow: _flow, ...rest }) => rest);

describe("every capture, recorded again as it passes", () => {
	for (const name of readdirSync(captures).filter((file) => /\.p?cap(ng)?$/.test(file))) {
		it(name, () => {
			const drive = rerecord(name);
			expect(comparable(analyze(drive.file()))).toEqual(comparable(drive.entries));
		});
	}
});

describe("a selection of messages, written by themselves", () => {
	it.each(["sylkserver-conference.pcapng", "sipsimple-sip-msrp-chat.pcap", "crocodile-msrp-over-ws.pcapng"])("%s", (name) => {
		const { capture, file } = memoryCapture();
		const messages = new MessageRecorder(capture, entryComments);
		const wanted: unknown[] = [];
		const key = (entry: Record<string, unknown>) => [
			entry["protocol"],
			entry["carrier"],
			entry["frame.time_epoch"],
			entry["ip.src"],
			entry["msrp.transaction.id"] ?? entry["sip.Call-ID"],
			entry["length"],
		];
		const pipeline = new Pipeline({
			classify: {},
			onEntry: (entry) => {
				if (entry.protocol !== "msrp") return;
				messages.entry(entry);
				wanted.push(key(shape(entry)));
			},
		});
		for (const { data, ...packet } of readFile(readFileSync(new URL(name, captures))).packets) {
			pipeline.packet({ ...packet, buf: data, start: 0, end: data.length });
		}
		pipeline.finish();
		expect(wanted.length).toBeGreaterThan(20);
		const found = analyze(file()).filter((entry) => entry["protocol"] === "msrp");
		expect(found.map(key)).toEqual(wanted);
	});
});
