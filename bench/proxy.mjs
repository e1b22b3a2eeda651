// npm run bench:proxy [-- --quick] [--only WORD] [--profile FOLDER]: mitmsrp proxy beside a bare Node pipe, haproxy and mitmproxy's TCP mode, CPU time of the whole
// process in one run. Numbers never fail the run; only something that breaks does. Linux: CPU and memory come from /proc.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocket, WebSocketServer } from "ws";

const quick = process.argv.includes("--quick");
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
/** loads with this word in their name alone */
const only = option("--only");
/** folder for CPU profiles of our own process */
const profile = option("--profile");
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const cli = here("../dist/shell/cli/main.js");
if (!existsSync(cli)) throw new Error("build first: npm run build");
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-bench-"));
const TICKS = 100;
const MEGABYTES = quick ? 64 : 1024;
const MESSAGES = quick ? 5_000 : 50_000;
const TRIPS = quick ? 500 : 5_000;
const CONNECTIONS = quick ? 300 : 3_000;
const IDLE = quick ? 100 : 1_000;

/** CPU seconds and memory of a process. */
function usage(pid) {
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
	const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
	return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS, rss };
}

/** Starts a proxy in front of `target`; its first line of output tells the port. */
async function subject(command, args, port) {
	const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
	const stop = async () => {
		if (child.exitCode === null) {
			child.kill("SIGTERM");
			await once(child, "exit");
		}
	};
	if (port === undefined) {
		let text = "";
		for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
			text += chunk;
			if (text.includes("\n")) break;
		}
		child.stdout.resume();
		const line = text.split("\n")[0];
		port = line.startsWith("{") ? JSON.parse(line).hops[0].port : Number(line);
	} else {
		child.stdout.resume();
		await listening(port);
	}
	return { pid: child.pid, port, stop };
}

async function listening(port) {
	for (let tries = 0; tries < 200; tries++) {
		const socket = connect({ port, host: "127.0.0.1" });
		const open = await new Promise((done) => socket.once("connect", () => done(true)).once("error", () => done(false)));
		socket.destroy();
		if (open) return;
		await new Promise((done) => setTimeout(done, 50));
	}
	throw new Error(`nothing listens at port ${port}`);
}

/** A port that was free a moment ago, for programs that cannot tell which one they took. */
async function freePort() {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	server.close();
	await once(server, "close");
	return port;
}

const PROFILE = profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profile];
const ours = (target, ...more) =>
	subject(process.execPath, [...PROFILE, cli, "proxy", "--json", "--hop", `tcp://127.0.0.1:0=>tcp://127.0.0.1:${target}`, ...more]);
const SUBJECTS = {
	pipe: (target) => subject(process.execPath, [here("pipe.mjs"), String(target)]),
	haproxy: async (target) => {
		const port = await freePort();
		const file = join(folder, `haproxy-${port}.cfg`);
		writeFileSync(
			file,
			`global\n  nbthread 1\ndefaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1m\n  timeout server 1m\nlisten bench\n  bind 127.0.0.1:${port}\n  server target 127.0.0.1:${target}\n`,
		);
		return subject("haproxy", ["-db", "-f", file], port);
	},
	mitmproxy: async (target) => {
		const port = await freePort();
		// Before version 9 the port is an option of its own, and TCP a matter of which hosts are left undecoded.
		const old = Number(/Mitmproxy: (\d+)/.exec(spawnSync("mitmdump", ["--version"], { encoding: "utf8" }).stdout)?.[1]) < 9;
		const way = old
			? [
					"--mode",
					`reverse:http://127.0.0.1:${target}`,
					"--listen-host",
					"127.0.0.1",
					"--listen-port",
					String(port),
					"--set",
					"rawtcp=true",
				]
			: ["--mode", `reverse:tcp://127.0.0.1:${target}@127.0.0.1:${port}`];
		return subject("mitmdump", ["-q", "--set", `confdir=${folder}`, "--set", "tcp_hosts=.*", ...way], port);
	},
	mitmsrp: (target) => ours(target, "--quiet"),
	"mitmsrp, 100 rules": (target) => ours(target, "--quiet", "--rules", ruleFile("idle.yaml", 100)),
	"mitmsrp, holding": (target) => ours(target, "--quiet", "--rules", ruleFile("holding.yaml", 1, "SEND")),
};

