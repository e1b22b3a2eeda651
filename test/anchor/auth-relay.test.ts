import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RelayPeer } from "../../src/core/anchor/auth/peer.js";
import { MsrpRelay } from "../../src/core/anchor/auth/relay.js";
import type { RelayTarget } from "../../src/core/anchor/auth/types.js";
import { MsrpStreamDecoder } from "../../src/core/protocols/msrp/index.js";
import { answerChallenge, parseChallenge } from "../../src/core/replay/digest.js";

const ALICE = "msrp://alice.invalid:2855/aaaa;tcp";
const BOB = "msrp://198.51.100.20:2855/bbbb;tcp";
const BASE = "msrp://relay.example.com:2855";

/** One connection of the relay as its other end sees it. */
interface Wire {
	peer: RelayPeer;
	/** what came, with transaction ids of the relay as mr# */
	text(): string;
	send(text: string | Buffer): void;
	ended: boolean;
	full: boolean;
	paused: boolean;
}

function rig(user?: { user: string; password: string }) {
	let tokens = 0;
	let sec = 1000;
	const dialled: (Wire & { target: RelayTarget })[] = [];
	const now = () => ({ sec, nsec: 0, packet: 0 });
	const wire = (): { wire: Wire; link: Parameters<MsrpRelay["open"]>[0] } => {
		let got: Buffer[] = [];
		const made: Wire = {
			peer: undefined as unknown as RelayPeer,
			ended: false,
			full: false,
			paused: false,
			text: () => {
				const text = Buffer.concat(got)
					.toString("latin1")
					.replace(/mr[0-9a-z]{8}/g, "mr#");
				got = [];
				return text;
			},
			send: (text) => relay.receive(made.peer, Buffer.from(text as string, "latin1"), now()),
		};
		const link = {
			write: (octets: Buffer) => {
				got.push(Buffer.from(octets));
				return !made.full;
			},
			pause: () => {
				made.paused = true;
			},
			resume: () => {
				made.paused = false;
			},
			end: () => {
				made.ended = true;
			},
		};
		return { wire: made, link };
	};
	const relay: MsrpRelay = new MsrpRelay({
		base: BASE,
		user,
		token: () => `token${++tokens}`,
		dial: (target, peer) => {
			const made = wire();
			made.wire.peer = peer;
			dialled.push(Object.assign(made.wire, { target }));
			return made.link;
		},
	});
	const open = (): Wire => {
		const made = wire();
		made.wire.peer = relay.open(made.link, now());
		return made.wire;
	};
	const pass = (seconds: number): void => {
		sec += seconds;
		relay.advance(now());
	};
	return { relay, open, dialled, pass };
}

const auth = (more = "", id = "auth1", to = `${BASE};tcp`, from = ALICE) =>
	`MSRP ${id} AUTH\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\n${more}-------${id}$\r\n`;
const send = (to: string, from: string, body = "hello", id = "s1abc", more = "", flag = "$") =>
	`MSRP ${id} SEND\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\nMessage-ID: m1\r\n${more}Content-Type: text/plain\r\n\r\n${body}\r\n-------${id}${flag}\r\n`;
const reply = (id: string, status: string, to: string, from: string, more = "") =>
	`MSRP ${id} ${status}\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\n${more}-------${id}$\r\n`;
const OWN = `${BASE}/token1;tcp`;

function authorised(user?: { user: string; password: string }) {
	const all = rig(user);
	const alice = all.open();
	alice.send(auth());
	alice.text();
	return { ...all, alice };
}

