import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Drive, msrpSend, sip } from "./drive.js";

const A = "msrp://192.0.2.1:7000/aaaa;tcp";
const B = "msrp://198.51.100.2:2855/bbbb;tcp";

function invite(path: string, port: number, setup: string, cseq = 1): string {
	const host = path.includes("198.51") ? "198.51.100.2" : "192.0.2.1";
	return sip(
		"INVITE sip:b@example.com SIP/2.0",
		{
			Via: "SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bKq1",
			"Max-Forwards": "70",
			From: "<sip:a@example.com>;tag=1",
			To: "<sip:b@example.com>",
			"Call-ID": "c1@x",
			CSeq: `${cseq} INVITE`,
			Contact: "<sip:a@192.0.2.1:5060;transport=tcp>",
		},
		`v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=message ${port} TCP/MSRP *\r\na=accept-types:*\r\na=setup:${setup}\r\na=path:${path}\r\n`,
	);
}

describe("which protocol a connection speaks", () => {
	it("is found by content on any port", () => {
		const drive = new Drive();
		drive.connect("192.0.2.1:1", "198.51.100.2:2").send("a", msrpSend("abcd1", B, A, "hi"));
		drive.connect("192.0.2.1:3", "198.51.100.2:4").send("a", invite(A, 7000, "active"));
		expect(drive.entries.map((entry) => entry.protocol)).toEqual(["msrp", "sip"]);
	});

	it("is decided octet by octet too, with nothing lost", () => {
		const drive = new Drive();
		const connection = drive.connect("192.0.2.1:1", "198.51.100.2:2");
		for (const octet of Buffer.from(`${msrpSend("abcd1", B, A, "hi")}`)) connection.send("a", Buffer.from([octet]));
		connection.send("b", "MSRP abcd1 200 OK\r\n");
		connection.send("b", `To-Path: ${A}\r\nFrom-Path: ${B}\r\n-------abcd1$\r\n`);
		expect(drive.entries.map((entry) => [entry.protocol, entry.dir, entry.links.answers])).toEqual([
			["msrp", 0, undefined],
			["msrp", 1, 1],
		]);
	});

	it("a connection of another protocol shows nothing and is no longer looked at", () => {
		const drive = new Drive();
		const connection = drive.connect("192.0.2.1:1", "198.51.100.2:2");
		connection.send("a", `POST / HTTP/1.1\r\nHost: x\r\n\r\n${"x".repeat(3000)}`);
		expect(connection.sink.interested(0)).toBe(false);
		expect(connection.sink.interested(1)).toBe(false);
		expect(drive.entries).toEqual([]);
	});

	it("a server that speaks first is decoded when the client's side is known", () => {
		const drive = new Drive();
		const connection = drive.connect("192.0.2.1:1", "198.51.100.2:2");
		connection.send("b", msrpSend("abcd1", A, B, "first"));
		connection.send("a", `MSRP abcd1 200 OK\r\nTo-Path: ${B}\r\nFrom-Path: ${A}\r\n-------abcd1$\r\n`);
		expect(drive.entries.map((entry) => [entry.protocol, entry.dir])).toEqual([
			["msrp", 1],
			["msrp", 0],
		]);
	});

	it("mid-stream: the first whole frame is found without blame", () => {
		const drive = new Drive();
		const connection = drive.connect("192.0.2.1:1", "198.51.100.2:2", { midStream: true, openerKnown: false });
		connection.send("a", `the rest of a body\r\n-------zzzz$\r\n${msrpSend("abcd1", B, A, "hi")}`);
		const messages = drive.entries.filter((entry) => entry.protocol === "msrp");
		expect(messages).toHaveLength(1);
		expect(drive.ids().filter((id) => id === "msrp.bad-start-line" || id === "msrp.truncated-frame")).toEqual([]);
	});
});

describe("msrp.foreign-protocol", () => {
	it("fires when SIP is spoken where SDP announced MSRP", () => {
		const drive = new Drive();
		const signalling = drive.connect("192.0.2.1:5060", "198.51.100.2:5060");
		signalling.send("a", invite(A, 7000, "passive"));
		signalling.send(
			"b",
			invite(B, 2855, "active")
				.replace("INVITE sip:b@example.com SIP/2.0", "SIP/2.0 200 OK")
				.replace("To: <sip:b@example.com>", "To: <sip:b@example.com>;tag=2"),
		);
		drive.connect("198.51.100.2:40000", "192.0.2.1:7000").send("a", invite(A, 7000, "active", 7));
		expect(drive.ids().filter((id) => id === "msrp.foreign-protocol")).toEqual(["msrp.foreign-protocol"]);
	});

	it("stays silent when SDP announced MSRP over WebSocket (RFC 7977), which begins with HTTP", () => {
		const drive = new Drive();
		const signalling = drive.connect("192.0.2.1:5060", "198.51.100.2:5060");
		const overWs = (text: string): string => text.replace(/^(a=path:.*);tcp/m, "$1;ws");
		const offer = overWs(invite(A, 7000, "passive"));
		const answer = overWs(invite(B, 2855, "active"));
		const length = (text: string): string =>
			text.replace(/Content-Length: \d+/, `Content-Length: ${text.length - text.indexOf("\r\n\r\n") - 4}`);
		signalling.send("a", length(offer));
		signalling.send(
			"b",
			length(
				answer
					.replace("INVITE sip:b@example.com SIP/2.0", "SIP/2.0 200 OK")
					.replace("To: <sip:b@example.com>", "To: <sip:b@example.com>;tag=2"),
			),
		);
		drive
			.connect("198.51.100.2:40000", "192.0.2.1:7000")
			.send(
				"a",
				"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: msrp\r\n\r\n",
			);
		expect(drive.ids()).not.toContain("msrp.foreign-protocol");
	});

	it("stays silent when MSRP is spoken there", () => {
		const drive = new Drive();
		const signalling = drive.connect("192.0.2.1:5060", "198.51.100.2:5060");
		signalling.send("a", invite(A, 7000, "passive"));
		drive.connect("198.51.100.2:40000", "192.0.2.1:7000").send("a", msrpSend("abcd1", A, B, "hi"));
		expect(drive.ids()).not.toContain("msrp.foreign-protocol");
	});
});

