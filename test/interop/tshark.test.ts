import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect } from "vitest";
import { pcapFileHeader, pcapRecord } from "../../src/core/capture/write-pcap.js";
import { analyzeCapture, type Entry } from "../../src/index.js";
import { back, ethernet, frame, ipv4, udp } from "../link/packets.js";
import { sip } from "../pipeline/drive.js";
import { runLive } from "../tls/live.js";
import { itWith, tshark } from "./peers.js";

const captures = fileURLToPath(new URL("../../captures/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-interop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function entries(file: string, keyLogs: string[] = []): Promise<Entry[]> {
	const found: Entry[] = [];
	await analyzeCapture(
		file,
		{ keyLogs },
		{
			entry(entry) {
				if (entry.protocol === "sip") entry.sip.retain();
				if (entry.protocol === "msrp") entry.msrp.retain();
				found.push(entry);
			},
		},
	);
	return found;
}

describe("SIP, message by message, as tshark sees it", () => {
	for (const name of readdirSync(captures).filter((file) => /\.p?cap(ng)?$/.test(file))) {
		itWith("tshark", name, async () => {
			const path = join(captures, name);
			const ours = (await entries(path)).flatMap((entry) =>
				entry.protocol === "sip"
					? [`${entry.at.packet} ${entry.sip.kind === "request" ? entry.sip.method : entry.sip.status} ${entry.sip.get("call-id") ?? ""}`]
					: [],
			);
			// Quoted in ICMP it is no traffic. What tshark calls malformed has no fields there.
			const rows = tshark(path, "sip && !icmp", ["frame.number", "sip.Method", "sip.Status-Code", "sip.Call-ID"]);
			const theirs = rows.flatMap(([number, methods, statuses, ids]) => {
				const starts = [...(methods ?? []), ...(statuses ?? [])];
				return starts.map((start, index) => `${number![0]} ${start} ${ids?.[index] ?? ids?.[0] ?? ""}`);
			});
			expect([...ours].sort()).toEqual([...theirs].sort());
			expect(ours.length).toBe(theirs.length);
		});
	}
});

const TO = "msrp://10.0.0.2:2855/bbbb;tcp";
const FROM = "msrp://10.0.0.1:2855/aaaa;tcp";

function send(id: string, body = "hello"): string {
	return `MSRP ${id} SEND\r\nTo-Path: ${TO}\r\nFrom-Path: ${FROM}\r\nMessage-ID: m${id}\r\nByte-Range: 1-${body.length}/${body.length}\r\nContent-Type: text/plain\r\n\r\n${body}\r\n-------${id}$\r\n`;
}

/** A capture of one TCP connection whose opener sends these segments. */
function capture(
	name: string,
	segments: readonly string[],
	{ before = [], after = [], port = 2855 }: { before?: Buffer[]; after?: Buffer[]; port?: number } = {},
): string {
	let seq = 101;
	const ends = { from: "10.0.0.1:40000", to: `10.0.0.2:${port}` };
	const packets = [
		frame({ ...ends, seq: 100, flags: 2 }),
		back({ from: ends.to, to: ends.from, seq: 500, ack: 101, flags: 18 }),
		frame({ ...ends, seq: 101, ack: 501 }),
	];
	for (const data of segments) {
		packets.push(frame({ ...ends, seq, ack: 501, data, flags: 24 }));
		seq += data.length;
	}
	const file = join(folder, `${name}.pcap`);
	writeFileSync(
		file,
		Buffer.concat([
			pcapFileHeader({ linkType: 1 }),
			...[...before, ...packets, ...after].map((packet, index) =>
				pcapRecord({ sec: 1_700_000_000, nsec: index * 1_000_000, data: packet }),
			),
		]),
	);
	return file;
}

const ourMsrp = async (file: string) =>
	(await entries(file)).flatMap((entry) => (entry.protocol === "msrp" ? [entry.msrp.transactionId] : []));
const theirMsrp = (file: string) => tshark(file, "msrp", ["msrp.transaction.id"]).flatMap(([ids]) => [...new Set(ids)]);

describe("MSRP where tshark 4 stops short", () => {
	itWith("tshark", "one message a segment: both see all", async () => {
		const file = capture("one", [send("aaaa1"), send("aaaa2")]);
		expect(await ourMsrp(file)).toEqual(["aaaa1", "aaaa2"]);
		expect(theirMsrp(file)).toEqual(["aaaa1", "aaaa2"]);
	});

	itWith("tshark", "two messages in a segment: tshark shows the first only", async () => {
		const file = capture("two", [send("aaaa1") + send("aaaa2")]);
		expect(await ourMsrp(file)).toEqual(["aaaa1", "aaaa2"]);
		expect(theirMsrp(file)).toEqual(["aaaa1"]);
	});

	itWith("tshark", "a whole message followed by a split one", async () => {
		const second = send("aaaa2");
		const file = capture("split", [send("aaaa1") + second.slice(0, 60), second.slice(60)]);
		expect(await ourMsrp(file)).toEqual(["aaaa1", "aaaa2"]);
		expect(theirMsrp(file)).not.toEqual(["aaaa1", "aaaa2"]);
	});

	itWith("tshark", "an end-line of another id in a body is body", async () => {
		const body = "before\r\n-------other$\r\nafter";
		const file = capture("lookalike", [send("aaaa1", body)]);
		const [entry] = (await entries(file)).filter((item) => item.protocol === "msrp");
		expect(entry?.protocol === "msrp" && entry.msrp.bodyLength).toBe(body.length);
		expect(await ourMsrp(file)).toEqual(["aaaa1"]);
	});

	itWith("tshark", "TCP/MSRP in SDP: tshark ties no message to its call", async () => {
		const port = 40_123;
		const describe = (ip: string, at: number, path: string) =>
			`v=0\r\no=- 1 1 IN IP4 ${ip}\r\ns=-\r\nc=IN IP4 ${ip}\r\nt=0 0\r\nm=message ${at} TCP/MSRP *\r\na=accept-types:text/plain\r\na=path:${path}\r\n`;
		const dialog = {
			Via: "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKx",
			From: "<sip:a@10.0.0.1>;tag=1",
			"Call-ID": "x@10.0.0.1",
			CSeq: "1 INVITE",
		};
		const invite = sip(
			"INVITE sip:b@10.0.0.2 SIP/2.0",
			{ ...dialog, "Max-Forwards": "70", To: "<sip:b@10.0.0.2>", Contact: "<sip:a@10.0.0.1>" },
			describe("10.0.0.1", 2855, FROM),
		);
		const answer = sip(
			"SIP/2.0 200 OK",
			{ ...dialog, To: "<sip:b@10.0.0.2>;tag=2", Contact: "<sip:b@10.0.0.2>" },
			describe("10.0.0.2", port, TO.replace("2855", String(port))),
		);
		const before = [
			ethernet(0x0800, ipv4(17, udp(5060, 5060, invite), { from: "10.0.0.1", to: "10.0.0.2" })),
			ethernet(0x0800, ipv4(17, udp(5060, 5060, answer), { from: "10.0.0.2", to: "10.0.0.1" })),
		];
		const file = capture("sdp", [send("aaaa1").replaceAll(":2855/bbbb", `:${port}/bbbb`)], { before, port });
		expect(await ourMsrp(file)).toEqual(["aaaa1"]);
		expect((await entries(file)).map(({ links }) => links.session)).toEqual(["c1", "c1", "c1"]);
		// It finds the message by its start line; nothing ties it to the call that set it up.
		expect(theirMsrp(file)).toEqual(["aaaa1"]);
		expect(tshark(file, "msrp.setup || msrp.setup-frame", ["frame.number"])).toEqual([]);
	});

	itWith("tshark", "MSRPS: with the same key log tshark decrypts, and shows no message", async () => {
		const { runs, keyLog } = await runLive({ messages: [send("aaaa1") + send("aaaa2"), send("aaaa3")] });
		const keys = join(folder, "msrps.keys");
		writeFileSync(keys, keyLog);
		const seq: [number, number] = [101, 501];
		const packets = runs[0]!.segments.map(({ dir, data }) => {
			const ends = dir === 0 ? { from: "10.0.0.1:40000", to: "10.0.0.2:2855" } : { from: "10.0.0.2:2855", to: "10.0.0.1:40000" };
			const packet = frame({ ...ends, seq: seq[dir], ack: seq[1 - dir]!, data, flags: 24 });
			seq[dir] += data.length;
			return packet;
		});
		const file = capture("msrps", [], { after: packets });
		const ours = (await entries(file, [keys])).filter((entry) => entry.protocol === "msrp" && entry.dir === 0);
		expect(ours.map((entry) => entry.protocol === "msrp" && entry.msrp.transactionId)).toEqual(["aaaa1", "aaaa2", "aaaa3"]);
		expect(ours.every((entry) => entry.over === "tls")).toBe(true);
		const options = ["-o", `tls.keylog_file:${keys}`];
		const theirs = tshark(file, "msrp && tcp.dstport == 2855", ["msrp.transaction.id"], options);
		expect(theirs).toEqual([]);
		// The octets are in the clear there, but nothing can be told to read them as MSRP.
		expect(
			tshark(file, 'tls.segment.data contains "MSRP aaaa1" || data.data contains "MSRP aaaa1"', ["frame.number"], options).length,
		).toBe(1);
		expect(() => tshark(file, "msrp", ["frame.number"], [...options, "-d", "tls.port==2855,msrp"])).toThrow(/isn't valid for layer type/);
	});

	itWith("tshark", "MSRP over WebSocket: tshark shows none of it as MSRP", async () => {
		const file = join(captures, "crocodile-msrp-over-ws.pcapng");
		const inWebSocket = (await entries(file)).filter((entry) => entry.protocol === "msrp" && entry.over === "ws");
		expect(inWebSocket.length).toBe(122);
		expect(tshark(file, "websocket && msrp", ["frame.number"])).toEqual([]);
	});

	itWith("tshark", "real captures: never fewer messages than tshark", async () => {
		for (const name of [
			"kamailio-msrp-relay.pcap",
			"msrplib-cpim-chunked.pcapng",
			"sipsimple-sip-msrp-chat.pcap",
			"sylkserver-conference.pcapng",
			"msrp-node-lib.pcapng",
		]) {
			const file = join(captures, name);
			const ours = await ourMsrp(file);
			const theirs = theirMsrp(file);
			expect(theirs.length).toBeGreaterThan(0);
			expect(ours.length).toBeGreaterThan(theirs.length);
			for (const id of theirs) expect(ours).toContain(id);
		}
	});
});
