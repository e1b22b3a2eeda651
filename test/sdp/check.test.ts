import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkSdp } from "../../src/core/checks/sdp/index.js";
import { parseSdp } from "../../src/core/protocols/sdp/index.js";
import { CAPTURED, captured, findings, msrpSdp } from "./vectors.js";

test("good MSRP media have no findings", () => {
	expect(findings(msrpSdp())).toEqual([]);
	expect(findings(msrpSdp("m=message 7654 TCP/TLS/MSRP *", "a=path:msrps://192.0.2.1:7654/abcd;tcp", "a=setup:actpass"))).toEqual([]);
});

test("the focus's answer in the worked examples", () => {
	const octets = readFileSync(new URL("../data/cpim/examples/ctx1-200ok-server-leg.txt", import.meta.url));
	const sdp = parseSdp(octets, octets.indexOf("\r\n\r\n") + 4, octets.length);
	expect(findings(sdp)).toEqual([]);
	expect(sdp.media[0]!.msrp).toMatchObject({
		chatroom: ["private-messages"],
		setup: "passive",
		acceptTypes: ["message/cpim"],
		acceptWrappedTypes: ["text/plain", "application/im-iscomposing+xml", "message/imdn+xml", "message/external-body"],
	});
});

describe("a rejected media is not judged", () => {
	test("port 0 with nothing right", () =>
		expect(findings(msrpSdp("m=audio 0 TCP/MSRP x", "-a=path", "-a=accept-types", "a=setup:holdconn"))).toEqual([]));
});

describe("single findings", () => {
	test.each([
		["sdp.msrp-no-path", ["-a=path"]],
		["sdp.msrp-no-path", ["a=path:"]],
		["sdp.msrp-no-accept-types", ["-a=accept-types"]],
		["sdp.msrp-no-accept-types", ["a=accept-types:"]],
		["sdp.msrp-format-not-star: text/plain", ["m=message 7654 TCP/MSRP text/plain"]],
		["sdp.msrp-format-not-star: * text/plain", ["m=message 7654 TCP/MSRP * text/plain"]],
		["sdp.msrp-media-not-message: m=application", ["m=application 7654 TCP/MSRP *"]],
		["sdp.path-no-port: msrp://192.0.2.1/abcd;tcp", ["a=path:msrp://192.0.2.1/abcd;tcp"]],
		["sdp.path-no-port: msrp://relay.example.com/r;tcp", ["a=path:msrp://relay.example.com/r;tcp msrp://192.0.2.1:7654/abcd;tcp"]],
		["sdp.path-scheme-proto-mismatch: msrps with TCP/MSRP", ["a=path:msrps://192.0.2.1:7654/abcd;tcp"]],
		["sdp.path-scheme-proto-mismatch: msrp with TCP/TLS/MSRP", ["m=message 7654 TCP/TLS/MSRP *"]],
		["sdp.setup-holdconn", ["a=setup:holdconn"]],
	])("%s", (finding, lines) => expect(findings(msrpSdp(...lines))).toEqual([finding]));

	test("the span is that of the value or line at fault", () => {
		const sdp = msrpSdp("a=path:msrps://192.0.2.1:7654/abcd;tcp", "a=setup:holdconn");
		const { line } = sdp.media[0]!.attributes.find(({ name }) => name === "path")!;
		const setup = sdp.media[0]!.attributes.find(({ name }) => name === "setup")!.line;
		expect(checkSdp(sdp).map(({ id, offset, length }) => [id, offset, length])).toEqual([
			["sdp.setup-holdconn", setup.start, "a=setup:holdconn\r\n".length],
			["sdp.path-scheme-proto-mismatch", line.valueStart, "path:msrps://192.0.2.1:7654/abcd;tcp".length],
		]);
	});

	test("a relay path needs one URI of the scheme that m= names", () => {
		expect(findings(msrpSdp("a=path:msrps://relay.example.com:9000/r;tcp msrp://192.0.2.1:7654/abcd;tcp"))).toEqual([]);
	});
});