/** `count` rules that change a header of the messages with this method; the method of none, if it is not given. */
function ruleFile(name, count, method) {
	let text = "rules:\n";
	for (let n = 0; n < count; n++)
		text += `  - name: rule ${n}\n    match: msrp.method == "${method ?? `NONE${n}`}"\n    actions:\n      - set-header: {name: X-Bench, value: "${n}"}\n`;
	const file = join(folder, name);
	writeFileSync(file, text);
	return file;
}
const installed = (command) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
const programs = { haproxy: "haproxy", mitmproxy: "mitmdump" };
const names = Object.keys(SUBJECTS).filter((name) => programs[name] === undefined || installed(programs[name]));

const id = (n) => `bench${n.toString(36).padStart(6, "0")}`;
const TO = "msrp://127.0.0.1:2855/server;tcp";
const FROM = "msrp://127.0.0.1:2856/client;tcp";
const CPIM = `From: <sip:alice@example.com>\r\nTo: <sip:room@example.com;isfocus>\r\nDateTime: 2026-01-01T00:00:00Z\r\n\r\nContent-Type: text/plain\r\n\r\n`;

function send(n, size, total = size, start = 1, flag = "$") {
	const body = Buffer.alloc(size, "x");
	if (start === 1) body.write(CPIM);
	return Buffer.concat([
		Buffer.from(
			`MSRP ${id(n)} SEND\r\nTo-Path: ${TO}\r\nFrom-Path: ${FROM}\r\nMessage-ID: ${total === size ? id(n) : "file"}\r\nByte-Range: ${start}-${start + size - 1}/${total}\r\nContent-Type: message/cpim\r\n\r\n`,
		),
		body,
		Buffer.from(`\r\n-------${id(n)}${flag}\r\n`),
	]);
}
const ok = (n) => Buffer.from(`MSRP ${id(n)} 200 OK\r\nTo-Path: ${FROM}\r\nFrom-Path: ${TO}\r\n-------${id(n)}$\r\n`);

const taken = new EventEmitter();
function taking(socket) {
	socket.resume().on("end", () => {
		socket.end();
		taken.emit("all");
	});
}

/** Writes all pieces with back-pressure, ends, waits until the server has all (mitmproxy does not pass its end on). */
async function pour(port, pieces) {
	const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
	socket.resume();
	await once(socket, "connect");
	for (const piece of pieces) if (!socket.write(piece)) await once(socket, "drain");
	const ended = once(taken, "all");
	socket.end();
	await ended;
	socket.destroy();
}

function* repeated(piece, times) {
	for (let i = 0; i < times; i++) yield piece;
}

function* chunks(megabytes) {
	const size = 10_240;
	const count = Math.ceil((megabytes * 1e6) / size);
	for (let i = 0; i < count; i++) yield send(i, size, count * size, 1 + i * size, i === count - 1 ? "$" : "+");
}

/** Chat with a window: the server answers every SEND. */
function answering(socket) {
	let held = "";
	let n = 0;
	socket.on("data", (data) => {
		held += data.toString("latin1");
		const answers = [];
		for (let at = held.indexOf("$\r\n"); at >= 0; at = held.indexOf("$\r\n")) {
			held = held.slice(at + 3);
			answers.push(ok(n++));
		}
		if (answers.length > 0) socket.write(Buffer.concat(answers));
	});
	socket.on("end", () => socket.end());
	socket.on("error", () => {});
}

async function chat(port, count, window, times) {
	const socket = connect({ port, host: "127.0.0.1", noDelay: true });
	await once(socket, "connect");
	const messages = Array.from({ length: count }, (_, n) => send(n, 1000));
	await new Promise((done, fail) => {
		let next = 0;
		let back = 0;
		let began = 0n;
		const more = () => {
			while (next < count && next - back < window) {
				began = process.hrtime.bigint();
				socket.write(messages[next++]);
			}
		};
		socket.on("error", fail);
		socket.on("data", (data) => {
			for (let at = data.indexOf("$\r\n"); at >= 0; at = data.indexOf("$\r\n", at + 3)) {
				back++;
				times?.push(Number(process.hrtime.bigint() - began) / 1e3);
			}
			if (back === count) done();
			else more();
		});
		more();
	});
	const closed = once(socket, "close");
	socket.end();
	await closed;
}

