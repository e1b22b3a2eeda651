import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSip } from "../../src/core/checks/sip/index.js";
import { DIAGNOSTICS } from "../../src/core/model/diagnostics/index.js";
import { decodeSipDatagram } from "../../src/core/protocols/sip/index.js";
import { parseNameAddr, parseUri, splitList } from "../../src/core/protocols/uri/index.js";
import { GO_CORPUS, goCorpus, jsipCases, octets, rfc4475, rfc5118 } from "./corpus.js";
import { decode, ids } from "./decode.js";

/** What an older or incomplete but readable message may show: the NIST cases are of 1999 to 2003 and end without the empty line. */
const MILD: ReadonlySet<string> = new Set([
	"sip.branch-without-cookie",
	"sip.missing-from-tag",
	"sip.missing-to-tag",
	"sip.missing-header",
	"sip.missing-contact",
	"sip.record-route-no-lr",
	"sip.header-section-unterminated",
	"sip.trailing-octets",
]);

describe("the torture cases of the NIST stack", () => {
	const cases = jsipCases();
	const messages = cases.filter((entry) => entry.kind === "message");

	test("400 cases", () => {
		expect([cases.length, messages.length, messages.filter((entry) => entry.rejects).length]).toEqual([400, 374, 33]);
	});

	test("every one that must be rejected is found wrong", () => {
		for (const entry of messages.filter(({ rejects }) => rejects)) {
			const message = decodeSipDatagram(entry.octets, 0, entry.octets.length, "udp");
			// Case 352 is the description, not a message.
			if (message === undefined) expect(entry.number).toBe(352);
			// Case 384 is wrong because of what it lacks.
			else if (entry.number === 384) expect(ids(message).filter((id) => id === "sip.missing-header")).toHaveLength(4);
			else expect([entry.number, ids(message).filter((id) => !MILD.has(id))]).not.toEqual([entry.number, []]);
		}
	});

	test("in the others only these findings stand", () => {
		const found: Record<string, number[]> = {};
		for (const entry of messages.filter(({ rejects }) => !rejects)) {
			for (const id of new Set(ids(decode(entry.octets)))) {
				if (MILD.has(id)) continue;
				found[id] ??= [];
				found[id].push(entry.number);
			}
		}
		expect(found).toEqual(JSIP_FINDINGS);
	});

	test("URIs and headers", () => {
		for (const entry of cases) {
			const source = entry.octets.toString("utf8").trim();
			if (entry.kind === "sip-url") expect([source, parseUri(source).faults]).toEqual([source, []]);
			else if (entry.kind === "sip-header") {
				const message = decode(`OPTIONS sip:a@h SIP/2.0\r\n${source}\r\n\r\n`);
				expect(message.headers).toHaveLength(1);
				expect(ids(message).filter((id) => !MILD.has(id) && id !== "sip.unknown-uri-scheme")).toEqual([]);
			}
		}
	});
});

/** Case numbers of torture.xml; each looked up. */
const JSIP_FINDINGS: Record<string, number[]> = {
	"sip.addr-spec-whitespace": [13, 14, 136, 142, 144, 146, 148, 152, 153, 154, 155, 229, 336, 339, 343, 344],
	"sip.branch-empty": [383],
	"sip.conflicting-content-length": [358],
	"sip.cseq-method-mismatch": [358],
	"sip.duplicate-single-header": [358, 391],
	"sip.malformed-header": [13, 17, 358],
	"sip.max-forwards-zero": [12, 394],
	"sip.unknown-method": [355],
	"sip.unknown-transport": [360],
	"sip.unknown-uri-scheme": [18, 20, 21, 24, 72, 73, 75, 385, 386, 387],
	"sip.via-broadcast": [393],
};

test("an INVITE of an emergency call with a multipart body", () => {
	const message = decode(octets("messages/InviteAllAdditionalDataByValue1.sip"));
	expect([message.requestUri, message.headers.length, message.all("call-info").length]).toEqual(["urn:service:sos", 20, 9]);
});