describe("AUTH", () => {
	it("is answered with a URI of the relay and how long it may be used; asked again, the same one", () => {
		const { open, relay } = rig();
		const alice = open();
		alice.send(auth());
		expect(alice.text()).toBe(reply("auth1", "200 OK", ALICE, `${BASE};tcp`, `Use-Path: ${OWN}\r\nExpires: 1800\r\n`));
		alice.send(auth("Expires: 600\r\n", "auth2"));
		expect(alice.text()).toBe(reply("auth2", "200 OK", ALICE, `${BASE};tcp`, `Use-Path: ${OWN}\r\nExpires: 600\r\n`));
		expect([relay.granted, relay.owns(OWN), relay.owns(`${BASE}/other;tcp`)]).toEqual([1, true, false]);
	});

	it("says within which bounds a time has to be", () => {
		const alice = rig().open();
		alice.send(auth("Expires: 59\r\n") + auth("Expires: 86401\r\n") + auth("Expires: soon\r\n"));
		const from = `${BASE};tcp`;
		expect(alice.text()).toBe(
			reply("auth1", "423 Interval Out-of-Bounds", ALICE, from, "Min-Expires: 60\r\n") +
				reply("auth1", "423 Interval Out-of-Bounds", ALICE, from, "Max-Expires: 86400\r\n") +
				reply("auth1", "400 Expires is a number of seconds", ALICE, from),
		);
	});

	it("challenges, where there is a user, and takes the right answer alone", () => {
		const { open, relay } = rig({ user: "alice", password: "secret" });
		const alice = open();
		alice.send(auth());
		const challenge = parseChallenge(/WWW-Authenticate: (.*)\r\n/.exec(alice.text())![1]!)!;
		expect(challenge).toMatchObject({ realm: "relay.example.com", qop: "auth" });
		const answer = (password: string) => {
			const answering = { user: "alice", password, method: "AUTH", uri: `${BASE};tcp`, body: Buffer.alloc(0), cnonce: "c1", count: 1 };
			return `Authorization: ${answerChallenge(challenge, answering)}\r\n`;
		};
		alice.send(auth(answer("wrong")));
		expect(alice.text()).toMatch(/^MSRP auth1 401 /);
		expect(relay.granted).toBe(0);
		alice.send(auth(answer("secret")));
		expect(alice.text()).toMatch(/^MSRP auth1 200 OK\r\n/);
		const other = open();
		other.send(auth(answer("secret")));
		expect(other.text()).toMatch(/^MSRP auth1 401 /);
	});

	it("over another relay is answered with both, the nearest first", () => {
		const carol = rig().open();
		carol.send(auth("", "auth1", `${BASE};tcp`, `msrp://near.example.com:2855/n;tcp ${ALICE}`));
		expect(carol.text()).toContain(`To-Path: msrp://near.example.com:2855/n;tcp ${ALICE}\r\n`);
		carol.send(auth("", "auth1", `${BASE};tcp`, `msrp://near.example.com:2855/n;tcp ${ALICE}`));
		expect(carol.text()).toContain(`Use-Path: msrp://near.example.com:2855/n;tcp ${OWN}\r\n`);
	});

	it("to a relay behind this one goes there, and its answer the whole way back", () => {
		const { alice, dialled } = authorised();
		const far = "msrp://far.example.com:2855;tcp";
		alice.send(auth("", "auth7", `${OWN} ${far}`));
		expect(dialled[0]!.target).toMatchObject({ host: "far.example.com", port: 2855, secure: false });
		const asked = dialled[0]!.text();
		expect(asked).toBe(auth("", "mr#", far, `${OWN} ${ALICE}`));
		dialled[0]!.send(reply("mr00000001", "200 OK", `${OWN} ${ALICE}`, far, "Use-Path: x\r\nExpires: 90\r\n"));
		expect(alice.text()).toBe(reply("auth7", "200 OK", ALICE, `${OWN} ${far}`, "Use-Path: x\r\nExpires: 90\r\n"));
	});
});

