import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect } from "vitest";
import { pcapFileHeader, pcapRecord } from "../../src/core/capture/write-pcap.js";
import { analyzeCapture, type Entry } from "../../src/index.js";
import { back, frame } from "../link/packets.js";
import { itWith, tshark } from "./peers.js";

const captures = fileURLToPath(new URL("../../captures/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-interop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function entries(file: string): Promise<Entry[]> {
	const found: Entry[] = [];
	await analyzeCapture(
		file,
		{},
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
function capture(name: string, segments: readonly string[], more: Buffer[] = []): string {
	let seq = 101;
	const ends = { from: "10.0.0.1:40000", to: "10.0.0.2:2855" };
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
			...[...packets, ...more].map((packet, index) => pcapRecord({ sec: 1_700_000_000, nsec: index * 1_000_000, data: packet })),
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
