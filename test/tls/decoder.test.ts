import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Segment } from "./capture-segments.js";
import * as forge from "./forge.js";
import { keyLogOf, observe, observer } from "./observe.js";

const c = (data: Buffer): Segment => ({ dir: 0, data });
const s = (data: Buffer): Segment => ({ dir: 1, data });
const CCS = forge.record(20, Buffer.from([1]));
const RANDOM = forge.CLIENT_RANDOM.toString("hex");

/** A whole TLS 1.3 handshake, and the connection's keys. */
function opened() {
	const keys = forge.connection();
	const segments = [
		c(forge.clientHello()),
		s(
			Buffer.concat([
				forge.serverHello(),
				CCS,
				keys.serverHandshake.seal(22, Buffer.concat([forge.encryptedExtensions(), forge.finished()])),
			]),
		),
		c(Buffer.concat([CCS, keys.clientHandshake.seal(22, forge.finished())])),
	];
	return { keys, segments, log: keys.handshakeLines + keys.applicationLines };
}

describe("TLS 1.3 records", () => {
	it("padding, an empty record, a ticket in between and KeyUpdate in both directions", () => {
		const { keys, segments, log } = opened();
		const client2 = keys.client.updated();
		const server2 = keys.server.updated();
		segments.push(
			s(Buffer.concat([keys.server.seal(22, forge.handshake(4, Buffer.alloc(200))), keys.server.seal(23, "one", 100)])),
			c(
				Buffer.concat([
					keys.client.seal(23, "", 3),
					keys.client.seal(23, "two"),
					keys.client.seal(22, forge.keyUpdate()),
					client2.seal(23, "three"),
				]),
			),
			s(Buffer.concat([keys.server.seal(22, forge.keyUpdate()), server2.seal(23, "four"), server2.seal(22, forge.keyUpdate())])),
			s(server2.updated().seal(23, "five")),
			c(client2.seal(21, Buffer.from([1, 0]))),
		);
		for (const piece of [Number.POSITIVE_INFINITY, 1]) {
			const seen = observe(segments, log, piece);
			expect(seen.text).toEqual(["twothree", "onefourfive"]);
			expect(seen.ids).toEqual([]);
			expect(seen.gaps).toEqual([]);
			expect(seen.closed).toEqual([0, 1]);
		}
	});

	it("a handshake message over two records", () => {
		const keys = forge.connection();
		const flight = Buffer.concat([forge.encryptedExtensions(), forge.handshake(11, Buffer.alloc(500)), forge.finished()]);
		const server = [
			keys.serverHandshake.seal(22, flight.subarray(0, 3)),
			keys.serverHandshake.seal(22, flight.subarray(3)),
			keys.server.seal(23, "after"),
		];
		const hello = forge.clientHello();
		const halves = [forge.record(22, hello.subarray(5, 20)), forge.record(22, hello.subarray(20))];
		const seen = observe([...halves.map(c), s(forge.serverHello()), ...server.map(s)], keys.handshakeLines + keys.applicationLines);
		expect(seen.text).toEqual(["", "after"]);
	});

	it("with the traffic secrets alone, the handshake is passed by", () => {
		const { keys, segments } = opened();
		segments.push(c(keys.client.seal(23, "c")), s(keys.server.seal(23, "s")));
		const seen = observe(segments, keys.applicationLines);
		expect(seen.text).toEqual(["c", "s"]);
		expect(seen.ids).toEqual([]);
	});
});