describe("messages over the relay", () => {
	it("from the client go to where it says, each hop answered by itself", () => {
		const { alice, dialled } = authorised();
		alice.send(send(`${OWN} ${BOB}`, ALICE));
		expect(alice.text()).toBe(reply("s1abc", "200 OK", ALICE, OWN));
		expect(dialled[0]!.target).toMatchObject({ host: "198.51.100.20", port: 2855, secure: false });
		expect(dialled[0]!.text()).toBe(send(BOB, `${OWN} ${ALICE}`, "hello", "mr#"));
		dialled[0]!.send(reply("mr00000001", "200 OK", OWN, BOB));
		expect(alice.text()).toBe("");
		alice.send(send(`${OWN} ${BOB}`, ALICE, "again"));
		expect(dialled.length).toBe(1);
	});

	it("to the client come over its own connection, and what it answers goes back over theirs", () => {
		const { alice, open, dialled } = authorised();
		const bob = open();
		bob.send(send(`${OWN} ${ALICE}`, BOB));
		expect(bob.text()).toBe(reply("s1abc", "200 OK", BOB, OWN));
		expect(alice.text()).toBe(send(ALICE, `${OWN} ${BOB}`, "hello", "mr#"));
		const report = (to: string, from: string, id: string) =>
			`MSRP ${id} REPORT\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\nMessage-ID: m1\r\nByte-Range: 1-5/5\r\nStatus: 000 200 OK\r\n-------${id}$\r\n`;
		alice.send(report(`${OWN} ${BOB}`, ALICE, "rep1"));
		expect(bob.text()).toBe(report(BOB, `${OWN} ${ALICE}`, "mr#"));
		expect([alice.text(), dialled.length]).toEqual(["", 0]);
	});

	it("between two clients of the relay stay inside of it", () => {
		const { alice, open, dialled } = authorised();
		const bob = open();
		bob.send(auth("", "auth1", `${BASE};tcp`, BOB));
		bob.text();
		const his = `${BASE}/token2;tcp`;
		alice.send(send(`${OWN} ${his} ${BOB}`, ALICE));
		expect(bob.text()).toBe(send(BOB, `${his} ${OWN} ${ALICE}`, "hello", "mr#"));
		expect(dialled).toEqual([]);
	});

	it("for nobody are refused, and nobody but its client has the relay connect anywhere", () => {
		const { alice, open, dialled } = authorised();
		const mallory = open();
		mallory.send(send(`${BASE}/guess;tcp ${ALICE}`, BOB));
		expect(mallory.text()).toBe(reply("s1abc", "481 No such session", BOB, `${BASE}/guess;tcp`));
		mallory.send(send(`${OWN} msrp://192.0.2.66:25/x;tcp`, BOB));
		expect(alice.text()).toContain("To-Path: msrp://192.0.2.66:25/x;tcp\r\n");
		mallory.send(send(OWN, BOB));
		expect(mallory.text()).toContain("MSRP s1abc 481 ");
		expect(dialled).toEqual([]);
	});

	it("are reported where the next hop refuses them, is silent, or goes away", () => {
		const { alice, dialled, relay, pass } = authorised();
		const report = (status: string) =>
			`MSRP mr# REPORT\r\nTo-Path: ${ALICE}\r\nFrom-Path: ${OWN}\r\nMessage-ID: m1\r\nByte-Range: 1-5/5\r\nStatus: 000 ${status}\r\n-------mr#$\r\n`;
		const one = send(`${OWN} ${BOB}`, ALICE, "hello", "s1abc", "Byte-Range: 1-5/5\r\n");
		alice.send(one);
		alice.text();
		dialled[0]!.send(reply("mr00000001", "481 gone", OWN, BOB));
		expect(alice.text()).toBe(report("481 gone"));
		alice.send(one);
		alice.text();
		pass(29);
		expect(alice.text()).toBe("");
		pass(1);
		expect(alice.text()).toBe(report("408 no answer from the next hop"));
		alice.send(one + one.replace("Byte-Range", "Failure-Report: no\r\nByte-Range"));
		alice.text();
		relay.closed(dialled[0]!.peer);
		expect(alice.text()).toBe(report("408 the next hop is gone"));
	});

	it("wait while the next hop is behind", () => {
		const { alice, dialled } = authorised();
		alice.send(send(`${OWN} ${BOB}`, ALICE));
		dialled[0]!.full = true;
		alice.send(send(`${OWN} ${BOB}`, ALICE));
		expect(alice.paused).toBe(true);
		dialled[0]!.peer.drained();
		expect(alice.paused).toBe(false);
	});

	it("of any size, in any pieces, arrive whole, in chunks that keep nobody waiting", () => {
		const sizes = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 6 });
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 70_000 }),
				sizes,
				fc.constantFrom("$", "+", "#"),
				fc.integer({ min: 1, max: 1 << 30 }),
				(size, cuts, flag, at) => {
					const { alice, dialled } = authorised();
					const body = Buffer.from(Array.from({ length: size }, (_, n) => (n * 31) & 0xff)).toString("latin1");
					const wire = Buffer.from(send(`${OWN} ${BOB}`, ALICE, body, "s1abc", `Byte-Range: ${at}-*/*\r\n`, flag), "latin1");
					for (let from = 0, n = 0; from < wire.length; n++) {
						const to = Math.min(wire.length, from + cuts[n % cuts.length]!);
						alice.send(wire.subarray(from, to));
						from = to;
					}
					const chunks: string[] = [];
					const flags: string[] = [];
					let next = at;
					const decoder = new MsrpStreamDecoder({
						frame: (frame) => {
							const start = frame.start + frame.bodyOffset;
							expect(frame.byteRange!.start).toBe(next);
							next += frame.bodyLength;
							flags.push(frame.flag);
							chunks.push(frame.bytes.toString("latin1", start, start + frame.bodyLength));
						},
						skipped: () => expect.unreachable(),
						problem: () => {},
					});
					const out = Buffer.from(dialled[0]!.text(), "latin1");
					decoder.feed(out, 0, out.length);
					expect(chunks.join("")).toBe(body);
					expect(flags).toEqual([...Array(flags.length - 1).fill("+"), flag]);
					expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(16 << 10);
					expect(alice.text()).toBe(reply("s1abc", "200 OK", ALICE, OWN));
				},
			),
			{ numRuns: 40 },
		);
	});
});

describe("what the relay keeps", () => {
	it("a URI ends with its time, unless it was asked for again", () => {
		const { relay, alice, pass } = authorised();
		pass(1700);
		alice.send(auth("", "auth2"));
		pass(1700);
		expect(relay.owns(OWN)).toBe(true);
		pass(101);
		expect(relay.owns(OWN)).toBe(false);
	});

	it("a URI ends with its connection", () => {
		const { relay, alice } = authorised();
		relay.closed(alice.peer);
		expect(relay.granted).toBe(0);
	});

	it("a connection that brings no request within 30 s is closed", () => {
		const { open, alice, pass } = authorised();
		const silent = open();
		pass(31);
		expect([silent.ended, alice.ended]).toEqual([true, false]);
	});

	it("no input makes it throw", () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.oneof(fc.string(), fc.constantFrom(auth(), send(OWN, ALICE), send(`${OWN} x`, "y"), "MSRP ", "\r\n", "-------s1abc$\r\n")),
				),
				(parts) => {
					const { open, pass } = rig();
					const peer = open();
					for (const part of parts) peer.send(part);
					pass(100);
				},
			),
		);
	});
});
