import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { WebSocketConnection } from "../../src/core/protocols/websocket/index.js";
import { byOctet, client, frame, type Input, MASK, observe, request, response } from "./frames.js";

const OPEN: Input[] = [
	[0, request()],
	[1, response()],
];
const R = request().length;
const S = response().length;
const BIG = "0123456789".repeat(7000);

/** Everything that may happen in a good connection. */
const GOOD: Input[] = [
	[0, request("sip, msrp")],
	[1, Buffer.concat([response(), frame("Hello"), frame("", { opcode: 9 })])],
	[0, Buffer.concat([client("Hello"), client("x".repeat(126)), client(Buffer.from([0xff, 0]), { opcode: 2 })])],
	[0, Buffer.concat([client("Hel", { fin: false }), client("ping", { opcode: 9 }), client("lo ", { opcode: 0, fin: false })])],
	[1, frame(BIG)],
	[1, frame("ping", { opcode: 10 })],
	[0, client("you", { opcode: 0 })],
	[0, client(BIG, { opcode: 2 })],
	[1, frame("é", { fin: true })],
	[0, client(Buffer.from([0x03, 0xe8, 0x62, 0x79, 0x65]), { opcode: 8 })],
	[1, frame(Buffer.from([0x03, 0xe8]), { opcode: 8 })],
	[0, "end"],
	[1, "end"],
];

describe("a good connection", () => {
	const whole = observe(GOOD);

	it("gives handshake, messages and controls, and no finding", () => {
		expect(whole.handshakes).toEqual([
			{
				path: "/chat",
				host: "server.example",
				origin: "http://example.com",
				offered: ["sip", "msrp"],
				subprotocol: "sip",
				extensions: undefined,
				status: 101,
			},
		]);
		expect(whole.messages.map(({ dir, what }) => `${dir} ${what}`)).toEqual([
			"1 text Hello",
			"0 text Hello",
			`0 text ${"x".repeat(126)}`,
			"0 binary \xff\0",
			`1 text ${BIG}`,
			"0 text Hello you",
			`0 binary ${BIG}`,
			"1 text Ã©",
		]);
		expect(whole.controls.map(({ dir, what }) => `${dir} ${what}`)).toEqual([
			"1 ping ",
			"0 ping ping",
			"1 pong ping",
			"0 close \x03\xe8bye",
			"1 close \x03\xe8",
		]);
		expect(whole.problems).toEqual([]);
		expect(whole.refused).toEqual([]);
	});

	it("tells offset and length of the frames of a message, controls in between included", () => {
		const r = request("sip, msrp").length;
		expect(whole.messages[0]).toMatchObject({ offset: S, length: 7 });
		expect(whole.messages[1]).toMatchObject({ offset: r, length: 11 });
		expect(whole.messages[2]).toMatchObject({ offset: r + 11, length: 134 });
		expect(whole.messages[5]).toMatchObject({ offset: r + 11 + 134 + 8, length: 9 + 10 + 9 + 9 });
	});

	it("does not depend on how the octets are cut", () => {
		expect(observe(GOOD, {}, byOctet)).toEqual(whole);
		fc.assert(
			fc.property(fc.infiniteStream(fc.integer({ min: 1, max: 3000 })), (sizes) => {
				const cut = (data: Buffer) => {
					const pieces: Buffer[] = [];
					for (let at = 0; at < data.length; ) {
						const size = sizes.next().value as number;
						pieces.push(data.subarray(at, at + size));
						at += size;
					}
					return pieces;
				};
				expect(observe(GOOD, {}, cut)).toEqual(whole);
			}),
			{ numRuns: 50 },
		);
	});
});

describe("RFC 6455 §5.7 examples", () => {
	const cases: [string, 0 | 1, string, string[]][] = [
		["unmasked text", 1, "810548656c6c6f", ["text Hello"]],
		["masked text", 0, "818537fa213d7f9f4d5158", ["text Hello"]],
		["fragmented text", 1, "010348656c80026c6f", ["text Hello"]],
		["ping", 1, "890548656c6c6f", ["ping Hello"]],
		["pong", 0, "8a8537fa213d7f9f4d5158", ["pong Hello"]],
		["256 octets", 1, `827e0100${"ab".repeat(256)}`, [`binary ${"\xab".repeat(256)}`]],
		["64 KiB", 1, `827f0000000000010000${"ab".repeat(65536)}`, [`binary ${"\xab".repeat(65536)}`]],
	];
	it.each(cases)("%s", (_name, dir, hex, expected) => {
		const seen = observe([...OPEN, [dir, Buffer.from(hex, "hex")]]);
		expect([...seen.messages, ...seen.controls].map((event) => event.what)).toEqual(expected);
		expect(seen.ids).toEqual([]);
	});
});

