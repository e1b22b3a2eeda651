import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdits } from "../../src/core/alg/compose.js";
import { type AlgOutcome, createAlg, PROFILES } from "../../src/core/alg/index.js";
import type { AlgMessage, Side } from "../../src/core/alg/types.js";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { decodeSipDatagram } from "../../src/core/protocols/sip/index.js";
import { analyzeCapture } from "../../src/index.js";
import { A, B, INVITE, NAT, VIA_A, wire } from "./scene.js";

const NAMES = PROFILES.map(({ name }) => name);
const VARIANTS = [
	...NAMES,
	"nf-sip:strayAddress=random",
	"topoh:callId=true",
	"naive-cpe:variant=a+g+f",
	"anchor-b2bua:path=drop:unknownAttributes=drop:setup=drop:cema=drop:mline=remove",
	"nated-contact:sdp=15:side=both",
];

/** What must hold of every outcome, whatever came in. */
function sound(octets: Buffer, outcome: AlgOutcome, parts: readonly string[], stale: boolean): void {
	expect(applyEdits(octets, outcome.edits).equals(outcome.octets)).toBe(true);
	if (outcome.edits.length === 0) expect(outcome.octets).toBe(octets);
	let last = 0;
	for (const { start, end, octets: after, part } of outcome.edits) {
		expect(start).toBeGreaterThanOrEqual(last);
		expect(end).toBeGreaterThanOrEqual(start);
		expect(end).toBeLessThanOrEqual(octets.length);
		expect(octets.subarray(start, end).equals(after)).toBe(false);
		if (!parts.some((known) => part === known || part.startsWith(`${known} `) || (known.endsWith("=") && part.startsWith(known)))) {
			expect(parts).toContain(part);
		}
		last = end;
	}
	if (outcome.dropped !== undefined || outcome.edits.length === 0 || stale) return;
	const before = decodeSipDatagram(octets, 0, octets.length, "udp", DEFAULT_LIMITS)!;
	const after = decodeSipDatagram(outcome.octets, 0, outcome.octets.length, "udp", DEFAULT_LIMITS);
	expect(after).toBeDefined();
	expect(after!.method).toBe(before.method);
	// The frame ends where it ended: what Content-Length says follows the body.
	expect(after!.complete).toBe(before.complete);
	expect(after!.length - after!.bodyOffset - after!.bodyLength).toBe(before.length - before.bodyOffset - before.bodyLength);
}

function message(octets: Buffer, from: Side, sec = 1000, transport: AlgMessage["transport"] = "udp"): AlgMessage {
	return {
		octets,
		from,
		at: { sec, nsec: 0, packet: 0 },
		transport,
		source: from === "inside" ? A : B,
		target: from === "inside" ? B : NAT,
	};
}

const captures = readdirSync(new URL("../../captures/", import.meta.url)).filter((name) => /\.p?cap(ng)?$/.test(name));
const traffic: { octets: Buffer; from: Side; source: AlgMessage["source"]; target: AlgMessage["target"] }[] = [];
for (const name of captures) {
	let taken = 0;
	await analyzeCapture(
		new URL(`../../captures/${name}`, import.meta.url).pathname,
		{},
		{
			entry: (entry) => {
				if (entry.protocol !== "sip" || !entry.sip.complete || taken++ > 120) return;
				const octets = Buffer.from(entry.sip.bytes.subarray(entry.sip.start, entry.sip.end));
				traffic.push({ octets, from: entry.dir === 0 ? "inside" : "outside", source: entry.from, target: entry.to });
			},
		},
	);
}

describe.each(VARIANTS)("%s", (name) => {
	const profile = PROFILES.find((item) => name === item.name || name.startsWith(`${item.name}:`))!;
	const stale = name.includes("variant=a");

	it("edits real traffic locally, within its parts, with right lengths", () => {
		expect(traffic.length).toBeGreaterThan(500);
		const box = createAlg([name], { outside: NAT });
		let edits = 0;
		for (const { octets, ...rest } of traffic) {
			const outcome = box.handle({ ...message(octets, rest.from), source: rest.source, target: rest.target });
			sound(octets, outcome, profile.parts, stale);
			edits += outcome.edits.length;
		}
		expect(edits).toBeGreaterThan(0);
	});

	it("passes what is no SIP, and survives what hardly is", () => {
		const box = createAlg([name], { outside: NAT });
		expect(box.handle(message(Buffer.from("MSRP a786hjs2 SEND\r\n"), "inside")).untouched).toContain(`${profile.name}: `);
		const base = [
			INVITE,
			wire("SIP/2.0 200 OK", [`Via: ${VIA_A}`, "CSeq: 1 INVITE", "Contact: *"]),
			"BYE sip:a@203.0.113.9:40123 SIP/2.0\r\n\r\n",
		];
		const bite = fc.tuple(fc.nat(600), fc.nat(8), fc.string({ maxLength: 12, unit: "binary-ascii" }));
		fc.assert(
			fc.property(
				fc.constantFrom(...base),
				fc.array(bite, { maxLength: 5 }),
				fc.constantFrom<Side>("inside", "outside"),
				(text, bites, from) => {
					let mangled = text;
					for (const [at, gone, come] of bites) mangled = mangled.slice(0, at) + come + mangled.slice(at + gone);
					const octets = Buffer.from(mangled, "latin1");
					const outcome = box.handle(message(octets, from));
					expect(applyEdits(octets, outcome.edits).equals(outcome.octets)).toBe(true);
				},
			),
			{ numRuns: 300 },
		);
	});

	it("does the same again with the same seed, and for a retransmission", () => {
		const run = (): string[] => {
			const box = createAlg([name], { outside: NAT, seed: 7 });
			return traffic
				.slice(0, 60)
				.map(({ octets, ...rest }) =>
					box.handle({ ...message(octets, rest.from), source: rest.source, target: rest.target }).octets.toString("latin1"),
				);
		};
		expect(run()).toEqual(run());
		if (name.includes("random")) return;
		const box = createAlg([name], { outside: NAT });
		const once = box.handle(message(Buffer.from(INVITE), "inside"));
		expect(box.handle(message(Buffer.from(INVITE), "inside")).octets).toEqual(once.octets);
	});

	it("forgets what is idle", () => {
		const box = createAlg([name], { outside: NAT });
		for (const { octets, from } of traffic.slice(0, 100)) box.handle(message(octets, from));
		box.advance({ sec: 1000 + 8000, nsec: 0, packet: 0 });
		expect(box.bindings).toBe(0);
	});
});