describe("early data", () => {
	function early(accepted: boolean) {
		const keys = forge.connection();
		const segments = [
			c(Buffer.concat([forge.clientHello({ earlyData: true }), CCS, keys.early.seal(23, "early ")])),
			s(
				Buffer.concat([
					forge.serverHello({ psk: true }),
					keys.serverHandshake.seal(22, Buffer.concat([forge.encryptedExtensions(accepted), forge.finished()])),
				]),
			),
			c(
				Buffer.concat([
					accepted ? keys.early.seal(22, forge.endOfEarlyData()) : Buffer.alloc(0),
					keys.clientHandshake.seal(22, forge.finished()),
				]),
			),
			c(keys.client.seal(23, "later")),
		];
		return { keys, segments, log: keys.handshakeLines + keys.applicationLines };
	}

	it("accepted and with its secret: shown", () => {
		const { keys, segments, log } = early(true);
		for (const piece of [Number.POSITIVE_INFINITY, 1]) {
			const seen = observe(segments, keys.early0 + log, piece);
			expect(seen.text).toEqual(["early later", ""]);
			expect(seen.last?.resumed).toBe(true);
			expect(seen.ids).toEqual([]);
		}
	});

	it("accepted without its secret: a gap", () => {
		const { segments, log } = early(true);
		const seen = observe(segments, log);
		expect(seen.text).toEqual(["later", ""]);
		expect(seen.gaps).toEqual([0]);
		expect(seen.ids).toEqual([]);
	});

	it("refused: not shown, the client sends it again itself", () => {
		const { keys, segments, log } = early(false);
		expect(observe(segments, keys.early0 + log).text).toEqual(["later", ""]);
		expect(observe(segments, log).gaps).toEqual([]);
	});
});

describe("without secrets", () => {
	it("tls.no-secrets and the reason, once nothing more can come", () => {
		const { keys, segments } = opened();
		segments.push(c(keys.client.seal(23, "never")));
		const reason = `the key log has no secret for client random ${RANDOM}`;
		const keyLog = keyLogOf("");
		keyLog.complete();
		const { seen, decoder } = observer(keyLog);
		for (const { dir, data } of segments) decoder.feed(dir, data, 0, data.length);
		expect(seen.ids).toEqual(["tls.no-secrets"]);
		expect(seen.details).toEqual([reason]);
		expect(seen.last?.reason).toBe(reason);
		expect(decoder.interested).toBe(false);
		expect(seen.gaps).toEqual([]);
	});

	it("secrets that come after the records open them", () => {
		const { keys, segments, log } = opened();
		segments.push(c(keys.client.seal(23, "hello")), s(keys.server.seal(23, "hi")));
		const keyLog = keyLogOf("");
		const { seen, decoder } = observer(keyLog);
		for (const { dir, data } of segments) decoder.feed(dir, data, 0, data.length);
		expect(seen.text).toEqual(["", ""]);
		expect(seen.last?.reason).toBe(`the key log has no secret for client random ${RANDOM}`);
		keyLog.add(log);
		const more = keys.client.seal(23, " there");
		decoder.feed(0, more, 0, more.length);
		decoder.end(0);
		decoder.end(1);
		expect(seen.text).toEqual(["hello there", "hi"]);
		expect(seen.ids).toEqual([]);
		expect(seen.last?.reason).toBe(undefined);
	});

	it("the secrets of one direction show that one, also after a ticket", () => {
		const { keys, segments, log } = opened();
		const keyLog = keyLogOf(log.replaceAll(/^CLIENT_.*$/gm, ""));
		keyLog.complete();
		segments.push(
			c(keys.client.seal(23, "c")),
			s(keys.server.seal(22, forge.handshake(4, Buffer.alloc(50)))),
			s(keys.server.seal(23, "s")),
		);
		const seen = observe(segments, keyLog);
		expect(seen.text).toEqual(["", "s"]);
		expect(seen.ids).toEqual(["tls.no-secrets"]);
	});

	it("what is held is bounded, for one connection and for all", () => {
		const { keys, segments } = opened();
		const keyLog = keyLogOf("");
		const { seen, decoder } = observer(keyLog, { tlsHeld: 1000 });
		for (const { dir, data } of segments) decoder.feed(dir, data, 0, data.length);
		expect(seen.ids).toEqual([]);
		for (let i = 0; i < 50; i++) {
			const data = keys.client.seal(23, "x".repeat(30));
			decoder.feed(0, data, 0, data.length);
		}
		expect(seen.ids).toEqual(["tls.no-secrets"]);
		decoder.end(0);
		decoder.end(1);
		// Everything was given back.
		expect(keyLog.hold(16 << 20)).toBe(true);
		expect(keyLog.hold(1)).toBe(false);
		const second = observe(opened().segments, keyLog);
		expect(second.ids).toEqual(["tls.no-secrets"]);
	});

	it("mid-stream", () => {
		const keys = forge.connection();
		const seen = observe([c(keys.client.seal(23, "x")), s(keys.server.seal(23, "y"))], keys.applicationLines);
		expect(seen.ids).toEqual(["tls.no-secrets"]);
		expect(seen.last?.reason).toBe("the capture starts inside the TLS connection: without its handshake no secret can be matched");
	});

	it("without the ServerHello, and without the ClientHello", () => {
		const { keys, log } = opened();
		expect(observe([c(forge.clientHello({ earlyData: true })), c(keys.early.seal(23, "x"))], log).last?.reason).toBe(
			"the ServerHello is not in the capture",
		);
		const server = [s(forge.serverHello({ version: 0x0303, suite: 0xc02f })), s(CCS)];
		expect(observe(server, log).last?.reason).toBe("the ClientHello is not in the capture");
	});

	it("server records captured before the client's hello", () => {
		const { keys, segments, log } = opened();
		const [hello, server, client] = segments as [Segment, Segment, Segment];
		const seen = observe([server, hello, client, c(keys.client.seal(23, "c")), s(keys.server.seal(23, "s"))], log);
		expect(seen.text).toEqual(["c", "s"]);
	});
});