describe("connections that end inside a frame", () => {
	const half = msrpSend("abcd1", B, A, "hello").slice(0, -12);

	it("tcp.fin-mid-frame", () => {
		const drive = new Drive();
		drive.connect("192.0.2.1:1", "198.51.100.2:2").send("a", half).close("a", "fin");
		expect(drive.ids()).toContain("tcp.fin-mid-frame");
		expect(drive.ids()).not.toContain("tcp.reset-mid-frame");
	});

	it("tcp.reset-mid-frame", () => {
		const drive = new Drive();
		drive.connect("192.0.2.1:1", "198.51.100.2:2").send("a", half).close("b", "rst");
		expect(drive.ids()).toContain("tcp.reset-mid-frame");
	});

	it("neither fires between frames, nor when the capture ends", () => {
		const whole = new Drive();
		whole
			.connect("192.0.2.1:1", "198.51.100.2:2")
			.send("a", msrpSend("abcd1", B, A, "hello"))
			.close("a", "fin")
			.close("b", "rst");
		const cut = new Drive();
		cut.connect("192.0.2.1:1", "198.51.100.2:2").send("a", half).close("a", "end-of-capture");
		for (const drive of [whole, cut]) {
			expect(drive.ids()).not.toContain("tcp.fin-mid-frame");
			expect(drive.ids()).not.toContain("tcp.reset-mid-frame");
		}
	});
});

describe("MSRP over WebSocket", () => {
	const key = "dGhlIHNhbXBsZSBub25jZQ==";
	const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

	function upgrade(drive: Drive, secure: boolean) {
		const connection = drive.connect("192.0.2.1:1", "198.51.100.2:80");
		connection.send(
			"a",
			`GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: msrp\r\n\r\n`,
		);
		connection.send(
			"b",
			`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: msrp\r\n\r\n`,
		);
		void secure;
		return connection;
	}

	function frame(text: string): Buffer {
		const body = Buffer.from(text);
		const head = body.length < 126 ? Buffer.from([0x82, body.length]) : Buffer.from([0x82, 126, body.length >> 8, body.length & 255]);
		return Buffer.concat([head, body]);
	}

	it("ws.msrp-not-secure: said once for a connection without TLS", () => {
		const drive = new Drive();
		const connection = upgrade(drive, false);
		connection.send("b", frame(msrpSend("abcd1", A, B, "one"))).send("b", frame(msrpSend("abcd2", A, B, "two")));
		expect(drive.entries.map((entry) => entry.protocol)).toEqual(["websocket", "msrp", "msrp"]);
		expect(drive.ids()).toEqual(["ws.msrp-not-secure"]);
	});

	it("ws.two-messages-in-one and ws.message-incomplete", () => {
		const drive = new Drive();
		const connection = upgrade(drive, false);
		const one = msrpSend("abcd1", A, B, "one");
		connection.send("b", frame(one + msrpSend("abcd2", A, B, "two")));
		connection.send("b", frame(msrpSend("abcd3", A, B, "three").slice(0, -5)));
		const problems = drive.entries.flatMap((entry) => entry.problems).filter((problem) => problem.id !== "ws.msrp-not-secure");
		expect(problems.map((problem) => problem.id)).toContain("ws.two-messages-in-one");
		expect(problems.map((problem) => problem.id)).toContain("ws.message-incomplete");
		expect(problems.find((problem) => problem.id === "ws.two-messages-in-one")?.offset).toBe(one.length);
	});
});

describe("late findings", () => {
	it("msrp.message-stalled names the entry of the last chunk", () => {
		const drive = new Drive();
		const connection = drive.connect("192.0.2.1:1", "198.51.100.2:2");
		connection.send("a", msrpSend("abcd1", B, A, "hello").replace("1-5/5", "1-5/10").replace("-------abcd1$", "-------abcd1+"));
		drive.now += 100;
		connection.send("a", msrpSend("abcd2", B, A, "x"));
		connection.send("a", msrpSend("abcd3", B, A, "y"));
		expect(drive.late).toContainEqual({ entry: 1, id: "msrp.message-stalled" });
	});
});
