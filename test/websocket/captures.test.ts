import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { createKeyLog, TlsDecoder } from "../../src/core/protocols/tls/index.js";
import { WebSocketConnection } from "../../src/core/protocols/websocket/index.js";
import { readCapture } from "../tls/capture-segments.js";

const path = (name: string) => fileURLToPath(new URL(`../data/${name}`, import.meta.url));

/** First lines of the messages of all connections of a capture that speak WebSocket, and everything that is wrong. */
function decode(name: string): { lines: string[]; problems: string[]; subprotocols: (string | undefined)[] } {
	const { connections, keyLogs } = readCapture(path(name));
	const keyLog = createKeyLog();
	for (const text of keyLogs) keyLog.add(text);
	const lines: string[] = [];
	const problems: string[] = [];
	const subprotocols: (string | undefined)[] = [];
	for (const segments of connections) {
		const webSocket = new WebSocketConnection(
			{
				handshake: (handshake) => subprotocols.push(handshake.subprotocol),
				message: (_dir, _binary, buf, start, end) => lines.push(buf.toString("latin1", start, end).split("\r\n", 1)[0]!),
				control: () => {},
				problem: (_dir, problem) => problems.push(problem.id),
				notWebSocket: () => {},
			},
			DEFAULT_LIMITS,
		);
		const tls = new TlsDecoder(keyLog, {
			facts: () => {},
			data: (dir, buf, start, end) => webSocket.feed(dir, buf, start, end),
			gap: () => problems.push("gap"),
			closed: (dir) => webSocket.end(dir),
			problem: (_dir, problem) => problems.push(problem.id),
		});
		const secure = segments[0]!.data[0] === 22;
		for (const { dir, data } of segments) (secure ? tls : webSocket).feed(dir, data, 0, data.length);
		for (const dir of [0, 1] as const) (secure ? tls : webSocket).end(dir);
	}
	return { lines, problems, subprotocols };
}

const count = (lines: string[], start: string) => lines.filter((line) => line.startsWith(start)).length;

describe("captures of real programs", () => {
	it("SIP over WebSocket", () => {
		const { lines, problems, subprotocols } = decode("websocket/sipjs-kamailio-ws.pcapng");
		expect(lines.length).toBe(78);
		expect([count(lines, "MESSAGE "), count(lines, "INVITE "), count(lines, "SIP/2.0 200")]).toEqual([8, 8, 28]);
		expect(problems).toEqual([]);
		expect(subprotocols).toEqual(["sip", "sip"]);
	});

	it("SIP over secure WebSocket, secrets in the file", () => {
		const { lines, problems, subprotocols } = decode("tls/sipjs-kamailio-wss-keys.pcapng");
		expect(lines.length).toBe(47);
		expect([count(lines, "MESSAGE "), count(lines, "INVITE "), count(lines, "SIP/2.0 200")]).toEqual([6, 4, 18]);
		expect(problems).toEqual([]);
		expect(subprotocols).toEqual(["sip", "sip"]);
	});

	it("MSRP over WebSocket", () => {
		const { lines, problems, subprotocols } = decode("websocket/crocodile-msrp-over-ws.pcapng");
		expect(lines.length).toBe(122);
		expect(lines.filter((line) => !line.startsWith("MSRP "))).toEqual([]);
		expect(problems).toEqual([]);
		expect(subprotocols).toEqual(["msrp", "msrp"]);
	});
});
