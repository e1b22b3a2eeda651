import { describe, expect, test } from "vitest";
import { parseSdp } from "../../src/core/protocols/sdp/index.js";
import { CAPTURED, captured, findings, parseLines, SESSION } from "./vectors.js";

describe("lines", () => {
	const text =
		"v=0\r\no=alice 2890844526 2890844527 IN IP4 host.example.com\r\ns=Plauderei über SDP\r\nc=IN IP6 2001:db8::1\r\nt=0 0\r\na=recvonly\r\nm=audio 49170/2 RTP/AVP 0 8\r\na=rtpmap:8 PCMA/8000\r\na=sendonly\r\nm=video 0 RTP/AVP 99\r\nc=IN IP4 224.2.1.1/127\r\n";
	const octets = Buffer.from(text);
	const sdp = parseSdp(octets, 0, octets.length);

	test("fields", () => {
		expect(sdp.problems).toEqual([]);
		expect(sdp.origin).toMatchObject({
			user: "alice",
			sessionId: "2890844526",
			version: "2890844527",
			netType: "IN",
			addrType: "IP4",
			address: "host.example.com",
		});
		expect(sdp.sessionName).toBe("Plauderei über SDP");
		expect(sdp.connection).toMatchObject({ netType: "IN", addrType: "IP6", address: "2001:db8::1" });
		expect(sdp.attributes.map(({ name, value }) => [name, value])).toEqual([["recvonly", undefined]]);
		expect(
			sdp.media.map(({ index, media, port, portCount, proto, formats, direction }) => ({
				index,
				media,
				port,
				portCount,
				proto,
				formats,
				direction,
			})),
		).toEqual([
			{ index: 0, media: "audio", port: 49170, portCount: 2, proto: "RTP/AVP", formats: ["0", "8"], direction: "sendonly" },
			{ index: 1, media: "video", port: 0, portCount: 1, proto: "RTP/AVP", formats: ["99"], direction: "recvonly" },
		]);
		expect(sdp.media.map(({ connection }) => connection!.address)).toEqual(["2001:db8::1", "224.2.1.1/127"]);
		expect(sdp.media.map(({ msrp }) => msrp)).toEqual([undefined, undefined]);
	});

	test("spans are octets and cover the text without gaps", () => {
		expect(sdp.lines.map(({ start, end }) => octets.toString("utf8", start, end)).join("")).toBe(text);
		for (const line of sdp.lines) {
			expect(octets.toString("utf8", line.valueStart, line.valueEnd)).toBe(line.value);
			expect(octets.toString("utf8", line.start, line.valueStart)).toBe(`${line.type}=`);
		}
	});

	test("LF alone ends lines too, the last line may lack its end, empty lines are passed over", () => {
		const other = Buffer.from(`\n${text.replaceAll("\r\n", "\n\n").trimEnd()}`);
		const again = parseSdp(other, 0, other.length);
		expect(again.problems).toEqual([]);
		expect(again.lines.map(({ type, value }) => [type, value])).toEqual(sdp.lines.map(({ type, value }) => [type, value]));
	});

	test("the place in the buffer does not matter", () => {
		const around = Buffer.concat([Buffer.from("a=x\r\n"), octets, Buffer.from("m=y\r\n")]);
		expect(parseSdp(around, 5, 5 + octets.length)).toEqual(sdp);
	});

	test("a user name with spaces is kept, and reported", () => {
		const odd = parseLines("v=0", "o=Asterisk PBX 1 2 IN IP4 192.0.2.1", "s=-", "t=0 0");
		expect(odd.origin).toMatchObject({ user: "Asterisk PBX", sessionId: "1", version: "2" });
		expect(findings(odd)).toEqual(["sdp.malformed-line: o= does not have six fields"]);
	});

	test("data channels stay attributes (RFC 8873)", () => {
		const channel = parseLines(
			...SESSION,
			"m=application 54111 UDP/DTLS/SCTP webrtc-datachannel",
			'a=dcmap:0 label="chat";subprotocol="msrp"',
			"a=dcsa:0 accept-types:message/cpim text/plain",
			"a=dcsa:0 path:msrps://bob.example.com:54111/si438dsaodes;dc",
		);
		expect(findings(channel)).toEqual([]);
		expect(channel.media[0]!.msrp).toBeUndefined();
		expect(channel.media[0]!.attributes.map(({ name, value }) => `${name} ${value}`)).toEqual([
			'dcmap 0 label="chat";subprotocol="msrp"',
			"dcsa 0 accept-types:message/cpim text/plain",
			"dcsa 0 path:msrps://bob.example.com:54111/si438dsaodes;dc",
		]);
	});
});

