import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect } from "vitest";
import { entryComments } from "../../src/core/export/comment.js";
import { MessageRecorder } from "../../src/core/record/recorder.js";
import { type Flow, Pipeline } from "../../src/index.js";
import { msrpSend, sip } from "../pipeline/drive.js";
import { flow, memoryCapture, readFile } from "../record/files.js";
import { itWith, tshark } from "./peers.js";

const captures = new URL("../../captures/", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-recording-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const A = "msrp://192.0.2.1:7000/aaaa;tcp";
const B = "msrp://198.51.100.2:2855/bbbb;tcp";
const at = (step: number) => ({ sec: 1_700_000_000, nsec: step * 1_000_000, packet: 0 });
const REQUEST = sip("OPTIONS sip:b@example.com SIP/2.0", {
	Via: "SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bKq1",
	"Max-Forwards": "70",
	From: "<sip:a@example.com>;tag=1",
	To: "<sip:b@example.com>",
	"Call-ID": "c1@x",
	CSeq: "1 OPTIONS",
});

function save(name: string, file: Buffer): string {
	const path = join(folder, name);
	writeFileSync(path, file);
	return path;
}

/** Packets of which tshark has something to say: wrong checksums, malformed content, oddities of TCP. */
function complaints(path: string): string[][][] {
	const checks = ["tcp.check_checksum:TRUE", "udp.check_checksum:TRUE", "ip.check_checksum:TRUE"].flatMap((option) => ["-o", option]);
	const filter = "tcp.checksum.status != 1 || udp.checksum.status != 1 || ip.checksum.status != 1 || _ws.malformed || tcp.analysis.flags";
	const { stdout, status } = spawnSync("tshark", ["-r", path, ...checks, "-Y", filter], { encoding: "utf8" });
	expect(status).toBe(0);
	return stdout === "" ? [] : [[stdout.split("\n")]];
}

describe("tshark reads our recordings", () => {
	itWith("tshark", "TCP over IPv4 and IPv6, UDP: no complaint, the messages, comments, interfaces and names", () => {
		const { capture, file } = memoryCapture({ names: [["192.0.2.1", "alice.example.com"]], sequence: () => [2 ** 32 - 20, 7] });
		const ends = { v6: { a: { address: "2001:db8::1", port: 5 }, b: { address: "2001:db8::2", port: 2855 } } };
		for (const one of [flow({ leg: "client", hop: "h" }), flow({ leg: "server", hop: "h", ...ends.v6 })]) {
			capture.openFlow(one);
			capture.data(one, 0, Buffer.from(msrpSend("abcd1", B, A, "hello")), at(1), ["#1 class group: a group message"]);
			capture.data(one, 1, Buffer.from(`MSRP abcd1 200 OK\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\n-------abcd1$\r\n`), at(2));
			capture.data(one, 0, Buffer.from(msrpSend("abcd2", B, A, "x".repeat(100_000))), at(3));
			capture.close(one, 0, "fin", at(4));
			capture.close(one, 1, "fin", at(5));
		}
		const udp: Flow = flow({ transport: "udp", b: { address: "198.51.100.2", port: 5060 } });
		capture.data(udp, 0, Buffer.from(REQUEST), at(6));
		const path = save("plain.pcapng", file());
		expect(complaints(path)).toEqual([]);
		// The id stands in the start line and in the end-line.
		expect(tshark(path, "msrp.method", ["msrp.transaction.id", "frame.interface_name", "frame.interface_description"])).toEqual([
			[["abcd1", "abcd1"], ["mitmsrp client leg"], ["hop h"]],
			[["abcd2", "abcd2"], ["mitmsrp client leg"], ["hop h"]],
			[["abcd1", "abcd1"], ["mitmsrp server leg"], ["hop h"]],
			[["abcd2", "abcd2"], ["mitmsrp server leg"], ["hop h"]],
		]);
		expect(tshark(path, 'frame.comment contains "class group"', ["msrp.msg.hdr", "frame.comment"]).map(([, comment]) => comment)).toEqual([
			["#1 class group: a group message"],
			["#1 class group: a group message"],
		]);
		expect(tshark(path, "sip", ["sip.Method", "ip.src_host"])).toEqual([[["OPTIONS"], ["192.0.2.1"]]]);
		const hosts = spawnSync("tshark", ["-r", path, "-q", "-z", "hosts"], { encoding: "utf8" });
		expect(hosts.stdout).toMatch(/^192\.0\.2\.1\s+alice\.example\.com$/m);
	});

	itWith("tshark", "a reset", () => {
		const { capture, file } = memoryCapture();
		const one = flow();
		capture.openFlow(one);
		capture.data(one, 0, Buffer.from(msrpSend("abcd1", B, A, "hello")), at(1));
		capture.close(one, 1, "rst", at(2));
		const path = save("reset.pcapng", file());
		expect(complaints(path)).toEqual([]);
		expect(tshark(path, "tcp.flags.reset == 1", ["tcp.srcport"])).toEqual([[["2855"]]]);
	});

	itWith("tshark", "SIP that the proxy had taken out of WebSocket", () => {
		const { capture, file } = memoryCapture();
		const one = flow({ carrier: "wss", b: { address: "198.51.100.2", port: 80 } });
		capture.openFlow(one);
		capture.data(one, 0, Buffer.from(REQUEST), at(1));
		const path = save("websocket.pcapng", file());
		expect(complaints(path)).toEqual([]);
		expect(tshark(path, "websocket && sip", ["sip.Method"])).toEqual([[["OPTIONS"]]]);
	});

	itWith("tshark", "exported PDUs: MSRP out of TLS and WebSocket, SIP over UDP, with addresses and ports", () => {
		const { capture, file } = memoryCapture({ format: "exported-pdu" });
		const wss = flow({ carrier: "wss" });
		capture.message(wss, 0, "msrp", Buffer.from(msrpSend("abcd1", B, A, "hello")), at(1), ["note"]);
		capture.message(wss, 1, "msrp", Buffer.from(msrpSend("abcd2", B, A, "x".repeat(400_000))), at(2));
		capture.message(flow({ transport: "udp" }), 0, "sip", Buffer.from(REQUEST), at(3));
		const path = save("exported.pcapng", file());
		expect(tshark(path, "msrp", ["msrp.transaction.id", "msrp.method", "ip.src", "frame.comment"]).slice(0, 1)).toEqual([
			[["abcd1", "abcd1"], ["SEND"], ["192.0.2.1"], ["note"]],
		]);
		expect(tshark(path, "sip", ["sip.Method", "exported_pdu.src_port", "exported_pdu.dst_port"])).toEqual([
			[["OPTIONS"], ["40000"], ["2855"]],
		]);
		expect(tshark(path, "frame", ["frame.number"]).length).toBe(3);
	});

	itWith("tshark", "messages of a real capture, written by themselves: tshark decodes more of them than in the capture", () => {
		const name = "sylkserver-conference.pcapng";
		const { capture, file } = memoryCapture();
		const messages = new MessageRecorder(capture, entryComments);
		let msrp = 0;
		const pipeline = new Pipeline({
			classify: {},
			onEntry: (entry) => {
				messages.entry(entry);
				if (entry.protocol === "msrp") msrp++;
			},
		});
		const octets = readFileSync(new URL(name, captures));
		for (const { data, ...packet } of readFile(octets).packets) pipeline.packet({ ...packet, buf: data, start: 0, end: data.length });
		pipeline.finish();
		const path = save("messages.pcapng", file());
		expect(complaints(path)).toEqual([]);
		expect(tshark(path, "msrp.transaction.id", ["frame.number"]).length).toBe(msrp);
	});
});