describe("findings", () => {
	it("tls.old-version and tls.unsupported-suite", () => {
		const seen = observe([c(forge.clientHello()), s(forge.serverHello({ version: 0x0301, suite: 0xc014 }))], "");
		expect(seen.ids).toEqual(["tls.old-version", "tls.unsupported-suite"]);
		expect(seen.last).toMatchObject({ version: "TLS 1.0", cipherSuite: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" });
		expect(seen.last?.reason).toBe("TLS 1.0 with TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA cannot be decrypted here");
	});

	it("a suite that is not in the table is named in hex", () => {
		const seen = observe([c(forge.clientHello()), s(forge.serverHello({ version: 0x0303, suite: 0xfefe }))], "");
		expect(seen.details).toEqual(["TLS 1.2 with 0xFEFE"]);
	});

	it("tls.decrypt-failed once, and the records after it are shown", () => {
		const { keys, segments, log } = opened();
		segments.push(s(keys.server.seal(23, "one ")));
		const broken = keys.server.seal(23, "broken");
		broken[broken.length - 1]! ^= 1;
		segments.push(s(broken), s(keys.server.seal(23, "three")));
		const seen = observe(segments, log);
		expect(seen.text[1]).toBe("one three");
		expect(seen.ids).toEqual(["tls.decrypt-failed"]);
		expect(seen.details).toEqual(["record 1 of the application keys"]);
		expect(seen.gaps).toEqual([1]);
	});

	it("wrong secrets: one finding, then the reason", () => {
		const { segments, log } = opened();
		const other = Buffer.alloc(32, "other").toString("hex");
		const wrong = log.replaceAll(/[0-9a-f]{64}$/gm, other);
		const keys = forge.connection();
		for (let i = 0; i < 20; i++) segments.push(s(keys.server.seal(23, "x")));
		const seen = observe(segments, wrong);
		expect(seen.ids).toEqual(["tls.decrypt-failed", "tls.decrypt-failed"]);
		expect(seen.text).toEqual(["", ""]);
		expect(seen.last?.reason).toBe("the records do not authenticate under the given secrets");
	});

	it("tls.alert, encrypted or not, but not for close_notify", () => {
		const plain = observe([c(forge.clientHello()), s(forge.record(21, Buffer.from([2, 40])))], "");
		expect(plain.ids).toEqual(["tls.alert"]);
		expect(plain.details).toEqual(["fatal handshake_failure"]);
		expect(plain.last?.reason).toBe("the handshake failed: fatal handshake_failure");
		const { keys, segments, log } = opened();
		segments.push(c(keys.client.seal(21, Buffer.from([1, 90]))), c(keys.client.seal(21, Buffer.from([1, 0]))));
		const sealed = observe(segments, log);
		expect(sealed.details).toEqual(["warning user_canceled"]);
		expect(sealed.closed).toEqual([0, 1]);
	});

	it("octets that are no TLS", () => {
		const seen = observe([c(forge.clientHello()), c(Buffer.from("MSRP abcd SEND\r\n"))], "");
		expect(seen.last?.reason).toBe(`octet ${forge.clientHello().length} does not start a TLS record`);
	});
});

describe("missing octets", () => {
	it.each([
		["known", 200],
		["unknown", 0],
	])("the record sequence is found again, length %s", (_name, length) => {
		const { keys, segments, log } = opened();
		const { seen, decoder } = observer(keyLogOf(log));
		for (const { dir, data } of segments) decoder.feed(dir, data, 0, data.length);
		const records = Array.from({ length: 8 }, (_, i) => keys.server.seal(23, `message ${i} `));
		decoder.feed(1, Buffer.concat(records.slice(0, 2)), 0, records[0]!.length * 2);
		decoder.gap(1, length);
		const rest = Buffer.concat([records[5]!.subarray(7), records[6]!, records[7]!]);
		for (let i = 0; i < rest.length; i++) decoder.feed(1, rest, i, i + 1);
		expect(seen.text[1]).toBe("message 0 message 1 message 6 message 7 ");
		expect(seen.gaps).toEqual([1]);
		expect(seen.ids).toEqual([]);
	});

	it("in the handshake of one side, after the hellos: traffic keys are tried", () => {
		const { keys, segments, log } = opened();
		const { seen, decoder } = observer(keyLogOf(log));
		for (const { dir, data } of segments.slice(0, 2)) decoder.feed(dir, data, 0, data.length);
		decoder.gap(0, 64);
		const data = Buffer.concat([keys.client.seal(23, "c1 "), keys.client.seal(23, "c2")]);
		decoder.feed(0, data, 0, data.length);
		expect(seen.text[0]).toBe("c1 c2");
	});

	it("in the hellos: told, and given up", () => {
		const { seen, decoder } = observer(keyLogOf(""));
		const hello = forge.clientHello();
		decoder.feed(0, hello, 0, hello.length);
		decoder.gap(1, 100);
		expect(seen.last?.reason).toBe("octets of the handshake are missing");
		expect(seen.ids).toEqual(["tls.no-secrets"]);
		expect(decoder.interested).toBe(false);
	});

	it("trial is bounded", () => {
		const { segments, log } = opened();
		const { seen, decoder } = observer(keyLogOf(log));
		for (const { dir, data } of segments) decoder.feed(dir, data, 0, data.length);
		decoder.gap(1, 0);
		const hostile = Buffer.alloc(200_000);
		for (let i = 0; i + 5 <= hostile.length; i += 5) hostile.set([23, 3, 3, 0x40, 0], i);
		decoder.feed(1, hostile, 0, hostile.length);
		expect(seen.last?.reason).toBe("too many octets are missing to find the record sequence again");
	});
});

describe("hostile input", () => {
	it("mutated connections never throw", () => {
		const { keys, segments, log } = opened();
		segments.push(s(keys.server.seal(23, "one")), c(keys.client.seal(23, "two")), s(keys.server.seal(22, forge.keyUpdate())));
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.nat(20), fc.nat(999), fc.integer({ min: 0, max: 255 })), { maxLength: 5 }),
				fc.option(fc.nat(5)),
				fc.boolean(),
				(edits, gapAt, withKeys) => {
					const { seen, decoder } = observer(keyLogOf(withKeys ? log : ""));
					const copies = segments.map(({ dir, data }) => ({ dir, data: Buffer.from(data) }));
					for (const [which, at, value] of edits) {
						const { data } = copies[which % copies.length]!;
						data[at % data.length] = value;
					}
					copies.forEach(({ dir, data }, i) => {
						if (i === gapAt) decoder.gap(dir, i);
						decoder.feed(dir, data, 0, data.length);
					});
					decoder.end(0);
					decoder.end(1);
					expect(seen.closed.toSorted()).toEqual([0, 1]);
				},
			),
			{ numRuns: 500 },
		);
	});

	it("random octets after a hello give the same however cut", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 9 }), (octets, piece) => {
				const segments = [c(forge.clientHello()), s(forge.serverHello()), s(Buffer.from(octets))];
				expect(observe(segments, "", piece)).toEqual(observe(segments, ""));
			}),
			{ numRuns: 300 },
		);
	});
});
