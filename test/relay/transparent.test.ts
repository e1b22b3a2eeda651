import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INDEX, read } from "../msrp/corpus.js";
import { rfc4475, octets as sipOctets } from "../sip/corpus.js";
import { Rig, stage } from "./rig.js";

const MESSAGES = new URL("../data/sip/messages/", import.meta.url);

/** Valid, invalid and foreign traffic. */
const STREAMS: Buffer[] = [
	...INDEX.files.map(({ file }) => read(file)),
	...rfc4475.tests.map(({ file }) => sipOctets(`rfc4475/${file}`)),
	...readdirSync(MESSAGES).map((name) => readFileSync(new URL(name, MESSAGES))),
	Buffer.from("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n"),
	Buffer.from("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "latin1"),
	Buffer.from("\r\n\r\n\r\nSSH-2.0-OpenSSH_9.6\r\n"),
	Buffer.from("INVITE without end"),
	Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 197) % 256)),
];

const stream = fc.oneof(
	fc.constantFrom(...STREAMS),
	fc.tuple(fc.constantFrom(...STREAMS), fc.constantFrom(...STREAMS)).map(([a, b]) => Buffer.concat([a, b])),
	fc.tuple(fc.constantFrom(...STREAMS), fc.array(fc.tuple(fc.nat(5000), fc.nat(255)), { maxLength: 6 })).map(([seed, changes]) => {
		const octets = Buffer.from(seed);
		for (const [at, value] of changes) if (octets.length > 0) octets[at % octets.length] = value;
		return octets;
	}),
);
const cuts = fc.array(fc.nat(6000), { maxLength: 12 });

function through(rig: Rig, octets: Buffer, places: readonly number[]): void {
	rig.sendCut(0, octets, places);
	rig.close(0);
}

describe("what no stage touches", () => {
	it("goes on octet for octet, whatever it is and however it was cut, when every message is looked at", () => {
		fc.assert(
			fc.property(stream, cuts, (octets, places) => {
				const rig = new Rig([stage()]);
				through(rig, octets, places);
				expect(rig.out(0).equals(octets)).toBe(true);
				expect(rig.closed[0]).toEqual(["fin"]);
				expect(rig.relay.held).toBe(0);
			}),
			{ numRuns: 1500 },
		);
	});

	it("goes on octet for octet when whole MSRP frames are asked for", () => {
		fc.assert(
			fc.property(stream, cuts, (octets, places) => {
				const rig = new Rig([stage({ msrp: (unit) => (unit.whole ? undefined : { whole: true }) })]);
				through(rig, octets, places);
				expect(rig.out(0).equals(octets)).toBe(true);
			}),
			{ numRuns: 600 },
		);
	});

	it("goes on octet for octet when every message is held and released later", () => {
		fc.assert(
			fc.property(stream, cuts, (octets, places) => {
				const holds: { release(): void }[] = [];
				const hold = (unit: { connection: { hold(): { release(): void; over: boolean } } }) => {
					const made = unit.connection.hold();
					holds.push(made);
					return { hold: made };
				};
				const rig = new Rig([stage({ sip: hold, msrp: hold })]);
				through(rig, octets, places);
				for (let n = 0; n < holds.length; n++) holds[n]!.release();
				expect(rig.out(0).equals(octets)).toBe(true);
				expect(rig.closed[0]).toEqual(["fin"]);
			}),
			{ numRuns: 400 },
		);
	});

	it("is never kept for long: after the limits every octet has gone on, without an end", () => {
		fc.assert(
			fc.property(stream, cuts, (octets, places) => {
				const rig = new Rig([stage()]);
				rig.sendCut(0, octets, places);
				rig.wait(11);
				expect(rig.out(0).equals(octets)).toBe(true);
				expect(rig.relay.held).toBe(0);
				rig.send(0, "more");
				rig.wait(11);
				expect(rig.out(0).length).toBe(octets.length + 4);
			}),
			{ numRuns: 400 },
		);
	});

	it("gives the same entries on both legs as a relay without stages", () => {
		fc.assert(
			fc.property(stream, cuts, (octets, places) => {
				const [watched, plain] = [new Rig([stage()]), new Rig()];
				for (const rig of [watched, plain]) through(rig, octets, places);
				const shape = (rig: Rig, leg: string) =>
					rig.entries
						.filter((entry) => entry.flow.leg === leg)
						.map(({ protocol, offset, length, dir }) => ({ protocol, offset, length, dir }));
				expect(shape(watched, "client")).toEqual(shape(plain, "client"));
				expect(shape(watched, "server")).toEqual(shape(plain, "server"));
				expect(shape(plain, "client")).toEqual(shape(plain, "server"));
			}),
			{ numRuns: 300 },
		);
	});
});
