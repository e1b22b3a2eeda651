// The terminal user interface of a running proxy: 100,000 entries in its lists and 5,000 more a second, through real sockets. How long a
// key waits for its frame, how many frames there are, and what the screen costs the traffic. One line of JSON, the last of its output.
import { EventEmitter } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import { startProxy } from "../dist/index.js";
import { keymapOf } from "../dist/shell/ui/keys/key-file.js";
import { ProxyControls } from "../dist/shell/ui/live/controls.js";
import { Tui } from "../dist/shell/ui/open-tui.js";

const ENTRIES = 100_000;
const RATE = 5_000;
/** entries of one exchange: request and response, each on both legs */
const OF_EXCHANGE = 4;
const quick = process.argv.includes("--quick");
const SECONDS = quick ? 4 : 10;
/** lists, the ladder, details, far jumps, following, a filter over everything and no filter again */
const KEYS = [
	..."jjjkL",
	"\x1b[6~",
	..."jGgjk\r123456q",
	"\x1b[5~",
	..."FjS\rGjj",
	..."\r2jqgL",
	':filter msrp.method == "SEND"\r',
	..."jGgj",
	":filter-clear\r",
	..."S",
];

const now = () => performance.timeOrigin + performance.now();

/** A terminal of 160 by 50 that takes everything at once. */
class Screen extends EventEmitter {
	columns = 160;
	rows = 50;
	isTTY = true;
	writableLength = 0;
	frames = 0;
	octets = 0;
	text = "";
	answered = () => {};
	write(text) {
		this.frames++;
		this.octets += text.length;
		this.text = text;
		this.answered();
		return true;
	}
}

class Keyboard extends EventEmitter {
	isTTY = true;
	setRawMode() {
		return this;
	}
	resume() {
		return this;
	}
	pause() {
		return this;
	}
}

function at(sorted, part) {
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function spread(list) {
	const sorted = Float64Array.from(list).sort();
	return { count: sorted.length, p50: at(sorted, 0.5), p95: at(sorted, 0.95), p99: at(sorted, 0.99), most: at(sorted, 1) };
}

function megabytes() {
	globalThis.gc?.();
	const { heapUsed, external } = process.memoryUsage();
	return (heapUsed + external) / 1e6;
}

const load = new Worker(new URL("./tui-load.mjs", import.meta.url));
const screen = new Screen();
const keyboard = new Keyboard();
const keyTimes = [];
const waiting = [];
let told = () => {};
load.on("message", (message) => {
	if (message.key === undefined) {
		told(message);
		return;
	}
	waiting.push(message.at);
	keyboard.emit("data", Buffer.from(message.key));
});
screen.answered = () => {
	const drawn = now();
	while (waiting.length > 0) keyTimes.push(drawn - waiting.shift());
};
const answerOf = (request) =>
	new Promise((done) => {
		told = done;
		if (request !== undefined) load.postMessage(request);
	});

const { server } = await answerOf();
const proxy = await startProxy({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${server}`] });
let entries = 0;
proxy.on("entry", () => entries++);
const { port } = proxy.hops[0];
await answerOf({ proxy: port });

const rate = RATE / OF_EXCHANGE;
await answerOf({ task: "fill", count: 2_000 });
const without = spread((await answerOf({ task: "run", rate, seconds: SECONDS })).done);

const tui = new Tui({
	terminal: { input: keyboard, output: screen },
	title: "bench",
	phase: "live",
	keys: keymapOf("mitmproxy"),
	theme: "dark",
	depth: "true",
	classify: { level: "uri", rules: "both" },
	live: new ProxyControls(proxy, { readFile: () => Buffer.alloc(0), reload: () => {} }),
});
const adding = [];
let measured = false;
proxy.on("entry", (entry) => {
	const began = performance.now();
	tui.entry(entry);
	if (measured) adding.push(performance.now() - began);
});
proxy.on("late", (number, problem) => tui.late(number, problem));
const settled = async () => {
	while (tui.waiting > 0) await new Promise((done) => setTimeout(done, 20));
};

await answerOf({ task: "fill", count: ENTRIES / OF_EXCHANGE });
await settled();
const memoryFull = megabytes();

// Only traffic.
screen.frames = 0;
screen.octets = 0;
measured = true;
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const from = { at: now(), entries };
const withScreen = spread((await answerOf({ task: "run", rate, seconds: SECONDS })).done);
const seconds = (now() - from.at) / 1000;
const traffic = { frames: screen.frames / seconds, octets: screen.octets / seconds, entries: (entries - from.entries) / seconds };
delay.disable();
measured = false;

// Traffic and keys; then as much traffic again, for memory.
await answerOf({ task: "run", rate, seconds: SECONDS, keys: KEYS });
await new Promise((done) => setTimeout(done, 200));
const keys = spread(keyTimes);
await answerOf({ task: "fill", count: ENTRIES / OF_EXCHANGE });
await settled();
const memoryAgain = megabytes();
const added = spread(adding);
const sortedAdding = Float64Array.from(adding).sort();

tui.close();
await proxy.close();
await load.terminate();
console.log(
	`\n${JSON.stringify({
		keys,
		traffic,
		delay: { p99: delay.percentile(99) / 1e6, most: delay.max / 1e6 },
		forwarding: { without, with: withScreen },
		adding: { ...added, p999: at(sortedAdding, 0.999) },
		memory: { full: memoryFull, again: memoryAgain },
	})}`,
);
process.exit(0);