it("every alignment and length is unmasked right", () => {
	for (let length = 0; length < 40; length++) {
		const text = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN".slice(0, length);
		for (let lead = 0; lead < 9; lead++) {
			const data = Buffer.concat([client("y".repeat(lead)), client(text)]);
			expect(observe([...OPEN, [0, data]]).messages[1]?.what).toBe(`text ${text}`);
		}
	}
});

it("an unmasked message in one piece is handed over without a copy", () => {
	const data = frame("no copy");
	const bufs: [Buffer, number, number][] = [];
	const connection = new WebSocketConnection(
		{
			handshake: () => {},
			message: (_dir, _binary, buf, start, end) => bufs.push([buf, start, end]),
			control: () => {},
			problem: () => {},
			notWebSocket: () => {},
		},
		DEFAULT_LIMITS,
	);
	connection.feed(0, request(), 0, R);
	connection.feed(1, response(), 0, S);
	connection.feed(1, data, 0, data.length);
	expect(bufs[0]?.[0]).toBe(data);
	expect(bufs[0]?.slice(1)).toEqual([2, 9]);
});

it("octets of a lent masked frame are not changed", () => {
	const data = client("Hello");
	const before = Buffer.from(data);
	const connection = new WebSocketConnection(
		{ handshake: () => {}, message: () => {}, control: () => {}, problem: () => {}, notWebSocket: () => {} },
		DEFAULT_LIMITS,
	);
	connection.feed(0, request(), 0, R);
	connection.feed(1, response(), 0, S);
	connection.feed(0, data, 0, data.length);
	expect(data).toEqual(before);
});

