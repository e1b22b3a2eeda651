// node bench/proxy.mjs [--quick]: the live proxy beside a bare socket pipe, as ratios within one run. Build first.
import { fork } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const quick = process.argv.includes("--quick");
const child = fileURLToPath(new URL("./proxy-child.mjs", import.meta.url));
const KINDS = ["pipe", "decode", "classify"];

/** A SEND with a body of that size, as the only chunk of its message. */
function send(id, size) {
	return Buffer.from(
		`MSRP t${id} SEND\r\nTo-Path: msrp://127.0.0.1:2855/b;tcp\r\nFrom-Path: msrp://127.0.0.1:2856/a;tcp\r\nMessage-ID: m${id}\r\n` +
			`Byte-Range: 1-${size}/${size}\r\nContent-Type: text/plain\r\n\r\n${"x".repeat(size)}\r\n-------t${id}$\r\n`,
	);
}

/** Runs `work(port)` against a forwarder to `target`; gives what it returns and what it cost. */
async function through(kind, target, work) {
	const process = fork(child, [kind, String(target)], { execArgv: ["--expose-gc"] });
	const ask = async () => {
		process.send("costs");
		return (await once(process, "message"))[0];
	};
	const [{ port }] = await once(process, "message");
	const before = await ask();
	const result = await work(port, ask);
	const after = await ask();
	process.disconnect();
	await once(process, "exit");
	return { result, cpu: after.cpu - before.cpu, rss: after.rss };
}

async function pump(port, blocks) {
	const socket = connect({ port, host: "127.0.0.1" });
	socket.resume();
	for (const block of blocks) if (!socket.write(block)) await once(socket, "drain");
	socket.end();
	await once(socket, "close");
}

function* repeated(block, times) {
	for (let i = 0; i < times; i++) yield block;
}

function* bulk(size, count) {
	for (let i = 0; i < count; i++) yield send(1e6 + i, size);
}

/** Small blocks joined to ones of about that size. */
function* gathered(blocks, size) {
	let waiting = [];
	let octets = 0;
	for (const block of blocks) {
		waiting.push(block);
		octets += block.length;
		if (octets < size) continue;
		yield Buffer.concat(waiting);
		waiting = [];
		octets = 0;
	}
	yield Buffer.concat(waiting);
}

const sink = createServer(
	(socket) =>
		void socket
			.on("error", () => {})
			.resume()
			.on("end", () => socket.end()),
);
sink.listen(0, "127.0.0.1");
const echo = createServer((socket) => void socket.on("error", () => {}).pipe(socket));
echo.listen(0, "127.0.0.1");
await Promise.all([once(sink, "listening"), once(echo, "listening")]);
const [toSink, toEcho] = [sink, echo].map((server) => server.address().port);

const scale = quick ? 1 : 8;
const scenarios = {
	"foreign octets": [toSink, (port) => pump(port, repeated(Buffer.alloc(256 << 10, 0xee), 500 * scale))],
	"MSRP, 1 MB a message": [toSink, (port) => pump(port, bulk(1 << 20, 100 * scale))],
	"MSRP, 300 octets a message": [toSink, (port) => pump(port, gathered(bulk(300, 10_000 * scale), 64 << 10))],
	"1 kB there and back": [toEcho, roundTrips],
	"connections opened and closed": [toEcho, openAndClose],
	"1,000 idle connections": [toEcho, idle],
};

async function roundTrips(port) {
	const socket = connect({ port, host: "127.0.0.1", noDelay: true });
	await once(socket, "connect");
	const times = [];
	for (let i = 0; i < 500 * scale; i++) {
		const octets = send(2e6 + i, 1000);
		const began = performance.now();
		socket.write(octets);
		for (let seen = 0; seen < octets.length; ) seen += (await once(socket, "data"))[0].length;
		times.push(performance.now() - began);
	}
	socket.end();
	times.sort((a, b) => a - b);
	return `${(times[times.length >> 1] * 1000).toFixed(0)} us median`;
}

async function openAndClose(port) {
	const total = quick ? 1000 : 10_000;
	const began = performance.now();
	for (let i = 0; i < total; i += 50) {
		await Promise.all(
			Array.from({ length: 50 }, async () => {
				const socket = connect({ port, host: "127.0.0.1" });
				socket.end("x");
				socket.resume();
				await once(socket, "close");
			}),
		);
	}
	return `${Math.round((total / (performance.now() - began)) * 1000)}/s`;
}

async function idle(port, ask) {
	const before = await ask();
	const sockets = [];
	for (let i = 0; i < 1000; i++) {
		const socket = connect({ port, host: "127.0.0.1" });
		sockets.push(socket);
		socket.write(send(3e6 + i, 100));
		await once(socket, "data");
	}
	const after = await ask();
	for (const socket of sockets) socket.destroy();
	return `${(after.rss - before.rss).toFixed(1)} MiB`;
}

const rows = [];
for (const [name, [target, work]] of Object.entries(scenarios)) {
	let base;
	for (const kind of KINDS) {
		const { result, cpu, rss } = await through(kind, target, work);
		base ??= cpu;
		rows.push({
			scenario: name,
			kind,
			"CPU s": cpu.toFixed(2),
			"of pipe": (cpu / base).toFixed(2),
			"RSS MiB": rss.toFixed(0),
			result: result ?? "",
		});
	}
}
console.table(rows);
sink.close();
echo.close();
process.exit();