describe("sdp.path-connection-mismatch", () => {
	const mismatch = (address: string) => [`sdp.path-connection-mismatch: c= and m= say ${address}`];

	test.each([
		["another address", ["c=IN IP4 203.0.113.9"], "203.0.113.9:7654"],
		["another port", ["m=message 7655 TCP/MSRP *"], "192.0.2.1:7655"],
		["another port, and a host name", ["a=path:msrp://host.example.com:7000/a;tcp"], "192.0.2.1:7654"],
		["port 9 without setup:active", ["m=message 9 TCP/MSRP *"], "192.0.2.1:9"],
		["port 9 with setup:actpass", ["m=message 9 TCP/MSRP *", "a=setup:actpass"], "192.0.2.1:9"],
		["another IPv6 address", ["c=IN IP6 2001:db8::2", "a=path:msrp://[2001:db8::1]:7654/a;tcp"], "2001:db8::2:7654"],
	])("%s", (_, lines, address) => expect(findings(msrpSdp(...lines))).toEqual(mismatch(address)));

	test.each([
		["equal by value, not by text", ["c=IN IP6 2001:DB8:0:0::1", "a=path:msrp://[2001:db8::0001]:7654/a;tcp"]],
		["a host name against an address cannot be decided", ["a=path:msrp://host.example.com:7654/a;tcp"]],
		["an address against a host name cannot be decided", ["c=IN IP4 host.example.com"]],
		["two host names may lead to one address", ["c=IN IP4 a.example.com", "a=path:msrp://b.example.com:7654/a;tcp"]],
		["one URI of several matches", ["a=path:msrp://relay.example.com:9000/r;tcp msrp://192.0.2.1:7654/a;tcp"]],
		["the relay's URI matches", ["a=path:msrp://192.0.2.1:7654/r;tcp msrp://10.0.0.1:1000/a;tcp"]],
		["port 9 of the active side", ["m=message 9 TCP/MSRP *", "a=setup:active"]],
		["a multicast suffix", ["c=IN IP4 192.0.2.1/127"]],
	])("not: %s", (_, lines) => expect(findings(msrpSdp(...lines))).toEqual([]));
});

describe("any octets", () => {
	const vectors = CAPTURED.map(captured);
	const pieces = [
		"\r\n",
		"\n",
		"=",
		":",
		" ",
		"m=message 1 TCP/MSRP *\r\n",
		"a=path:",
		'a=file-selector:name:"',
		"c=IN IP4 ",
		"msrp://[",
		"%",
		"\0",
		"\xff",
	];
	const edit = fc.tuple(fc.nat(), fc.nat(15), fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5 })));

	test("mutated captures never throw, findings stay inside", () => {
		fc.assert(
			fc.property(fc.constantFrom(...vectors), fc.array(edit, { maxLength: 8 }), (vector, edits) => {
				let text = vector.toString("latin1");
				for (const [at, remove, insert] of edits) {
					const pos = at % (text.length + 1);
					text = text.slice(0, pos) + insert + text.slice(pos + remove);
				}
				const octets = Buffer.from(text, "latin1");
				const sdp = parseSdp(octets, 0, octets.length);
				for (const { offset, length } of [...sdp.problems, ...checkSdp(sdp)]) {
					expect(offset >= 0 && length >= 0 && offset + length <= octets.length).toBe(true);
				}
				for (const line of sdp.lines) expect(octets.toString("utf8", line.valueStart, line.valueEnd)).toBe(line.value);
			}),
			{ numRuns: 3000 },
		);
	});

	test("lines and problems are bounded", () => {
		const octets = Buffer.from("a=x\r\nq\r\n".repeat(40_000));
		const sdp = parseSdp(octets, 0, octets.length);
		expect([sdp.lines.length, sdp.problems.length]).toEqual([16_384, 100]);
		const media = Buffer.from("m=message 1 TCP/MSRP\r\n".repeat(20_000));
		const hostile = parseSdp(media, 0, media.length);
		expect([hostile.problems.length, checkSdp(hostile).length]).toEqual([100, 100]);
	});
});
