import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import type { RelayStage } from "../../src/core/relay/stage.js";
import { deadPort, OPTIONS_REQUEST, peer, proxyFor, until } from "./peers.js";

async function udp(): Promise<Socket> {
	const socket = createSocket("udp4");
	onTestFinished(() => void socket.close());
	socket.bind(0, "127.0.0.1");
	await once(socket, "listening");
	return socket;
}

async function udpEcho(): Promise<{ port: number; from: Set<number> }> {
	const socket = await udp();
	const from = new Set<number>();
	socket.on("message", (datagram, { port, address }) => {
		from.add(port);
		socket.send(datagram, port, address);
	});
	return { port: socket.address().port, from };
}

/** Looks at every message and changes none. */
const looking: RelayStage = { name: "looking", touches: () => true };

test.each([
	["as they come", []],
	["looked at by a stage", [looking]],
])("datagrams %s stay whole, each client has its own association", async (_how, stages) => {
	const echo = await udpEcho();
	const proxy = await proxyFor({ hops: [`udp://127.0.0.1:0=>udp://127.0.0.1:${echo.port}`], stages });
	const carriers: string[] = [];
	proxy.on("entry", (entry) => carriers.push(`${entry.protocol} ${entry.flow.leg} ${entry.over}`));
	const { port } = proxy.hops[0]!;
	for (const [index, octets] of [OPTIONS_REQUEST, "", "x".repeat(60_000)].entries()) {
		const socket = await udp();
		socket.send(octets, port, "127.0.0.1");
		const [answer] = (await once(socket, "message")) as [Buffer];
		expect(answer.toString()).toBe(octets);
		expect(proxy.connections).toBe(index + 1);
	}
	expect(echo.from.size).toBe(3);
	expect(carriers).toEqual(["sip client udp", "sip server udp", "sip server udp", "sip client udp"]);
});

test("an association that is idle ends; the next datagram begins a new one", async () => {
	const echo = await udpEcho();
	const proxy = await proxyFor({ hops: [`udp://127.0.0.1:0=>udp://127.0.0.1:${echo.port},idle=1`] });
	const socket = await udp();
	for (const count of [1, 2]) {
		socket.send("hello", proxy.hops[0]!.port, "127.0.0.1");
		await once(socket, "message");
		expect(echo.from.size).toBe(count);
		await until(() => proxy.connections === 0);
	}
});

test("nobody at the target: an entry says so and the association goes on", async () => {
	const port = await deadPort();
	const proxy = await proxyFor({ hops: [`udp://127.0.0.1:0=>udp://127.0.0.1:${port}`] });
	const ids: string[] = [];
	proxy.on("entry", (entry) => ids.push(...entry.problems.map(({ id }) => id)));
	const socket = await udp();
	socket.send("hello", proxy.hops[0]!.port, "127.0.0.1");
	await until(() => ids.length > 0);
	expect(ids).toEqual(["proxy.connect-failed"]);
	expect(proxy.connections).toBe(1);
});

test("UDP to TCP and back: one message a datagram, Content-Length added where it is missing", async () => {
	let received = "";
	const answer = OPTIONS_REQUEST.replace("OPTIONS sip:bob@example.com SIP/2.0", "SIP/2.0 200 OK").replace("Length: 0", "Length: 3");
	const target = await peer((socket) => {
		socket.on("data", (chunk) => {
			received += chunk;
			if (!received.endsWith("\r\n\r\n")) return;
			// Two messages in one segment, the second in two.
			socket.write(`${answer}abc${answer}`);
			setImmediate(() => socket.write("def"));
		});
	});
	const proxy = await proxyFor({ hops: [`udp://127.0.0.1:0=>tcp://127.0.0.1:${target.port}`] });
	const socket = await udp();
	const datagrams: string[] = [];
	socket.on("message", (datagram) => datagrams.push(datagram.toString()));
	socket.send(OPTIONS_REQUEST.replace("Content-Length: 0\r\n", ""), proxy.hops[0]!.port, "127.0.0.1");
	await until(() => datagrams.length === 2);
	expect(received).toBe(OPTIONS_REQUEST);
	expect(datagrams).toEqual([`${answer}abc`, `${answer}def`]);
});