const LOADS = {
	"octets of no protocol": {
		server: taking,
		run: (port) => pour(port, repeated(randomBytes(1 << 20), MEGABYTES)),
	},
	"MSRP in 10 kB chunks": {
		also: "mitmsrp, 100 rules",
		server: taking,
		run: (port) => pour(port, chunks(MEGABYTES / 2)),
	},
	"1 kB SEND + 200, 64 under way": { server: answering, run: (port) => chat(port, MESSAGES, 64) },
	"1 kB SEND + 200, one by one": {
		also: "mitmsrp, holding",
		server: answering,
		run: async (port) => {
			const times = [];
			await chat(port, TRIPS, 1, times);
			return { median: times.sort((a, b) => a - b)[times.length >> 1] };
		},
	},
	"connections, 16 at once": {
		server: answering,
		run: async (port) => {
			const began = process.hrtime.bigint();
			let left = CONNECTIONS;
			await Promise.all(
				Array.from({ length: 16 }, async () => {
					while (left-- > 0) await chat(port, 1, 1);
				}),
			);
			return { rate: CONNECTIONS / (Number(process.hrtime.bigint() - began) / 1e9) };
		},
	},
};

const rows = [];
const results = {};
async function load(name) {
	const { server: serve, run, also } = LOADS[name];
	results[name] = {};
	const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => serve(socket.on("error", () => {})));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const direct = await run(server.address().port);
	results[name].direct = { cpu: 0, ...direct };
	for (const subject of names) {
		if ((subject.startsWith("mitmsrp,") && subject !== also) || (subject === "mitmproxy" && serve !== taking)) continue;
		const proxy = await SUBJECTS[subject](server.address().port);
		try {
			await run(proxy.port); // everything compiled and connected once
			const before = usage(proxy.pid);
			const began = process.hrtime.bigint();
			const extra = await run(proxy.port);
			const wall = Number(process.hrtime.bigint() - began) / 1e9;
			const after = usage(proxy.pid);
			const cpu = after.cpu - before.cpu;
			results[name][subject] = { cpu, wall, ...extra };
			rows.push({
				load: name,
				proxy: subject,
				"CPU s": cpu.toFixed(2),
				"wall s": wall.toFixed(2),
				"median us": extra?.median?.toFixed(0) ?? "",
				"per second": extra?.rate?.toFixed(0) ?? "",
				"RSS MB": after.rss.toFixed(0),
			});
		} finally {
			await proxy.stop();
		}
	}
	server.close();
}

/** Memory of connections that have said something and are silent now. */
async function idle() {
	const server = createServer({ allowHalfOpen: true }, (socket) => answering(socket));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const proxy = await SUBJECTS.mitmsrp(server.address().port);
	await chat(proxy.port, 2000, 16);
	const before = usage(proxy.pid).rss;
	const sockets = [];
	for (let i = 0; i < IDLE; i++) {
		const socket = connect({ port: proxy.port, host: "127.0.0.1" });
		sockets.push(socket);
		await once(socket, "connect");
		socket.write(send(i, 200));
		await once(socket, "data");
	}
	const after = usage(proxy.pid).rss;
	for (const socket of sockets) socket.destroy();
	await proxy.stop();
	server.close();
	return ((after - before) * 1000) / IDLE;
}

