import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseSdp } from "../../src/core/protocols/sdp/index.js";
import { contacts, type SipMessage, vias } from "../../src/core/protocols/sip/index.js";
import { canonicalHost, parseUri } from "../../src/core/protocols/uri/index.js";
import { octets, rfc5118 } from "./corpus.js";
import { decode, ids, problems, span } from "./decode.js";

function sdp(message: SipMessage) {
	return parseSdp(message.bytes, message.start + message.bodyOffset, message.end);
}

/** One assertion for each sentence of `mustDo` in the index, in its order. */
const MUST: Record<string, ((message: SipMessage, fixed: SipMessage) => void)[]> = {
	"wire/ipv6-good.sip": [
		(m) => {
			expect(parseUri(m.requestUri)).toMatchObject({ host: "2001:db8::10", port: undefined, faults: [] });
			expect(vias(m)[0]).toMatchObject({ host: "2001:db8::9:1", port: undefined, faults: [] });
			expect(contacts(m)[0]?.uri).toMatchObject({ user: "caller", host: "2001:db8::1", faults: [] });
		},
	],
	"wire/ipv6-bad.sip": [
		(m) => {
			expect(parseUri(m.requestUri)).toMatchObject({ host: "2001:db8::10", port: undefined, faults: ["ipv6-unbracketed"] });
			expect(problems(m).map((problem) => [problem.id, span(m, problem)])).toEqual([["sip.ipv6-unbracketed", "sip:2001:db8::10"]]);
		},
	],
	"wire/port-ambiguous.sip": [(m) => expect(parseUri(m.requestUri)).toMatchObject({ host: "2001:db8::10:5070", port: undefined })],
	"wire/port-unambiguous.sip": [(m) => expect(parseUri(m.requestUri)).toMatchObject({ host: "2001:db8::10", port: 5070 })],
	"wire/via-received-param-with-delim.sip": [(m) => expect(vias(m)[0]?.received).toBe("2001:db8::9:255")],
	"wire/via-received-param-no-delim.sip": [(m) => expect(vias(m)[0]?.received).toBe("2001:db8::9:255")],
	"wire/ipv6-in-sdp.sip": [
		(_, fixed) => {
			expect([sdp(fixed).origin?.addrType, sdp(fixed).origin?.address]).toEqual(["IP6", "2001:db8::20"]);
			expect([sdp(fixed).connection?.addrType, sdp(fixed).connection?.address]).toEqual(["IP6", "2001:db8::20"]);
		},
		(m) =>
			expect(problems(m).map((problem) => [problem.id, problem.detail])).toEqual([["sip.content-length-overrun", "251 of 268 octets"]]),
	],
	"wire/mult-ip-in-header.sip": [
		(m) => {
			expect(vias(m).map((via) => [via.transport, via.host, via.port, via.received])).toEqual([
				["UDP", "2001:db8::9:1", 6050, undefined],
				["UDP", "192.0.2.1", undefined, undefined],
				["TCP", "2001:db8::9:255", undefined, "192.0.2.200"],
			]);
		},
	],
	"wire/mult-ip-in-sdp.sip": [
		(_, fixed) => {
			expect(sdp(fixed).connection).toBeUndefined();
			expect(sdp(fixed).media.map((media) => media.connection?.addrType)).toEqual(["IP4", "IP6"]);
		},
		(_, fixed) => expect(sdp(fixed).sessionName).toBe(""),
		(m) => expect(problems(m)).toEqual([{ id: "sip.trailing-octets", offset: m.bodyOffset + 181, length: 8 }]),
	],
	"wire/ipv4-mapped-ipv6.sip": [
		(m, fixed) => {
			expect(vias(m)[0]).toMatchObject({ host: "::ffff:192.0.2.10", port: 19823 });
			expect(contacts(m)[0]?.uri.host).toBe("::ffff:192.0.2.2");
			expect(sdp(fixed).connection?.address).toBe("::ffff:192.0.2.2");
		},
		(m, fixed) => expect([m.bodyLength, m.length - m.bodyOffset, fixed.bodyLength]).toEqual([236, 245, 245]),
	],
	"wire/ipv6-bug-abnf-3-colons.sip": [
		(m) => {
			const { host, faults } = parseUri(m.requestUri);
			expect([host, faults]).toEqual(["2001:db8:::192.0.2.1", []]);
			expect(canonicalHost(host)).toBe(canonicalHost("2001:db8::192.0.2.1"));
		},
	],
	"wire/ipv6-correct-abnf-2-colons.sip": [
		(m) => {
			expect(parseUri(m.requestUri)).toMatchObject({ host: "2001:db8::192.0.2.1", faults: [] });
			expect(canonicalHost("2001:db8::192.0.2.1")).toBe("2001:db8:0:0:0:0:c000:201");
		},
	],
};

describe("RFC 5118", () => {
	test("12 files", () => expect(rfc5118.tests).toHaveLength(12));

	describe.each(rfc5118.tests)("$reference $wireFile", (entry) => {
		test("octets are intact", () => {
			for (const [file, hash] of [
				[entry.archiveFile, entry.archiveSha256],
				[entry.wireFile, entry.wireSha256],
				...(entry.fixedLengthFile === undefined ? [] : [[entry.fixedLengthFile, entry.fixedLengthSha256!]]),
			]) {
				expect(
					createHash("sha256")
						.update(octets(`rfc5118/${file}`))
						.digest("hex"),
				).toBe(hash);
			}
		});

		test("diagnostics are exactly those listed", () => {
			const message = decode(octets(`rfc5118/${entry.wireFile}`));
			expect([...new Set(ids(message))].sort()).toEqual([...entry.diagnostics].sort());
			expect(message.length - message.bodyOffset).toBe(entry.wireBodyOctets);
		});

		test("with the length repaired nothing is left to report about it", () => {
			const message = decode(octets(`rfc5118/${entry.fixedLengthFile ?? entry.wireFile}`));
			const left = ids(message).filter((id) => id === "sip.content-length-overrun" || id === "sip.trailing-octets");
			expect(left).toEqual([]);
			expect(message.bodyLength).toBe(entry.wireBodyOctets);
		});

		test("the archive's bare LF form reads the same, with the finding", () => {
			const archived = decode(octets(`rfc5118/${entry.archiveFile}`));
			const wire = decode(octets(`rfc5118/${entry.wireFile}`));
			expect(archived.problems?.map((problem) => problem.id)).toContain("sip.bare-lf");
			expect(archived.headers.map((header) => [header.key, header.value])).toEqual(
				wire.headers.map((header) => [header.key, header.value]),
			);
		});

		const assertions = MUST[entry.wireFile] ?? [];
		test("one assertion a sentence", () => expect(assertions).toHaveLength(entry.mustDo.length));
		for (const [index, sentence] of entry.mustDo.entries()) {
			test(sentence, () => {
				const fixed = decode(octets(`rfc5118/${entry.fixedLengthFile ?? entry.wireFile}`));
				assertions[index]!(decode(octets(`rfc5118/${entry.wireFile}`)), fixed);
			});
		}
	});
});