describe("roles", () => {
	it("the client may be direction 1", () => {
		const seen = observe([
			[1, request()],
			[0, response()],
			[1, client("c")],
			[0, frame("s")],
		]);
		expect(seen.messages.map(({ dir, what }) => `${dir} ${what}`)).toEqual(["1 text c", "0 text s"]);
		expect(seen.ids).toEqual([]);
	});

	it("client frames that are captured before the 101 wait for it", () => {
		const seen = observe([
			[0, Buffer.concat([request(), client("early")])],
			[1, response()],
		]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text early"]);
		expect(seen.messages[0]?.offset).toBe(R);
	});

	it("a 101 that is captured before its request", () => {
		const seen = observe([
			[1, response()],
			[0, request()],
			[0, client("c")],
			[1, frame("s")],
		]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text c", "text s"]);
		expect(seen.ids).toEqual([]);
	});
});

describe("findings", () => {
	const bad = (dir: 0 | 1, ...data: Buffer[]) => observe([...OPEN, [dir, Buffer.concat(data)]]);

	it("ws.bad-accept", () => {
		const seen = observe([
			[0, request()],
			[1, response("sip", "", "AAAA")],
		]);
		expect(seen.problems).toEqual([{ dir: 1, id: "ws.bad-accept", offset: 0, detail: "AAAA instead of s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" }]);
	});

	it.each([
		["", "none was chosen"],
		["msrp", "msrp was not offered"],
	])("ws.no-subprotocol: %s", (chosen, detail) => {
		const seen = observe([
			[0, request()],
			[1, response(chosen)],
		]);
		expect(seen.problems).toEqual([{ dir: 1, id: "ws.no-subprotocol", offset: 0, detail }]);
	});

	it("ws.no-subprotocol: another that was offered", () => {
		const seen = observe([
			[0, request("xmpp")],
			[1, response("xmpp")],
		]);
		expect(seen.problems).toEqual([{ dir: 1, id: "ws.no-subprotocol", offset: 0, detail: "xmpp was chosen" }]);
	});

	it("ws.unmasked-client-frame, shown all the same", () => {
		const seen = bad(0, frame("plain"));
		expect(seen.problems).toEqual([{ dir: 0, id: "ws.unmasked-client-frame", offset: R, detail: undefined }]);
		expect(seen.messages[0]?.what).toBe("text plain");
	});

	it("ws.masked-server-frame, shown all the same", () => {
		const seen = bad(1, client("masked"));
		expect(seen.problems).toEqual([{ dir: 1, id: "ws.masked-server-frame", offset: S, detail: undefined }]);
		expect(seen.messages[0]?.what).toBe("text masked");
	});

	it("ws.reserved-bits", () => {
		expect(
			bad(1, frame("a", { rsv: 4 }), frame("b", { rsv: 2 }), frame("c", { rsv: 1 }), frame("d")).problems.map((p) => [p.id, p.detail]),
		).toEqual([
			["ws.reserved-bits", "RSV 100"],
			["ws.reserved-bits", "RSV 010"],
			["ws.reserved-bits", "RSV 001"],
		]);
	});

	it("ws.bad-opcode, and the frame after it is found", () => {
		const seen = bad(0, client("?", { opcode: 3 }), client("?", { opcode: 15 }), client("good"));
		expect(seen.problems.map((p) => [p.id, p.detail])).toEqual([
			["ws.bad-opcode", "opcode 3"],
			["ws.bad-opcode", "opcode 15"],
		]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text good"]);
	});

	it("ws.bad-fragmentation", () => {
		expect(bad(1, frame("x", { opcode: 0 })).problems.map((p) => [p.id, p.detail])).toEqual([
			["ws.bad-fragmentation", "continuation without start"],
		]);
		const inside = bad(1, frame("a", { fin: false }), frame("b"));
		expect(inside.problems.map((p) => [p.id, p.detail])).toEqual([["ws.bad-fragmentation", "a new message inside another"]]);
		expect(inside.messages.map((m) => m.what)).toEqual(["text b"]);
	});

	it("ws.control-too-long", () => {
		expect(
			bad(1, frame("x".repeat(126), { opcode: 9 }), frame("y", { opcode: 10, fin: false })).problems.map((p) => [p.id, p.detail]),
		).toEqual([
			["ws.control-too-long", "126 octets"],
			["ws.control-too-long", "fragmented"],
		]);
		expect(bad(1, frame("x".repeat(125), { opcode: 9 })).ids).toEqual([]);
	});

	it("ws.invalid-utf8 in text and in a close reason, not in binary", () => {
		const seen = bad(
			1,
			frame(Buffer.from([0xc3])),
			frame(Buffer.from([0xc3]), { opcode: 2 }),
			frame(Buffer.from([3, 0xe8, 0xff]), { opcode: 8 }),
		);
		expect(seen.problems.map((p) => [p.id, p.detail])).toEqual([
			["ws.invalid-utf8", "text message"],
			["ws.invalid-utf8", "close reason"],
		]);
		expect(seen.messages.length).toBe(2);
	});

	it("valid UTF-8 may be cut between fragments", () => {
		const seen = bad(1, frame(Buffer.from([0xc3]), { fin: false }), frame(Buffer.from([0xa9]), { opcode: 0 }));
		expect(seen.ids).toEqual([]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text \xc3\xa9"]);
	});

	it("ws.bad-length", () => {
		const seen = bad(1, frame("short", { lengthOctets: 2 }), frame("short", { lengthOctets: 8 }), frame("z".repeat(126)));
		expect(seen.ids).toEqual(["ws.bad-length", "ws.bad-length"]);
		expect(seen.messages.length).toBe(3);
	});

	it("ws.message-too-large: a frame, and a fragmented message; both are passed over", () => {
		const limits = { webSocketMessage: 100 };
		const input: Input[] = [
			...OPEN,
			[1, Buffer.concat([frame("a".repeat(101)), frame("b".repeat(100))])],
			[
				1,
				Buffer.concat([frame("c".repeat(60), { fin: false }), frame("c".repeat(60), { opcode: 0, fin: false }), frame("c", { opcode: 0 })]),
			],
			[1, Buffer.concat([frame("d".repeat(101), { fin: false }), frame("d", { opcode: 0 }), frame("e")])],
		];
		for (const cut of [undefined, byOctet]) {
			const seen = observe(input, {}, cut, limits);
			expect(seen.problems.map((p) => [p.id, p.detail])).toEqual([
				["ws.message-too-large", "a frame of 101 octets"],
				["ws.message-too-large", "120 octets so far"],
				["ws.message-too-large", "a frame of 101 octets"],
			]);
			expect(seen.messages.map((m) => m.what)).toEqual([`text ${"b".repeat(100)}`, "text e"]);
		}
	});

	it("ws.truncated-frame", () => {
		expect(observe([...OPEN, [1, frame("whole").subarray(0, -1)], [1, "end"]]).problems.map((p) => [p.id, p.offset, p.detail])).toEqual([
			["ws.truncated-frame", S, "inside a frame"],
		]);
		expect(observe([...OPEN, [1, frame("a", { fin: false })], [1, "end"]]).problems.map((p) => [p.id, p.offset, p.detail])).toEqual([
			["ws.truncated-frame", S, "the last fragment is missing"],
		]);
	});
});

describe("not WebSocket", () => {
	it.each([
		["no upgrade", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "an HTTP request that asks for no WebSocket"],
		["not HTTP", "MSRP abcd SEND\r\n", "no HTTP upgrade at the start"],
		["too long a head", `GET / HTTP/1.1\r\n${"X: y\r\n".repeat(4000)}`, "the HTTP head is too long"],
	])("%s", (_name, text, reason) => {
		for (const cut of [undefined, byOctet]) {
			expect(
				observe(
					[
						[0, Buffer.from(text)],
						[0, Buffer.from("more")],
					],
					{},
					cut,
				).refused,
			).toEqual([reason]);
		}
	});

	it("a refusal", () => {
		const seen = observe([
			[0, request()],
			[1, Buffer.from("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")],
			[1, frame("never")],
		]);
		expect(seen.refused).toEqual(["the upgrade was refused with 403"]);
		expect(seen.handshakes[0]?.status).toBe(403);
		expect(seen.messages).toEqual([]);
	});

	it("100 Continue before the 101 is passed over", () => {
		const seen = observe([
			[0, request()],
			[1, Buffer.concat([Buffer.from("HTTP/1.1 100 Continue\r\n\r\n"), response(), frame("s")])],
		]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text s"]);
		expect(seen.ids).toEqual([]);
	});

	it("an answer that never comes", () => {
		expect(
			observe([
				[0, request()],
				[0, Buffer.alloc(300_000)],
			]).refused,
		).toEqual(["the upgrade request has no answer"]);
	});
});

describe("missing octets", () => {
	const three = [frame("one"), frame("two"), frame("three")];

	it("inside one frame: only its message is lost", () => {
		const cutFrame = frame("x".repeat(1000));
		const seen = observe([
			...OPEN,
			[1, Buffer.concat([frame("before"), cutFrame.subarray(0, 300)])],
			[1, { gap: 400 }],
			[1, Buffer.concat([cutFrame.subarray(700), frame("after")])],
		]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text before", "text after"]);
		expect(seen.messages[1]?.offset).toBe(S + 8 + cutFrame.length);
		expect(seen.problems).toEqual([{ dir: 1, id: "ws.message-lost", offset: S + 8, detail: "400 octets are missing" }]);
	});

	it("of unknown extent: goes on where three frames follow each other", () => {
		for (const cut of [undefined, byOctet]) {
			const seen = observe([...OPEN, [1, { gap: 0 }], [1, Buffer.from("tail of a text")], [1, Buffer.concat(three)]], {}, cut);
			expect(seen.messages.map((m) => m.what)).toEqual(["text one", "text two", "text three"]);
			expect(seen.messages[0]?.offset).toBe(S + 14);
			expect(seen.ids).toEqual(["ws.message-lost"]);
		}
	});

	it("masked frames are found again too, and a second gap is told once more only after that", () => {
		const masked = ["one", "two", "three"].map((text) => client(text));
		const seen = observe([...OPEN, [0, { gap: 50 }], [0, { gap: 60 }], [0, Buffer.concat(masked)], [0, { gap: 70 }]]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text one", "text two", "text three"]);
		expect(seen.ids).toEqual(["ws.message-lost", "ws.message-lost"]);
	});

	it("rest of a fragmented message after a gap is not called an error", () => {
		const lost = frame("y".repeat(200), { fin: false });
		const seen = observe([
			...OPEN,
			[1, lost.subarray(0, 100)],
			[1, { gap: 50 }],
			[1, Buffer.concat([lost.subarray(150), frame("rest", { opcode: 0 }), frame("next")])],
		]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text next"]);
		expect(seen.ids).toEqual(["ws.message-lost"]);
	});

	it("inside the upgrade", () => {
		expect(
			observe([
				[0, request().subarray(0, 20)],
				[0, { gap: 10 }],
			]).refused,
		).toEqual(["octets of the HTTP upgrade are missing"]);
	});
});

describe("start in the middle", () => {
	const clientFrames = ["a1", "a2", "a3"].map((text) => client(text));
	const serverFrames = ["b1", "b2", "b3"].map((text) => frame(text));

	it("three frames in a row are believed, after the rest of another", () => {
		for (const cut of [undefined, byOctet]) {
			const seen = observe(
				[
					[0, Buffer.concat([Buffer.from("rest of a frame"), ...clientFrames])],
					[1, Buffer.concat(serverFrames)],
				],
				{ midStream: true },
				cut,
			);
			expect(seen.messages.map(({ dir, what }) => `${dir} ${what}`)).toEqual([
				"0 text a1",
				"0 text a2",
				"0 text a3",
				"1 text b1",
				"1 text b2",
				"1 text b3",
			]);
			expect(seen.messages[0]?.offset).toBe(15);
			expect(seen.ids).toEqual([]);
		}
	});

	it("fewer frames are believed when they end with the stream", () => {
		expect(
			observe(
				[
					[0, clientFrames[0]!],
					[0, "end"],
				],
				{ midStream: true },
			).messages.map((m) => m.what),
		).toEqual(["text a1"]);
		expect(observe([[0, clientFrames[0]!]], { midStream: true }).messages).toEqual([]);
	});

	it("text is not taken for frames", () => {
		const text = Buffer.from("MSRP abcd SEND\r\nTo-Path: msrp://a.example:1/x;tcp\r\n".repeat(100));
		expect(
			observe(
				[
					[0, text],
					[0, "end"],
				],
				{ midStream: true },
			).messages,
		).toEqual([]);
	});

	it("with the handshake it is an ordinary connection", () => {
		expect(observe(GOOD, { midStream: true })).toEqual(observe(GOOD));
	});
});

describe("hostile input", () => {
	it("mutated octets never throw", () => {
		const inputs = GOOD.filter((step): step is [0 | 1, Buffer] => Buffer.isBuffer(step[1]) && step[1].length < 1000);
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.nat(20), fc.nat(999), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
				fc.boolean(),
				(edits, midStream) => {
					const copy: Input[] = inputs.map(([dir, data]) => [dir, Buffer.from(data)]);
					for (const [which, at, value] of edits) {
						const data = copy[which % copy.length]![1] as Buffer;
						data[at % data.length] = value;
					}
					copy.push([0, { gap: 7 }], [1, { gap: 0 }], ...inputs, [0, "end"], [1, "end"]);
					observe(copy, { midStream });
				},
			),
			{ numRuns: 500 },
		);
	});

	it("random octets give the same however cut", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (octets, midStream) => {
				const input: Input[] = midStream
					? [
							[0, Buffer.from(octets)],
							[0, "end"],
						]
					: [...OPEN, [0, Buffer.from(octets)], [0, "end"]];
				expect(observe(input, { midStream }, byOctet)).toEqual(observe(input, { midStream }));
			}),
			{ numRuns: 500 },
		);
	});

	it("a length of 2^63 is passed over, not held", () => {
		const head = Buffer.from([0x82, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
		const seen = observe([...OPEN, [1, head], [1, Buffer.alloc(1 << 20)], [1, "end"]]);
		expect(seen.ids).toEqual(["ws.bad-length", "ws.message-too-large", "ws.truncated-frame"]);
	});

	it("a mask of zero is no mask", () => {
		expect(observe([...OPEN, [0, client("zero", { mask: Buffer.alloc(4) })]]).messages[0]?.what).toBe("text zero");
		expect(MASK.length).toBe(4);
	});
});