describe("inputs that a fuzzer found for another parser", () => {
	test.each(GO_CORPUS)("%s", (file) => {
		const input = goCorpus(file);
		expect(input.length).toBeGreaterThan(5);
		// "0 0 SIP" is no start line, and one row is not enough to take it for one.
		expect(decodeSipDatagram(input, 0, input.length, "udp")).toBeUndefined();
		// The same rows under a start line that is one.
		const rows = input.subarray(input.indexOf("\n") + 1);
		const message = decode(Buffer.concat([Buffer.from("OPTIONS sip:a@h SIP/2.0\r\n"), rows]));
		expect(ids(message).length).toBeGreaterThan(0);
	});
});

describe("mutations", () => {
	const seeds = [
		...rfc4475.tests.map(({ file }) => octets(`rfc4475/${file}`)),
		...rfc5118.tests.map(({ wireFile }) => octets(`rfc5118/${wireFile}`)),
		...GO_CORPUS.map(goCorpus),
	];

	test("nothing throws, spans lie in the frame, the same twice", () => {
		const nasty = fc.constantFrom(
			'"',
			"<",
			">",
			";",
			",",
			":",
			"@",
			"[",
			"]",
			"\\",
			"\r\n",
			"\r\n ",
			"\n",
			"\0",
			"\xff",
			"%",
			"=",
			"/",
			"?",
			" ",
			"\t",
			"sip:",
			"SIP/2.0",
			"9".repeat(30),
		);
		fc.assert(
			fc.property(fc.nat(seeds.length - 1), fc.array(fc.tuple(fc.nat(3600), fc.nat(20), nasty), { maxLength: 8 }), (seed, edits) => {
				let wire = seeds[seed]!.toString("latin1");
				for (const [at, remove, insert] of edits) {
					const from = at % (wire.length + 1);
					wire = wire.slice(0, from) + insert + wire.slice(from + remove);
				}
				const buf = Buffer.from(wire, "latin1");
				const message = decodeSipDatagram(buf, 0, buf.length, "udp");
				if (message === undefined) return;
				const found = [...(message.problems ?? []), ...(checkSip(message, "udp", { address: "198.51.100.1", port: 1 }) ?? [])];
				for (const problem of found) {
					expect(DIAGNOSTICS).toHaveProperty([problem.id]);
					expect(problem.offset).toBeGreaterThanOrEqual(0);
					expect(problem.length).toBeGreaterThanOrEqual(0);
					expect(problem.offset + problem.length).toBeLessThanOrEqual(message.length);
				}
				expect(checkSip(message, "udp", { address: "198.51.100.1", port: 1 }) ?? []).toEqual(found.slice(message.problems?.length ?? 0));
				let end = 0;
				for (const header of message.headers) {
					expect(header.start).toBeGreaterThanOrEqual(end);
					expect(header.valueStart).toBeLessThanOrEqual(header.valueEnd);
					expect(header.valueEnd).toBeLessThanOrEqual(header.end);
					end = header.end;
					parseNameAddr(header.value);
					splitList(header.value);
				}
				expect(end).toBeLessThanOrEqual(message.bodyOffset);
				expect(message.bodyOffset + message.bodyLength).toBeLessThanOrEqual(message.length);
			}),
			{ numRuns: 2000 },
		);
	});

	test("values that are long on purpose take no square of time", () => {
		const long = 15_000;
		const before = process.cpuUsage();
		for (const value of [
			"a ".repeat(long / 2),
			`"${'\\"'.repeat(long / 2)}`,
			"<".repeat(long),
			";a".repeat(long / 2),
			",".repeat(long),
			`sip:${":".repeat(long)}`,
			" \t".repeat(long / 2),
			"[".repeat(long),
			"%41".repeat(long / 3),
			"@".repeat(long),
		]) {
			for (const name of [
				"From",
				"Via",
				"Contact",
				"CSeq",
				"Date",
				"Warning",
				"Allow",
				"Authorization",
				"Content-Type",
				"Record-Route",
				"X",
			]) {
				const message = decode(`OPTIONS sip:a@h SIP/2.0\r\n${name}: ${value}x\r\n y\r\n\r\n`);
				ids(message);
				expect(message.get(name.toLowerCase())).toBeDefined();
			}
		}
		expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
	});
});