describe("sdp.missing-line", () => {
	test.each(["v", "o", "s", "t"])("%s", (type) => {
		expect(findings(parseLines(...SESSION.filter((line) => !line.startsWith(type))))).toEqual([`sdp.missing-line: no ${type}=`]);
	});
	test("c for a media", () => {
		const lines = SESSION.filter((line) => !line.startsWith("c"));
		const sdp = parseLines(...lines, "m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/AVP 0", "c=IN IP4 192.0.2.1");
		expect(sdp.problems).toEqual([{ id: "sdp.missing-line", offset: 43, length: 24, detail: "no c= for this media" }]);
	});
	test("not for a session without media, nor for a rejected media, nor where each media has one", () => {
		const lines = SESSION.filter((line) => !line.startsWith("c"));
		expect(findings(parseLines(...lines))).toEqual([]);
		expect(findings(parseLines(...lines, "m=audio 0 RTP/AVP 0"))).toEqual([]);
		expect(findings(parseLines(...lines, "m=audio 4000 RTP/AVP 0", "c=IN IP4 192.0.2.1"))).toEqual([]);
	});
	test("an empty body lacks all", () => {
		expect(findings(parseSdp(Buffer.alloc(0), 0, 0))).toEqual(["v", "o", "s", "t"].map((type) => `sdp.missing-line: no ${type}=`));
	});
});

describe("sdp.line-order", () => {
	test("every line that RFC 8866 knows, in its order", () => {
		const sdp = parseLines(
			"v=0",
			"o=- 1 1 IN IP4 192.0.2.1",
			"s=-",
			"i=info",
			"u=http://x",
			"e=a@b",
			"e=c@d",
			"p=+1",
			"p=+2",
			"c=IN IP4 192.0.2.1",
			"b=AS:64",
			"b=CT:1",
			"t=0 0",
			"r=604800 3600 0 90000",
			"z=2882844526 -1h",
			"t=1 2",
			"r=7d 1h 0 25h",
			"k=prompt",
			"a=tool:x",
			"a=recvonly",
			"m=audio 4000 RTP/AVP 0",
			"i=x",
			"c=IN IP4 192.0.2.1",
			"c=IN IP4 192.0.2.2",
			"b=AS:1",
			"k=prompt",
			"a=x",
			"m=audio 4002 RTP/AVP 0",
			"a=x",
		);
		expect(findings(sdp)).toEqual([]);
		expect(sdp.lines.length).toBe(29);
	});
	test.each([
		[["o=- 1 1 IN IP4 192.0.2.1", "v=0", "s=-", "t=0 0"], "v= too late"],
		[["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "t=0 0", "c=IN IP4 192.0.2.1"], "c= too late"],
		[["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "s=-", "t=0 0"], "second s="],
		[["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "r=1", "t=0 0"], "r= before t="],
		[["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "y=1", "t=0 0"], "unknown type"],
		[[...SESSION, "m=audio 4000 RTP/AVP 0", "a=x", "c=IN IP4 192.0.2.1"], "c= too late"],
		[[...SESSION, "m=audio 4000 RTP/AVP 0", "t=0 0"], "belongs before the first m="],
	])("%j", (lines, detail) => expect(findings(parseLines(...lines))).toEqual([`sdp.line-order: ${detail}`]));
	test("once a section, with the line's span", () => {
		const sdp = parseLines(...SESSION, "m=audio 4000 RTP/AVP 0", "a=x", "b=AS:1", "i=x", "m=audio 4002 RTP/AVP 0", "a=x", "b=AS:1");
		expect(sdp.problems.map(({ id, offset, length }) => [id, offset, length])).toEqual([
			["sdp.line-order", 92, 8],
			["sdp.line-order", 134, 8],
		]);
	});
});

describe("sdp.malformed-line", () => {
	test.each([
		[["rubbish"], "not type=value"],
		[["a =x"], "not type=value"],
		[["m=audio"], "m= is not media port proto format"],
		[["m=audio x RTP/AVP 0"], "m= is not media port proto format"],
		[["m=audio 65536 RTP/AVP 0"], "m= is not media port proto format"],
		[["m=audio 4000 RTP/AVP"], "m= is not media port proto format"],
		[["m=audio 4000 RTP/AVP 0", "c=IN IP4"], "c= is not nettype addrtype address"],
	])("%j", (lines, detail) => expect(findings(parseLines(...SESSION, ...lines))).toEqual([`sdp.malformed-line: ${detail}`]));
	test("reading goes on after it", () => {
		const sdp = parseLines(...SESSION, "rubbish", "m=audio 4000 RTP/AVP 0");
		expect(sdp.problems).toEqual([{ id: "sdp.malformed-line", offset: 63, length: 9, detail: "not type=value" }]);
		expect(sdp.media.length).toBe(1);
	});
});

describe("captures", () => {
	test.each(CAPTURED)("%s: no findings on real traffic", (file) => {
		const octets = captured(file);
		const sdp = parseSdp(octets, 0, octets.length);
		expect(findings(sdp)).toEqual([]);
		expect(sdp.lines.map(({ start, end }) => octets.toString("latin1", start, end)).join("")).toBe(octets.toString("latin1"));
		expect(sdp.media.length).toBe(octets.toString("latin1").match(/^m=/gm)?.length ?? 0);
	});
	test("there are as many as were taken out", () => expect(CAPTURED.length).toBe(69));
});
