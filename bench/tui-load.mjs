// Worker of tui.mjs: an MSRP client and an MSRP server in a thread of their own, and keys that somebody presses meanwhile.
import { connect, createServer } from "node:net";
import { parentPort } from "node:worker_threads";

const now = () => performance.timeOrigin + performance.now();
const path = (name) => `msrp://192.0.2.1:7000/${name};tcp`;
const ENDS = /-------(t\d+)\$\r\n/g;
const BODY =
	"From: <sip:alice@example.com>\r\nTo: <sip:bob@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\nHello to whoever reads this.";
const TICK = 10;

function send(id) {
	return `MSRP ${id} SEND\r\nTo-Path: ${path("bobs")}\r\nFrom-Path: ${path("alices")}\r\nMessage-ID: m${id}\r\nByte-Range: 1-${BODY.length}/${BODY.length}\r\nContent-Type: message/cpim\r\n\r\n${BODY}\r\n-------${id}$\r\n`;
}

function answer(id) {
	return `MSRP ${id} 200 OK\r\nTo-Path: ${path("alices")}\r\nFrom-Path: ${path("bobs")}\r\n-------${id}$\r\n`;
}

/** The transactions of all messages that ended in what came; what is left belongs to the next. */
function reader(each) {
	let rest = "";
	return (chunk) => {
		rest += chunk.toString("latin1");
		let end = 0;
		for (const found of rest.matchAll(ENDS)) {
			each(found[1]);
			end = found.index + found[0].length;
		}
		rest = rest.slice(end);
	};
}

let client;
let next = 0;
const sentAt = new Map();
let took = [];
let answered = () => {};

function exchange(count) {
	let out = "";
	for (let n = 0; n < count; n++) {
		const id = `t${String(next++).padStart(8, "0")}`;
		sentAt.set(id, now());
		out += send(id);
	}
	client.write(out, "latin1");
}

const server = createServer((socket) => {
	socket.on("error", () => {});
	let out = "";
	const read = reader((id) => {
		out += answer(id);
	});
	socket.on("data", (chunk) => {
		read(chunk);
		if (out !== "") socket.write(out, "latin1");
		out = "";
	});
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage({ server: server.address().port }));

/** So many exchanges, at most 200 on their way. */
async function fill(count) {
	let left = count;
	await new Promise((done) => {
		answered = () => {
			const more = Math.min(left, 200 - sentAt.size);
			if (more > 0) {
				left -= more;
				exchange(more);
			} else if (left === 0 && sentAt.size === 0) done();
		};
		answered();
	});
	answered = () => {};
	took = [];
}

/** So many exchanges a second, and one key of `keys` every now and then. */
async function run(rate, seconds, keys) {
	took = [];
	const began = now();
	let sent = 0;
	let pressed = 0;
	await new Promise((done) => {
		const timer = setInterval(() => {
			const passed = now() - began;
			if (passed >= seconds * 1000) {
				clearInterval(timer);
				done();
				return;
			}
			const due = Math.floor((passed * rate) / 1000) - sent;
			sent += due;
			if (due > 0) exchange(due);
			// Keys come at odd times, so that they meet every stage of a frame.
			if (keys.length > 0 && passed > pressed * 97 + ((pressed * 37) % 50))
				parentPort.postMessage({ key: keys[pressed++ % keys.length], at: now() });
		}, TICK);
	});
	while (sentAt.size > 0) await new Promise((done) => setTimeout(done, TICK));
	return took;
}

parentPort.on("message", async ({ proxy, task, count, rate, seconds, keys = [] }) => {
	if (proxy !== undefined) {
		client = connect(proxy, "127.0.0.1", () => parentPort.postMessage({ connected: true }));
		client.setNoDelay(true);
		client.on("error", () => {});
		client.on(
			"data",
			reader((id) => {
				took.push(now() - sentAt.get(id));
				sentAt.delete(id);
				answered();
			}),
		);
		return;
	}
	parentPort.postMessage({ done: task === "fill" ? await fill(count) : await run(rate, seconds, keys) });
});
