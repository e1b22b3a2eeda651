// Writes a seeded, realistic capture of group chat: calls over SIP/TCP, MSRP with CPIM, receipts, typing.
//   node bench/generate.mjs FILE MEGABYTES [mix|chat|one-byte|big-chunk|flows|hostile] [SEED]
import { closeSync, openSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** mulberry32: small, seeded, good enough to vary lengths and order. */
function random(seed) {
	let a = seed >>> 0;
	return () => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = a;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

/** 2026-01-01T00:00:00Z */
const START = 1_767_225_600;
const MSS = 1448;
const HEADERS = 14 + 20 + 20;

class CaptureFile {
	constructor(path, limit, step = 120) {
		/** microseconds from one packet to the next: a busy relay's 8,000 a second */
		this.step = step;
		this.fd = openSync(path, "w");
		this.block = Buffer.alloc(8 << 20);
		this.used = 0;
		this.written = 0;
		this.limit = limit;
		this.micros = 0;
		const head = Buffer.alloc(24);
		head.writeUInt32LE(0xa1b2c3d4, 0);
		head.writeUInt16LE(2, 4);
		head.writeUInt16LE(4, 6);
		head.writeUInt32LE(262144, 16);
		head.writeUInt32LE(1, 20);
		this.#room(24);
		head.copy(this.block, 0);
		this.used = 24;
	}

	/** Time of the last packet, as CPIM writes it. */
	get dateTime() {
		return `${new Date((START + Math.floor(this.micros / 1e6)) * 1000).toISOString().slice(0, 19)}Z`;
	}

	get full() {
		return this.written + this.used >= this.limit;
	}

	#room(octets) {
		if (this.used + octets <= this.block.length) return;
		writeSync(this.fd, this.block, 0, this.used);
		this.written += this.used;
		this.used = 0;
	}

	/** One TCP packet. */
	packet(side, flags, payload, start, end) {
		const size = HEADERS + end - start;
		this.#room(16 + size);
		this.micros += this.step;
		const b = this.block;
		let o = this.used;
		b.writeUInt32LE(START + Math.floor(this.micros / 1e6), o);
		b.writeUInt32LE(this.micros % 1e6, o + 4);
		b.writeUInt32LE(size, o + 8);
		b.writeUInt32LE(size, o + 12);
		o += 16;
		b.fill(2, o, o + 12);
		b.writeUInt16BE(0x0800, o + 12);
		o += 14;
		b.writeUInt32BE(0x45000000 | (size - 14), o);
		b.writeUInt32BE(0x00004000, o + 4);
		b.writeUInt32BE(0x40060000, o + 8);
		b.writeUInt32BE(side.address, o + 12);
		b.writeUInt32BE(side.peer.address, o + 16);
		o += 20;
		b.writeUInt16BE(side.port, o);
		b.writeUInt16BE(side.peer.port, o + 2);
		b.writeUInt32BE(side.seq >>> 0, o + 4);
		b.writeUInt32BE(flags & ACK ? side.peer.seq >>> 0 : 0, o + 8);
		b.writeUInt16BE(0x5000 | flags, o + 12);
		b.writeUInt16BE(0xffff, o + 14);
		b.writeUInt32BE(0, o + 16);
		o += 20;
		payload.copy(b, o, start, end);
		this.used += 16 + size;
		side.seq = (side.seq + end - start + (flags & 3 ? 1 : 0)) >>> 0;
	}

	close() {
		writeSync(this.fd, this.block, 0, this.used);
		closeSync(this.fd);
		return this.written + this.used;
	}
}

const NONE = Buffer.alloc(0);
const SYN = 2;
const ACK = 16;
const PSH = 8;
const FIN = 1;

/** A TCP connection whose ends delay acknowledgements until they have data to send (RFC 1122 §4.2.3.2). */
class Connection {
	constructor(file, a, b, mss = MSS) {
		this.file = file;
		this.mss = mss;
		this.a = { ...a, seq: 1000, full: 0, owes: false };
		this.b = { ...b, seq: 5000, full: 0, owes: false };
		this.a.peer = this.b;
		this.b.peer = this.a;
		file.packet(this.a, SYN, NONE, 0, 0);
		file.packet(this.b, SYN | ACK, NONE, 0, 0);
		file.packet(this.a, ACK, NONE, 0, 0);
	}

	send(side, payload) {
		for (let at = 0; at < payload.length; at += this.mss)
			this.segment(side, payload, at, Math.min(payload.length, at + this.mss), at + this.mss >= payload.length);
	}

	/** One segment; it acknowledges what came before. Every second full one is acknowledged by itself, but not single octets. */
	segment(side, payload, start, end, push) {
		const from = this[side];
		this.file.packet(from, push ? ACK | PSH : ACK, payload, start, end);
		from.owes = false;
		from.full = 0;
		from.peer.owes = true;
		if (this.mss > 1 && end - start === this.mss && ++from.peer.full === 2) this.#acknowledge(from.peer);
	}

	/** Nobody has more to say for a while: what was not acknowledged with data is now. */
	rest() {
		for (const end of [this.a, this.b]) if (end.owes) this.#acknowledge(end);
	}

	#acknowledge(end) {
		this.file.packet(end, ACK, NONE, 0, 0);
		end.owes = false;
		end.full = 0;
	}

	close() {
		this.file.packet(this.a, FIN | ACK, NONE, 0, 0);
		this.file.packet(this.b, FIN | ACK, NONE, 0, 0);
		this.file.packet(this.a, ACK, NONE, 0, 0);
	}
}

