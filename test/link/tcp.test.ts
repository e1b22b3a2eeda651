import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ACK, back, FIN, frame, RST, SYN, Tap } from "./packets.js";

/** SYN, SYN-ACK, ACK with these initial sequence numbers. */
function handshake(tap: Tap, a = 100, b = 500): Tap {
	return tap
		.packet(frame({ seq: a, flags: SYN }))
		.packet(back({ seq: b, ack: a + 1, flags: SYN | ACK }))
		.packet(frame({ seq: a + 1, ack: b + 1 }));
}

describe("TCP reassembly", () => {
	it("in order, both directions", () => {
		const tap = handshake(new Tap())
			.packet(frame({ seq: 101, data: "hello " }))
			.packet(back({ seq: 501, ack: 107, data: "world" }))
			.packet(frame({ seq: 107, data: "again" }));
		expect(tap.flows).toHaveLength(1);
		expect([tap.text(0, 0), tap.text(0, 1)]).toEqual(["hello again", "world"]);
		expect(tap.flows[0]!.flow).toMatchObject({
			a: { address: "10.0.0.1", port: 1000 },
			b: { address: "10.0.0.2", port: 2000 },
			openerKnown: true,
			midStream: false,
		});
		expect(tap.flows[0]!.problems).toEqual([]);
	});

	it("out of order, retransmitted, overlapping, over the sequence wrap", () => {
		const tap = handshake(new Tap(), 0xfffffffa);
		tap.packet(frame({ seq: 0xfffffffb + 6, data: "ghi" }));
		tap.packet(frame({ seq: 0xfffffffb + 3, data: "def" }));
		expect(tap.text()).toBe("");
		tap.packet(frame({ seq: 0xfffffffb, data: "abcd" }));
		tap.packet(frame({ seq: 0xfffffffb, data: "abc" }));
		tap.packet(frame({ seq: 0xfffffffb + 7, data: "hijk" }));
		expect(tap.text()).toBe("abcdefghijk");
		expect(tap.flows[0]!.problems).toEqual([]);
		expect(tap.flows[0]!.gaps).toEqual([]);
	});

	it("any cuts, duplicates and order within a window give the stream", () => {
		fc.assert(
			fc.property(
				fc.string({ minLength: 1, maxLength: 400, unit: "binary-ascii" }),
				fc.integer(),
				fc.array(fc.nat(), { minLength: 1, maxLength: 60 }),
				(stream, isn, picks) => {
					const pieces: { at: number; data: string }[] = [];
					for (let at = 0, i = 0; at < stream.length; i++) {
						const size = 1 + (picks[i % picks.length]! % 9);
						pieces.push({ at, data: stream.slice(at, at + size) });
						at += size;
					}
					// shuffled within a window of four, every third sent twice, every fourth reaching back into what was sent
					const order = pieces.flatMap((piece, i) =>
						i % 3 === 0
							? [piece, piece]
							: i % 4 === 0 && piece.at > 2
								? [{ at: piece.at - 2, data: stream.slice(piece.at - 2, piece.at) + piece.data }]
								: [piece],
					);
					for (let i = 0; i < order.length; i++) {
						const other = Math.min(order.length - 1, i + (picks[i % picks.length]! % 4));
						[order[i], order[other]] = [order[other]!, order[i]!];
					}
					const tap = handshake(new Tap(), isn);
					for (const { at, data } of order) tap.packet(frame({ seq: isn + 1 + at, data }));
					tap.link.finish();
					expect(tap.text()).toBe(stream);
					expect(tap.flows[0]!.gaps).toEqual([]);
					// One octet sent again looks like a keep-alive, and is dropped as one.
					expect(tap.flows[0]!.problems.filter(([, id]) => id !== "tcp.keepalive")).toEqual([]);
				},
			),
			{ numRuns: 300 },
		);
	});

	it("tcp.gap: what the receiver acknowledged but the capture lacks, exactly", () => {
		const tap = handshake(new Tap())
			.packet(frame({ seq: 101, data: "one" }))
			.packet(frame({ seq: 114, data: "three" }));
		expect(tap.text()).toBe("one");
		tap.packet(back({ seq: 501, ack: 119 }));
		expect(tap.flows[0]!.events).toEqual(["0:one", "0:gap 10", "0:three"]);
		expect(tap.flows[0]!.problems).toEqual([[0, "tcp.gap"]]);
	});

	it("tcp.gap: given up after two seconds, and at the end of the capture", () => {
		const slow = handshake(new Tap()).packet(frame({ seq: 105, data: "later" }));
		slow.now += 2.1;
		slow.packet(frame({ seq: 110, data: "!" }));
		expect(slow.flows[0]!.events).toEqual(["0:gap 4", "0:later", "0:!"]);
		const ended = handshake(new Tap()).packet(frame({ seq: 105, data: "later" }));
		ended.link.finish();
		expect(ended.flows[0]!.events).toEqual(["0:gap 4", "0:later"]);
		expect(ended.flows[0]!.closed).toEqual([[0, "end-of-capture"]]);
	});

	it("tcp.overlap-conflict: other octets for what was delivered, and for what is held; the first copy counts", () => {
		const tap = handshake(new Tap())
			.packet(frame({ seq: 101, data: "first" }))
			.packet(frame({ seq: 101, data: "FIRST" }));
		expect(tap.flows[0]!.problems).toEqual([[0, "tcp.overlap-conflict"]]);
		expect(tap.text()).toBe("first");
		const held = handshake(new Tap())
			.packet(frame({ seq: 104, data: "held" }))
			.packet(frame({ seq: 104, data: "HELD" }))
			.packet(frame({ seq: 101, data: "abc" }));
		expect(held.flows[0]!.problems).toEqual([[0, "tcp.overlap-conflict"]]);
		expect(held.text()).toBe("abcheld");
		const last = handshake(new Tap({ overlap: "last" }))
			.packet(frame({ seq: 104, data: "held" }))
			.packet(frame({ seq: 104, data: "HELD" }))
			.packet(frame({ seq: 101, data: "abc" }));
		expect(last.text()).toBe("abcHELD");
	});

	it("tcp.mid-stream-start: said for a flow without SYN, not for one with", () => {
		const tap = new Tap().packet(frame({ seq: 7000, ack: 1, data: "middle" }));
		expect(tap.text()).toBe("middle");
		expect(tap.flows[0]!.flow).toMatchObject({ midStream: true, openerKnown: false });
		expect(tap.flows[0]!.problems).toEqual([[0, "tcp.mid-stream-start"]]);
		expect(handshake(new Tap()).flows[0]!.problems).toEqual([]);
	});

	it("tcp.keepalive: probes of nothing or one old octet; a new octet is data", () => {
		const tap = handshake(new Tap())
			.packet(frame({ seq: 101, data: "abc" }))
			.packet(frame({ seq: 103, data: "" }))
			.packet(frame({ seq: 103, data: "c" }))
			.packet(frame({ seq: 104, data: "d" }));
		expect(tap.flows[0]!.problems).toEqual([
			[0, "tcp.keepalive"],
			[0, "tcp.keepalive"],
		]);
		expect(tap.text()).toBe("abcd");
	});

	it("tcp.snaplen-cut: the captured part, then a gap of the rest", () => {
		const tap = handshake(new Tap());
		const whole = frame({ seq: 101, data: "0123456789" });
		tap.packet(whole.subarray(0, whole.length - 4), { originalLength: whole.length });
		tap.packet(frame({ seq: 111, data: "next" }));
		expect(tap.flows[0]!.events).toEqual(["0:012345", "0:gap 4", "0:next"]);
		expect(tap.flows[0]!.problems).toEqual([[0, "tcp.snaplen-cut"]]);
	});

	it("FIN ends one direction when everything before it came; RST both at once", () => {
		const tap = handshake(new Tap()).packet(frame({ seq: 104, data: "def", flags: ACK | FIN }));
		expect(tap.flows[0]!.closed).toEqual([]);
		tap.packet(frame({ seq: 101, data: "abc" })).packet(back({ seq: 501, ack: 108, data: "bye", flags: ACK | FIN }));
		expect(tap.flows[0]!.closed).toEqual([
			[0, "fin"],
			[1, "fin"],
		]);
		const reset = handshake(new Tap())
			.packet(back({ seq: 501, flags: RST }))
			.packet(frame({ seq: 101, data: "ignored" }));
		expect(reset.flows[0]!.closed).toEqual([[1, "rst"]]);
		expect(reset.text()).toBe("");
	});

	it("a SYN with another number on the same ports begins a new flow", () => {
		const tap = handshake(new Tap()).packet(frame({ seq: 101, data: "old" }));
		handshake(tap, 90_000, 70_000).packet(frame({ seq: 90_001, data: "new" }));
		expect(tap.flows).toHaveLength(2);
		expect([tap.text(0), tap.text(1)]).toEqual(["old", "new"]);
		expect(tap.flows[0]!.closed).toEqual([[0, "idle"]]);
	});

	it("a SYN sent again, data on the SYN, a SYN-ACK seen first", () => {
		const again = new Tap()
			.packet(frame({ seq: 100, flags: SYN }))
			.packet(frame({ seq: 100, flags: SYN }))
			.packet(frame({ seq: 101, data: "x" }));
		expect([again.flows.length, again.text()]).toEqual([1, "x"]);
		const open = new Tap().packet(frame({ seq: 100, flags: SYN, data: "early" })).packet(frame({ seq: 106, data: " late" }));
		expect(open.text()).toBe("early late");
		const synAck = new Tap()
			.packet(back({ seq: 500, ack: 101, flags: SYN | ACK }))
			.packet(frame({ seq: 101, data: "client" }))
			.packet(back({ seq: 501, data: "server" }));
		expect(synAck.flows[0]!.flow.a).toEqual({ address: "10.0.0.1", port: 1000 });
		expect([synAck.text(0, 0), synAck.text(0, 1)]).toEqual(["client", "server"]);
	});

	it("what is held is bounded per direction and in total", () => {
		const tap = handshake(new Tap({ limit: { tcpReorderSegments: 8 } }));
		for (let i = 0; i < 20; i++) tap.packet(frame({ seq: 201 + i * 10, data: "0123456789" }));
		expect(tap.flows[0]!.gaps).toEqual([[0, 100]]);
		expect(tap.text()).toHaveLength(200);
		const octets = handshake(new Tap({ limit: { tcpReorderTotal: 50 } }));
		for (let i = 0; i < 20; i++) octets.packet(frame({ seq: 201 + i * 10, data: "0123456789" }));
		expect(octets.flows[0]!.gaps).toEqual([[0, 100]]);
	});

	it("payload that nobody wants is not held", () => {
		const tap = handshake(new Tap());
		tap.interested = false;
		for (let i = 0; i < 100; i++) tap.packet(frame({ seq: 201 + i * 10, data: "0123456789" }));
		expect(tap.text()).toBe("");
		expect(tap.flows[0]!.gaps).toEqual([]);
	});

	it("flows are bounded: the longest idle one goes", () => {
		const tap = new Tap({ limit: { flows: 3 } });
		for (let i = 0; i < 6; i++) tap.packet(frame({ from: `10.0.0.1:${3000 + i}`, seq: 1, data: "x" }));
		expect(tap.flows.map((flow) => flow.closed)).toEqual([[[0, "idle"]], [[0, "idle"]], [[0, "idle"]], [], [], []]);
	});

	it("idle flows are closed after their time", () => {
		const tap = new Tap({ limit: { tcpIdle: 10 } }).packet(frame({ seq: 1, data: "x" }));
		tap.now += 11;
		tap.packet(frame({ from: "10.0.0.9:9", seq: 1, data: "y" }));
		expect(tap.flows[0]!.closed).toEqual([[0, "idle"]]);
	});
});