describe("the memory of a box", () => {
	it("does not grow without bound", () => {
		const box = createAlg(["A2"], { outside: NAT });
		for (let i = 0; i < 30_000; i++) {
			box.handle(
				message(Buffer.from(`INVITE sip:b SIP/2.0\r\nCall-ID: ${i}\r\nCSeq: 1 INVITE\r\nContact: <sip:u${i}@10.0.0.5>\r\n\r\n`), "inside"),
			);
		}
		expect(box.bindings).toBeLessThanOrEqual(20_000);
	});

	it("a message full of places to change costs no square of them", () => {
		const body = "a=10.0.0.5\r\n".repeat(80_000);
		const text = `INVITE sip:b SIP/2.0\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
		const outcome = createAlg(["naive-cpe"], { outside: NAT }).handle(message(Buffer.from(text), "inside"));
		expect(outcome.edits).toHaveLength(80_001);
		const list = Array.from({ length: 5000 }, (_, i) => `<sip:u${i}@h>`).join(",");
		const many = Buffer.from(`INVITE sip:b SIP/2.0\r\nCSeq: 1 INVITE\r\nContact: ${list.slice(0, 15_000)}\r\n\r\n`);
		expect(createAlg(["A2", "topoh", "A3"], { outside: NAT }).handle(message(many, "inside")).edits.length).toBeGreaterThan(900);
	}, 3000);

	it("lets a dialog go half a minute after its end", () => {
		const box = createAlg(["A2"], { outside: NAT });
		box.handle(message(Buffer.from(INVITE), "inside"));
		expect(box.bindings).toBe(2);
		box.handle(message(Buffer.from(wire("SIP/2.0 200 OK", [`Via: ${VIA_A}`, "Call-ID: c1@10.0.0.5", "CSeq: 2 BYE"])), "outside", 1010));
		box.advance({ sec: 1041, nsec: 0, packet: 0 });
		expect(box.bindings).toBe(2);
		box.advance({ sec: 1043, nsec: 0, packet: 0 });
		// What is known by the URI alone may serve another call.
		expect(box.bindings).toBe(1);
	});
});

describe("names", () => {
	const make = (name: string, options?: Record<string, string>) => () =>
		createAlg([name], { outside: NAT, ...(options === undefined ? {} : { options }) });
	it.each([
		["nf_sip", 'there is no ALG profile "nf_sip"; did you mean nf-sip? There are: '],
		["topo", 'there is no ALG profile "topo"; did you mean topoh? '],
		["nf-sip:stray=random", 'nf-sip has no option "stray"; did you mean strayAddress? There are: ports, strayAddress, idle'],
		["nf-sip:strayAddress=1.2.3.4", 'nf-sip: strayAddress must be one of none, 0.0.0.0, random, not "1.2.3.4"'],
		["anchor-b2bua:mediaPort=x", 'anchor-b2bua: mediaPort must be a number, not "x"'],
		["topoh:callId=maybe", 'topoh: callId must be true or false, not "maybe"'],
	])("%s is refused with the nearest name", (name, text) => {
		expect(make(name)).toThrow(text);
	});

	it("takes names in any case, options from the scene, and refuses those that no profile has", () => {
		expect(make("NF-SIP:strayaddress=random")).not.toThrow();
		expect(make("topoh:callId")).not.toThrow();
		expect(make("nf-sip", { strayAddress: "random" })).not.toThrow();
		expect(make("nf-sip", { contactUser: "new" })).toThrow('none of the ALG profiles has an option "contactUser"');
	});

	it("every profile says what it imitates, and from what that is known", () => {
		for (const { name, imitates, source, parts, options } of PROFILES) {
			expect(`${imitates}${source}`.length, name).toBeGreaterThan(30);
			expect(parts.length, name).toBeGreaterThan(0);
			for (const option of Object.values(options)) expect(option.text).not.toBe("");
		}
	});
});