const WORDS = "wind is up beach at four bring the big sail who has the keys meet me by the water tonight it will be good".split(" ");

function text(rand) {
	let out = "";
	const count = 3 + Math.floor(rand() * 30);
	for (let i = 0; i < count; i++) out += `${WORDS[Math.floor(rand() * WORDS.length)]} `;
	return out;
}

function sip(start, headers, body = "") {
	return Buffer.from(
		`${start}\r\n${headers.join("\r\n")}\r\n${body === "" ? "" : "Content-Type: application/sdp\r\n"}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
	);
}

function sdp(host, port, path, setup) {
	return `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=message ${port} TCP/MSRP *\r\na=accept-types:message/cpim application/octet-stream\r\na=accept-wrapped-types:*\r\na=setup:${setup}\r\na=path:${path}\r\n`;
}

/** What a picture looks like to a decoder: any octets, CR, LF and hyphens among them. */
const PIXELS = (() => {
	const rand = random(7);
	return Buffer.from(Array.from({ length: 1_000_000 }, () => Math.floor(rand() * 256)));
})();

/** The room as its focus names it in Contact and as CPIM names it. */
const ROOM = "sip:sess-1@10.200.0.1;transport=tcp;isfocus";

/** One participant of one room: signalling connection, MSRP connection, some messages each turn. */
class Member {
	constructor(file, number, rand, mss, pictures = 0) {
		/** share of turns that send a picture */
		this.pictures = pictures;
		this.rand = rand;
		this.number = number;
		const address = (10 << 24) | (1 << 16) | (number & 0xffff);
		const host = `10.1.${(number >> 8) & 255}.${number & 255}`;
		const client = { address, port: 20000 + (number % 40000) };
		const focus = { address: (10 << 24) | (200 << 16) | 1, port: 5060 };
		this.file = file;
		this.messages = 0;
		this.left = 40 + Math.floor(rand() * 200);
		this.to = `msrp://10.200.0.1:2855/f${number};tcp`;
		this.from = `msrp://${host}:${client.port + 1};tcp`.replace(";tcp", `/c${number};tcp`);
		this.signalling = new Connection(file, client, focus, mss);
		const tag = () => Math.floor(rand() * 2 ** 32).toString(36);
		const [near, far, call] = [tag(), tag(), tag()];
		const common = (method, n) => [
			`Via: SIP/2.0/TCP ${host}:5060;branch=z9hG4bK${number}x${n}${near}`,
			"Max-Forwards: 70",
			`From: <sip:user${number}@example.com>;tag=${near}`,
			`To: <sip:room@im.example.com>${n > 1 ? `;tag=${far}` : ""}`,
			`Call-ID: ${call}-${number}@${host}`,
			`CSeq: ${n === 1 ? 1 : n - 1} ${method}`,
		];
		this.common = common;
		const answer = (method, n) =>
			common(method, n)
				.map((line) => (line.startsWith("To:") && n === 1 ? `${line};tag=${far}` : line))
				.filter((line) => !line.startsWith("Max"));
		this.answer = answer;
		this.signalling.send(
			"a",
			sip(
				`INVITE sip:room@im.example.com SIP/2.0`,
				[
					...common("INVITE", 1),
					`Contact: <sip:user${number}@${host}:5060;transport=tcp>;+g.oma.sip-im`,
					"User-Agent: IM-client/OMA1.0 bench/1.0",
				],
				sdp(host, 9, this.from, "active"),
			),
		);
		this.signalling.send(
			"b",
			sip(
				"SIP/2.0 200 OK",
				[...answer("INVITE", 1), `Contact: <${ROOM}>;isfocus`, "Server: IM-serv/OMA2.0 bench/1.0"],
				sdp("10.200.0.1", 2855, this.to, "passive"),
			),
		);
		this.signalling.send("a", sip(`ACK ${ROOM} SIP/2.0`, common("ACK", 2)));
		this.signalling.rest();
		this.media = new Connection(file, { address, port: client.port + 1 }, { ...focus, port: 2855 }, mss);
		// RFC 4975 §5.4: who connects sends first, so that the connection gets its session.
		const id = this.#nextId();
		this.media.send(
			"a",
			Buffer.from(
				`MSRP ${id} SEND\r\nTo-Path: ${this.to}\r\nFrom-Path: ${this.from}\r\nMessage-ID: m${id}\r\nByte-Range: 1-0/0\r\n-------${id}$\r\n`,
			),
		);
		this.ok("b", id);
	}

	/** Never the same twice: the counter has its own four places. */
	#nextId() {
		return `t${this.number.toString(36)}z${(++this.messages).toString(36).padStart(4, "0")}`;
	}

	/** the 200 of `side` to a transaction of the other one */
	ok(side, id) {
		const [to, from] = side === "a" ? [this.to, this.from] : [this.from, this.to];
		this.media.send(side, Buffer.from(`MSRP ${id} 200 OK\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\n-------${id}$\r\n`));
	}

	/** a frame and its 200; gives the size of the message */
	exchange(side, id, body, extra, type = "message/cpim") {
		const [to, from] = side === "a" ? [this.to, this.from] : [this.from, this.to];
		const octets = Buffer.from(body);
		const head = `MSRP ${id} SEND\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\nMessage-ID: m${id}\r\nByte-Range: 1-${octets.length}/${octets.length}\r\n${extra}Content-Type: ${type}\r\n\r\n`;
		this.media.send(side, Buffer.concat([Buffer.from(head), octets, Buffer.from(`\r\n-------${id}$\r\n`)]));
		this.ok(side === "a" ? "b" : "a", id);
		return octets.length;
	}

	/** A picture to the room (RFC 4975 §7.1.1 chunks): in pieces of 2,048 or 10,240 octets or in one, as clients differ. */
	picture(side, id) {
		const [to, from] = side === "a" ? [this.to, this.from] : [this.from, this.to];
		// Between 8 kB and 1 MB, the small ones far more often.
		const total = Math.round(8e3 * 125 ** (this.rand() ** 1.5));
		const me = side === "a" ? `sip:user${this.number}@example.com` : "sip:alice@example.com";
		const wrapper = Buffer.from(
			`From: <${me}>\r\nTo: <${ROOM}>\r\nDateTime: ${this.file.dateTime}\r\n\r\nContent-Type: image/jpeg\r\n\r\n`,
		);
		const content = Buffer.concat([wrapper, PIXELS.subarray(0, total)]);
		const chunk = [2048, 10240, content.length][Math.floor(this.rand() * 3)];
		for (let at = 0, n = 0; at < content.length; at += chunk, n++) {
			const end = Math.min(content.length, at + chunk);
			const chunkId = `${id}p${n.toString(36)}`;
			const range = `${at + 1}-${end - at > 2048 ? "*" : end}/${content.length}`;
			const head = `MSRP ${chunkId} SEND\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\nMessage-ID: m${id}\r\nByte-Range: ${range}\r\nContent-Type: message/cpim\r\n\r\n`;
			const flag = end === content.length ? "$" : "+";
			this.media.send(side, Buffer.concat([Buffer.from(head), content.subarray(at, end), Buffer.from(`\r\n-------${chunkId}${flag}\r\n`)]));
			this.ok(side === "a" ? "b" : "a", chunkId);
		}
	}

	turn() {
		const id = this.#nextId();
		if (this.pictures > 0 && this.rand() < this.pictures) {
			this.picture(this.rand() < 0.2 ? "a" : "b", id);
			return --this.left > 0;
		}
		const kind = this.rand();
		const cpim = (from, to, type, body) =>
			`From: <${from}>\r\nTo: <${to}>\r\nDateTime: ${this.file.dateTime}\r\n\r\nContent-Type: ${type}\r\n\r\n${body}`;
		const me = `sip:user${this.number}@example.com`;
		const room = ROOM;
		if (kind < 0.45) this.exchange("b", id, cpim("sip:alice@example.com", room, "text/plain;charset=utf-8", text(this.rand)), "");
		else if (kind < 0.75) {
			const size = this.exchange("a", id, cpim(me, room, "text/plain;charset=utf-8", text(this.rand)), "Success-Report: yes\r\n");
			this.media.send(
				"b",
				Buffer.from(
					`MSRP r${id} REPORT\r\nTo-Path: ${this.from}\r\nFrom-Path: ${this.to}\r\nMessage-ID: m${id}\r\nByte-Range: 1-${size}/${size}\r\nStatus: 000 200 OK\r\n-------r${id}$\r\n`,
				),
			);
		} else if (kind < 0.85) this.exchange("b", id, cpim(room, room, "text/plain;charset=utf-8", "Carol has joined the conference"), "");
		else if (kind < 0.95)
			this.exchange(
				"a",
				id,
				cpim(
					me,
					room,
					"application/im-iscomposing+xml",
					`<?xml version="1.0" encoding="UTF-8"?>\r\n<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state><refresh>90</refresh></isComposing>`,
				),
				"",
			);
		else this.exchange("b", id, cpim("sip:alice@example.com", me, "text/plain", text(this.rand)), "");
		return --this.left > 0;
	}

	leave() {
		this.media.close();
		this.signalling.send("a", sip(`BYE ${ROOM} SIP/2.0`, this.common("BYE", 3)));
		this.signalling.send("b", sip("SIP/2.0 200 OK", this.answer("BYE", 3)));
		this.signalling.close();
	}
}

