import { describe, expect, it } from "vitest";
import { byOctet, client, Deflater, frame, type Input, observe, request, response } from "./frames.js";

const open = (parameters = ""): Input[] => [
	[0, request("sip", "Sec-WebSocket-Extensions: permessage-deflate\r\n")],
	[1, response("sip", `Sec-WebSocket-Extensions: permessage-deflate${parameters}\r\n`)],
];
const S = open()[1]![1] as Buffer;

describe("RFC 7692 §7.2.3 examples", () => {
	const cases: [string, string, string[]][] = [
		["one block", "c107f248cdc9c90700", ["text Hello"]],
		["fragments", "4103f248cd8004c9c90700", ["text Hello"]],
		["second message refers to the first", "c107f248cdc9c90700c105f200110000", ["text Hello", "text Hello"]],
		["no compression", "c10b000500faff48656c6c6f00", ["text Hello"]],
		["BFINAL set", "c108f348cdc9c9070000", ["text Hello"]],
		["two blocks", "c10df248050000 00ffffcac9c90700".replaceAll(" ", ""), ["text Hello"]],
	];
	it.each(cases)("%s", (_name, hex, expected) => {
		for (const cut of [undefined, byOctet]) {
			const seen = observe([...open(), [1, Buffer.from(hex, "hex")]], {}, cut);
			expect(seen.messages.map((m) => m.what)).toEqual(expected);
			expect(seen.ids).toEqual([]);
		}
	});
});

/** Messages that are worth a context: long, with repeats over several messages, and some that do not compress. */
function corpus(): Buffer[] {
	let state = 1;
	const random = () => {
		state = (Math.imul(state, 1103515245) + 12345) >>> 0;
		return state >>> 16;
	};
	const words = Array.from({ length: 200 }, (_, i) => `word${i}-${random()} `);
	return Array.from({ length: 60 }, (_, i) => {
		if (i % 10 === 9) return Buffer.from(Array.from({ length: 3000 }, () => random() & 255));
		return Buffer.from(Array.from({ length: 1 + (random() % 2000) }, () => words[random() % 200]).join(""));
	});
}

describe.each([
	["context kept", "", true, 15],
	["context kept, window of 9 bits", "; server_max_window_bits=9; client_max_window_bits=9", true, 9],
	["no context", "; server_no_context_takeover; client_no_context_takeover", false, 15],
])("%s", (_name, parameters, keepContext, windowBits) => {
	it("60 messages in each direction", async () => {
		const messages = corpus();
		const input = open(parameters);
		for (const dir of [0, 1] as const) {
			const deflater = new Deflater(keepContext, windowBits);
			for (const message of messages) {
				const packed = await deflater.message(message);
				input.push([dir, dir === 0 ? client(packed, { rsv: 4, opcode: 2 }) : frame(packed, { rsv: 4, opcode: 2 })]);
			}
		}
		const expected = messages.map((message) => `binary ${message.toString("latin1")}`);
		const seen = observe(input);
		expect(seen.ids).toEqual([]);
		expect(seen.messages.map((m) => m.what)).toEqual([...expected, ...expected]);
	});
});

it("a message may be uncompressed between compressed ones", async () => {
	const deflater = new Deflater(true);
	const [a, b] = [await deflater.message("repeat repeat"), await deflater.message("repeat repeat")];
	const seen = observe([...open(), [1, Buffer.concat([frame(a, { rsv: 4 }), frame("plain"), frame(b, { rsv: 4 })])]]);
	expect(seen.messages.map((m) => m.what)).toEqual(["text repeat repeat", "text plain", "text repeat repeat"]);
	expect(seen.ids).toEqual([]);
});

describe("findings", () => {
	it("ws.inflate-failed once, after missing octets and while the context is missing", async () => {
		const deflater = new Deflater(true);
		const texts = ["the first text that is long enough", "the first text that is long enough", "the first text that is long enough, again"];
		const packed: Buffer[] = [];
		for (const text of texts) packed.push(await deflater.message(text));
		const [a, b, c] = packed;
		const input: Input[] = [
			...open(),
			[1, frame(a!, { rsv: 4 }).subarray(0, 5)],
			[1, { gap: a!.length - 3 }],
			[1, Buffer.concat([frame(b!, { rsv: 4 }), frame(c!, { rsv: 4 }), frame("plain")])],
		];
		const seen = observe(input);
		expect(seen.ids).toEqual(["ws.message-lost", "ws.inflate-failed"]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text plain"]);
	});

	it("without context the messages after missing octets are shown", async () => {
		const deflater = new Deflater(false);
		const [a, b] = [await deflater.message("the first text"), await deflater.message("the first text")];
		const seen = observe([
			...open("; server_no_context_takeover"),
			[1, frame(a!, { rsv: 4 }).subarray(0, 5)],
			[1, { gap: a!.length - 3 }],
			[1, frame(b!, { rsv: 4 })],
		]);
		expect(seen.ids).toEqual(["ws.message-lost"]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text the first text"]);
	});

	it("ws.inflate-failed on octets that are no deflate", () => {
		const seen = observe([...open(), [1, frame(Buffer.from([0x07, 0xff, 0xff]), { rsv: 4 })]]);
		expect(seen.problems).toEqual([{ dir: 1, id: "ws.inflate-failed", offset: S.length, detail: "3 octets" }]);
	});

	it("ws.rsv1-on-continuation", () => {
		const seen = observe([
			...open(),
			[
				1,
				Buffer.concat([
					frame(Buffer.from("f248cd", "hex"), { rsv: 4, fin: false }),
					frame(Buffer.from("c9c90700", "hex"), { opcode: 0, rsv: 4 }),
				]),
			],
			[1, frame("", { opcode: 9, rsv: 4 })],
		]);
		expect(seen.problems.map((p) => [p.id, p.detail])).toEqual([
			["ws.rsv1-on-continuation", "opcode 0"],
			["ws.rsv1-on-continuation", "opcode 9"],
		]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text Hello"]);
	});

	it("a bomb is stopped at the limit", async () => {
		const packed = await new Deflater(true).message(Buffer.alloc(20 << 20));
		expect(packed.length).toBeLessThan(30_000);
		const seen = observe([...open(), [1, frame(packed, { rsv: 4, opcode: 2 })], [1, frame("next")]]);
		expect(seen.problems.map((p) => [p.id, p.detail])).toEqual([["ws.message-too-large", `more than ${16 << 20} octets when inflated`]]);
		expect(seen.messages.map((m) => m.what)).toEqual(["text next"]);
	});
});

it("without handshake RSV1 is taken for permessage-deflate", async () => {
	const deflater = new Deflater(true);
	const texts = ["one one one", "two two two", "three"];
	const frames: Buffer[] = [];
	for (const text of texts) frames.push(frame(await deflater.message(text), { rsv: 4 }));
	const seen = observe([[1, Buffer.concat(frames)]], { midStream: true });
	expect(seen.messages.map((m) => m.what)).toEqual(texts.map((text) => `text ${text}`));
	expect(seen.ids).toEqual([]);
});
