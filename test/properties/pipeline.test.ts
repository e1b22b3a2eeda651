import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Entry, jsonEntry } from "../../src/index.js";
import { Drive, msrpSend, sip } from "../pipeline/drive.js";

const A = "msrp://192.0.2.1:7000/aaaa;tcp";
const B = "msrp://198.51.100.2:2855/bbbb;tcp";
const CPIM = "From: <sip:a@example.com>\r\nTo: <sip:room@example.com;isfocus>\r\n\r\nContent-Type: text/plain\r\n\r\nhi there";
const INVITE = sip(
	"INVITE sip:b@example.com SIP/2.0",
	{
		Via: "SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1",
		"Max-Forwards": "70",
		From: "<sip:a@example.com>;tag=1",
		To: "<sip:b@example.com>",
		"Call-ID": "1@x",
		CSeq: "1 INVITE",
		Contact: "<sip:a@192.0.2.1>",
	},
	`v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=message 7000 TCP/MSRP *\r\na=accept-types:*\r\na=path:${A}\r\n`,
);
const torture = (name: string) => readFileSync(new URL(`../data/msrp/${name}.msrp`, import.meta.url));

/** What a connection may carry; the first decides what it speaks. */
const STREAMS: Buffer[] = [
	Buffer.from(
		msrpSend("abcd1", B, A, CPIM, "message/cpim") + msrpSend("abcd2", B, A, "plain") + msrpSend("abcd3", B, A, CPIM, "message/cpim"),
	),
	Buffer.from(INVITE + INVITE.replace("1 INVITE", "2 INVITE")),
	...[
		"v06-interleaved-messages",
		"v16-binary-body",
		"v18-nested-frame-in-body",
		"i13-end-line-missing-body",
		"i44-garbage-between-frames",
		"i67-end-line-injection",
	].map(torture),
];

const mutation = fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 }));
const stream = fc.tuple(fc.constantFrom(...STREAMS), fc.array(mutation, { maxLength: 5 })).map(([seed, changes]) => {
	const octets = Buffer.from(seed);
	for (const [at, value] of changes) octets[at % octets.length] = value;
	return octets;
});

/** An entry without what depends on when its octets came. */
function shape(entry: Entry): unknown {
	const line = JSON.parse(jsonEntry(entry)) as Record<string, unknown>;
	delete line["frame.time_epoch"];
	delete line.began;
	return line;
}

function run(octets: Buffer, cuts: readonly number[]): unknown[] {
	const drive = new Drive();
	const connection = drive.connect("192.0.2.1:40000", "198.51.100.2:2855");
	const places = [...new Set(cuts.map((cut) => cut % (octets.length + 1)))].sort((a, b) => a - b);
	let from = 0;
	for (const to of [...places, octets.length]) {
		if (to > from) connection.send("a", Buffer.from(octets.subarray(from, to)));
		from = to;
	}
	connection.close("a");
	connection.close("b");
	drive.pipeline.finish();
	return drive.entries.map(shape);
}

describe("the pipeline", () => {
	it("gives the same entries however the octets were cut", () => {
		fc.assert(
			fc.property(stream, fc.array(fc.nat(4000), { maxLength: 12 }), (octets, cuts) => {
				expect(run(octets, cuts)).toEqual(run(octets, []));
			}),
			{ numRuns: 400 },
		);
	});

	it("gives the same entries octet by octet", () => {
		for (const octets of STREAMS)
			expect(
				run(
					octets,
					Array.from({ length: octets.length }, (_, i) => i),
				),
			).toEqual(run(octets, []));
	});

	it("is total and deterministic: nothing throws, the same input gives the same lines", () => {
		fc.assert(
			fc.property(fc.array(stream, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(4000), { maxLength: 5 }), (streams, cuts) => {
				const octets = Buffer.concat(streams);
				expect(run(octets, cuts)).toEqual(run(octets, cuts));
			}),
			{ numRuns: 200 },
		);
	});

	it("keeps order: entries of a direction follow its octets", () => {
		fc.assert(
			fc.property(stream, (octets) => {
				const offsets = (run(octets, []) as { protocol: string; offset: number }[])
					.filter((entry) => entry.protocol === "msrp" || entry.protocol === "sip")
					.map((entry) => entry.offset);
				expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
			}),
			{ numRuns: 200 },
		);
	});

	it("never writes into the octets it is given", () => {
		fc.assert(
			fc.property(stream, (octets) => {
				const before = Buffer.from(octets);
				const drive = new Drive();
				drive.connect("192.0.2.1:1", "198.51.100.2:2").send("a", octets).close("a").close("b");
				expect(octets.equals(before)).toBe(true);
			}),
			{ numRuns: 200 },
		);
	});
});