function mix(file, rand, mss, pictures, together = 40) {
	let number = 0;
	let room = [];
	while (!file.full) {
		while (room.length < together) room.push(new Member(file, ++number, rand, mss, pictures));
		room = room.filter((member) => {
			if (file.full || member.turn()) return true;
			member.leave();
			return false;
		});
	}
	for (const member of room) member.leave();
}

/** One SEND whose single chunk fills the file. */
function bigChunk(file, rand) {
	const member = new Member(file, 1, rand, MSS);
	// A segment, and half of the packet that acknowledges two of them.
	const pieces = Math.ceil((file.limit - file.written - file.used) / (MSS + 1.5 * (16 + HEADERS)));
	const total = pieces * MSS;
	const piece = Buffer.alloc(MSS, "0123456789abcdef");
	member.media.send(
		"a",
		Buffer.from(
			`MSRP bigchunk SEND\r\nTo-Path: ${member.to}\r\nFrom-Path: ${member.from}\r\nMessage-ID: big1\r\nByte-Range: 1-*/${total}\r\nContent-Type: application/octet-stream\r\n\r\n`,
		),
	);
	for (let sent = 0; sent < pieces; sent++) member.media.segment("a", piece, 0, piece.length, false);
	member.media.send("a", Buffer.from(`\r\n-------bigchunk$\r\n`));
	member.ok("b", "bigchunk");
	member.leave();
}

