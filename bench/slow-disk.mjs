// node bench/slow-disk.mjs [--gib 10] [--rate 20]: MSRP in 64 kB chunks through the proxy while it records to a disk that takes `rate`
// MB a second. Memory of the proxy's process, sampled ten times a second from /proc (Linux); nothing real is written.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";

const option = (name, usual) => Number(process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : usual);
const GIB = option("--gib", 10);
const RATE = option("--rate", 20);
const MOST_RSS = 200;
const library = new URL("../dist/index.js", import.meta.url);
if (!existsSync(fileURLToPath(library))) throw new Error("build first: npm run build");

/** The process that is measured: a proxy with a recording, driven by its standard input's end. */
async function proxied(target) {
	const { createProxy, createRecording } = await import(library);
	let written = 0;
	const recording = await createRecording({
		file: "slow.pcapng",
		open: async () => ({
			write: async (octets) => {
				const size = octets.reduce((sum, { length }) => sum + length, 0);
				written += size;
				await new Promise((done) => setTimeout(done, size / (RATE * 1000)));
			},
			truncate: async () => {},
			close: async () => {},
		}),
	});
	const proxy = createProxy({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${target}`], classify: {}, tap: (open) => recording.tap(open) });
	proxy.on("entry", (entry) => recording.entry(entry));
	await proxy.ready;
	console.log(JSON.stringify({ port: proxy.hops[0].port }));
	await once(process.stdin.resume(), "end");
	const { entries } = await proxy.close();
	const { lost } = await recording.close();
	console.log(JSON.stringify({ entries, lost, written }));
}

function chunk(n, size, total) {
	const id = `slow${n.toString(36).padStart(7, "0")}`;
	const start = n * size + 1;
	const head = `MSRP ${id} SEND\r\nTo-Path: msrp://127.0.0.1:2855/server;tcp\r\nFrom-Path: msrp://127.0.0.1:2856/client;tcp\r\nMessage-ID: file\r\nFailure-Report: no\r\nByte-Range: ${start}-${start + size - 1}/${total}\r\nContent-Type: application/octet-stream\r\n\r\n`;
	return Buffer.concat([Buffer.from(head), BODY, Buffer.from(`\r\n-------${id}${start + size > total ? "$" : "+"}\r\n`)]);
}

const SIZE = 64 << 10;
const BODY = Buffer.alloc(SIZE, "x");

async function measure() {
	let received = 0;
	const sink = createServer({ allowHalfOpen: true }, (socket) => {
		socket.on("data", ({ length }) => {
			received += length;
		});
		socket.on("end", () => socket.end());
	});
	sink.listen(0, "127.0.0.1");
	await once(sink, "listening");
	const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "--proxy", String(sink.address().port), "--rate", String(RATE)], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	const lines = [];
	let told = () => {};
	child.stdout.on("data", (data) => {
		lines.push(...String(data).trim().split("\n"));
		told();
	});
	while (lines.length < 1) await new Promise((done) => (told = done));
	const { port } = JSON.parse(lines[0]);
	const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024;
	const samples = [];
	const timer = setInterval(() => samples.push({ at: received, rss: rss() }), 100);
	const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }).resume();
	await once(socket, "connect");
	const count = Math.ceil((GIB * 2 ** 30) / SIZE);
	const began = Date.now();
	let sent = 0;
	for (let n = 0; n < count; n++) {
		const piece = chunk(n, SIZE, count * SIZE);
		sent += piece.length;
		if (!socket.write(piece)) await once(socket, "drain");
	}
	const closed = once(socket, "close");
	socket.end();
	await closed;
	clearInterval(timer);
	child.stdin.end();
	while (lines.length < 2) await new Promise((done) => (told = done));
	sink.close();
	const { entries, lost, written } = JSON.parse(lines[1]);
	const most = (from, to) => Math.max(...samples.filter(({ at }) => at >= from * sent && at <= to * sent).map((sample) => sample.rss));
	console.log(`${(sent / 2 ** 30).toFixed(2)} GiB in ${((Date.now() - began) / 1000).toFixed(0)} s, disk at ${RATE} MB a second`);
	console.log(
		`arrived: ${received === sent ? "all" : `${received} of ${sent} octets`}; entries ${entries}; packets left out of the recording: ${lost}`,
	);
	console.log(`written: ${(written / 2 ** 20).toFixed(0)} MiB`);
	console.log(
		`most RSS, MiB, by fifths: ${[0, 1, 2, 3, 4].map((n) => most(n / 5, (n + 1) / 5).toFixed(0)).join(" ")}; target: <= ${MOST_RSS}, no growth`,
	);
}

if (process.argv.includes("--proxy")) await proxied(option("--proxy"));
else await measure();