/** One SEND a WebSocket message, through us as a tunnel and through two endpoints. */
async function webSocket() {
	const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "msrp" });
	await once(server, "listening");
	let n = 0;
	server.on("connection", (socket) => socket.on("message", () => socket.send(ok(n++))));
	const target = server.address().port;
	const run = async (port) => {
		const client = new WebSocket(`ws://127.0.0.1:${port}/`, "msrp");
		await once(client, "open");
		await new Promise((done) => {
			let sent = 0;
			let back = 0;
			const more = () => {
				while (sent < MESSAGES && sent - back < 64) client.send(send(sent++, 1000));
			};
			client.on("message", () => {
				if (++back === MESSAGES) done();
				else more();
			});
			more();
		});
		const closed = once(client, "close");
		client.close();
		await closed;
	};
	const out = {};
	for (const [name, start] of [
		["two endpoints", () => subject(process.execPath, [here("ws-pipe.mjs"), String(target)])],
		[
			"mitmsrp",
			() =>
				subject(process.execPath, [...PROFILE, cli, "proxy", "--json", "--quiet", "--hop", `ws://127.0.0.1:0=>ws://127.0.0.1:${target}`]),
		],
	]) {
		const proxy = await start();
		await run(proxy.port);
		const before = usage(proxy.pid).cpu;
		await run(proxy.port);
		const after = usage(proxy.pid);
		out[name] = after.cpu - before;
		rows.push({
			load: "MSRP over WebSocket",
			proxy: name,
			"CPU s": out[name].toFixed(2),
			"wall s": "",
			"median us": "",
			"per second": "",
			"RSS MB": after.rss.toFixed(0),
		});
		await proxy.stop();
	}
	for (const client of server.clients) client.terminate();
	server.close();
	return out.mitmsrp / out["two endpoints"];
}

const figures = [];
function figure(name, target, value, met) {
	figures.push({ figure: name, target, measured: value.toFixed(2), met: met ? "yes" : "NO" });
}

try {
	console.log(`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}; beside: ${names.join(", ")}`);
	const wanted = (name) => only === undefined || name.includes(only);
	for (const name of Object.keys(LOADS)) if (wanted(name)) await load(name);
	const against = (name, key, other = "pipe") => results[name].mitmsrp[key] / results[name][other][key];
	const [octets, bulk, busy, trip, connections] = Object.keys(LOADS);
	if (wanted(octets)) figure("octets of no protocol: CPU against pipe", "<= 0.75", against(octets, "cpu"), against(octets, "cpu") <= 0.75);
	if (wanted(bulk)) figure("MSRP chunks, decoded: CPU against pipe", "<= 1.5", against(bulk, "cpu"), against(bulk, "cpu") <= 1.5);
	if (wanted(bulk)) {
		const withRules = results[bulk]["mitmsrp, 100 rules"].cpu;
		const ratio = withRules / results[bulk].pipe.cpu;
		figure("MSRP chunks, decoded, 100 rules: CPU against pipe", "<= 1.5", ratio, ratio <= 1.5);
		if (results[bulk].mitmproxy) {
			const other = withRules / results[bulk].mitmproxy.cpu;
			figure("MSRP chunks, decoded, 100 rules: CPU against mitmproxy", "<= 0.4", other, other <= 0.4);
		}
	}
	if (wanted(busy)) figure("chat, decoded: CPU against pipe", "<= 2", against(busy, "cpu"), against(busy, "cpu") <= 2);
	if (wanted(trip)) {
		const added = (subject) => results[trip][subject].median - results[trip].direct.median;
		const ratio = added("mitmsrp") / added("pipe");
		figure("1 kB SEND + 200: added median against pipe's", "<= 1.5", ratio, ratio <= 1.5);
		const held = added("mitmsrp, holding") / added("pipe");
		figure("1 kB SEND + 200, held and changed: added median against pipe's", "<= 2", held, held <= 2);
	}
	if (wanted(connections)) {
		const ratio = against(connections, "rate");
		figure("connections a second against pipe", ">= 0.9", ratio, ratio >= 0.9);
	}
	if (wanted("idle")) {
		const memory = await idle();
		figure("MiB for 1,000 idle decoded connections", "<= 20", memory, memory <= 20);
	}
	if (wanted("WebSocket")) {
		const tunnel = await webSocket();
		figure("WebSocket tunnel with decoding: CPU against two endpoints", "<= 0.6", tunnel, tunnel <= 0.6);
	}
	console.table(rows);
	console.table(figures);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