/** Many short connections, none closed. */
function flows(file, rand) {
	let number = 0;
	while (!file.full) {
		const member = new Member(file, ++number, rand, MSS);
		member.turn();
	}
}

/** Lengths that lie, frames that never end, look-alike end-lines. */
function hostile(file, rand) {
	const member = new Member(file, 1, rand, MSS);
	const lookAlikes = Buffer.from("\r\n-------hostile1x".repeat(80));
	member.media.send(
		"a",
		Buffer.from(
			`MSRP hostile1 SEND\r\nTo-Path: ${member.to}\r\nFrom-Path: ${member.from}\r\nMessage-ID: h1\r\nByte-Range: 1-99999999999999999999/99999999999999999999\r\nContent-Type: text/plain\r\n\r\n`,
		),
	);
	while (!file.full) member.media.segment("a", lookAlikes, 0, Math.min(MSS, lookAlikes.length), false);
	member.leave();
}

/** Writes the capture; answers its size in octets. */
export function generate(path, megabytes, kind = "mix", seed = 1) {
	const rand = random(seed);
	const file = new CaptureFile(path, megabytes * 1e6);
	if (kind === "mix") mix(file, rand, MSS, 0.02);
	else if (kind === "chat") mix(file, rand, MSS, 0);
	else if (kind === "one-byte") mix(file, rand, 1, 0);
	else if (kind === "big-chunk") bigChunk(file, rand);
	else if (kind === "flows") flows(file, rand);
	else if (kind === "hostile") hostile(file, rand);
	else throw new Error(`unknown kind ${kind}: mix, chat, one-byte, big-chunk, flows or hostile`);
	return file.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [, , path, megabytes, kind, seed] = process.argv;
	if (path === undefined || !(Number(megabytes) > 0)) {
		console.error("usage: node bench/generate.mjs FILE MEGABYTES [mix|chat|one-byte|big-chunk|flows|hostile] [SEED]");
		process.exit(2);
	}
	console.log(`${generate(path, Number(megabytes), kind, seed === undefined ? 1 : Number(seed))} octets`);
}
