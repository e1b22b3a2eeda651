import { describe, expect, test } from "vitest";
import { parseSdp } from "../../src/core/protocols/sdp/index.js";
import { captured, msrpOf, msrpSdp, parseLines, SESSION } from "./vectors.js";

const NOTHING = {
	path: ["msrp://192.0.2.1:7654/abcd;tcp"],
	acceptTypes: ["text/plain"],
	acceptWrappedTypes: undefined,
	maxSize: undefined,
	setup: undefined,
	cema: false,
	fingerprint: undefined,
	chatroom: undefined,
	fileSelector: undefined,
	fileTransferId: undefined,
	fileDisposition: undefined,
	fileRange: undefined,
};

describe("attributes", () => {
	test("only what is there", () => expect(msrpOf()).toEqual(NOTHING));

	test("RFC 4975, 4976, 6135, 6714", () => {
		expect(
			msrpOf(
				"m=message 7654 TCP/TLS/MSRP *",
				"a=accept-types:message/cpim text/*  *",
				"a=accept-wrapped-types:text/plain",
				"a=max-size:4294967296",
				"a=setup:actpass",
				"a=msrp-cema",
				"a=fingerprint:sha-1 4A:AD:B9",
				"a=path:msrps://relay.example.com:9000/r;tcp msrps://alice.example.com:7654/i;tcp",
			),
		).toEqual({
			...NOTHING,
			path: ["msrps://relay.example.com:9000/r;tcp", "msrps://alice.example.com:7654/i;tcp"],
			acceptTypes: ["message/cpim", "text/*", "*"],
			acceptWrappedTypes: ["text/plain"],
			maxSize: 4294967296,
			setup: "actpass",
			cema: true,
			fingerprint: "sha-1 4A:AD:B9",
		});
	});

	test("RFC 7701: an empty chatroom is not none", () => {
		expect(msrpOf("a=chatroom").chatroom).toEqual([]);
		expect(msrpOf("a=chatroom:nickname private-messages").chatroom).toEqual(["nickname", "private-messages"]);
		expect(msrpOf().chatroom).toBeUndefined();
	});

	test("RFC 5547", () => {
		const msrp = msrpOf(
			'a=file-selector:name:"My cool picture.jpg" type:image/jpeg size:4092 hash:sha-1:72:24:5F:E8',
			"a=file-transfer-id:vBnG916bdberum2fFEABR1FR3ExZMUrd",
			"a=file-disposition:attachment",
			"a=file-range:1001-*",
		);
		expect(msrp).toEqual({
			...NOTHING,
			fileSelector: { name: "My cool picture.jpg", type: "image/jpeg", size: 4092, hash: "sha-1:72:24:5F:E8" },
			fileTransferId: "vBnG916bdberum2fFEABR1FR3ExZMUrd",
			fileDisposition: "attachment",
			fileRange: { start: 1001, end: undefined },
		});
	});

	test.each([
		['name:"100%25 %22gr%C3%BCn%22.txt"', { name: '100% "grün".txt' }],
		['name:"50% off"', { name: "50% off" }],
		['type:text/plain;charset="utf 8" size:1', { type: 'text/plain;charset="utf 8"', size: 1 }],
		["hash:sha-1:AA hash:sha-256:BB", { hash: "sha-1:AA" }],
		["size:99999999999999999999", {}],
		["size:x unknown:y z", {}],
		["", {}],
		['name:"open', { name: "open" }],
	])("file-selector:%s", (value, expected) => expect(msrpOf(`a=file-selector:${value}`).fileSelector).toEqual(expected));

	test.each([
		["1-1000", { start: 1, end: 1000 }],
		["x-2", undefined],
		["5", undefined],
	])("file-range:%s", (value, expected) => expect(msrpOf(`a=file-range:${value}`).fileRange).toEqual(expected));

	test.each(["active", "passive", "actpass", "holdconn"])("setup:%s", (role) => expect(msrpOf(`a=setup:${role}`).setup).toBe(role));
	test("an unknown setup and a max-size that is no number are none", () => {
		expect(msrpOf("a=setup:sideways").setup).toBeUndefined();
		expect(msrpOf("a=max-size:-1").maxSize).toBeUndefined();
		expect(msrpOf("a=max-size:99999999999999999999").maxSize).toBeUndefined();
	});

	test("the first of two counts; setup and fingerprint are inherited, nothing else is", () => {
		const sdp = parseLines(
			...SESSION,
			"a=setup:passive",
			"a=fingerprint:sha-1 AA",
			"a=accept-types:x/y",
			"m=message 1 TCP/MSRP *",
			"a=path:msrp://a:1/a;tcp",
			"a=path:msrp://b:1/b;tcp",
			"m=message 1 TCP/MSRP *",
			"a=setup:active",
		);
		expect(sdp.media.map(({ msrp }) => [msrp!.setup, msrp!.fingerprint, msrp!.path, msrp!.acceptTypes])).toEqual([
			["passive", "sha-1 AA", ["msrp://a:1/a;tcp"], undefined],
			["active", "sha-1 AA", [], undefined],
		]);
	});

	test("only MSRP over TCP is MSRP", () => {
		expect(msrpSdp("m=message 1 UDP/MSRP *").media[0]!.msrp).toBeUndefined();
		expect(msrpSdp("m=message 1 tcp/msrp *").media[0]!.msrp).toBeDefined();
	});
});

describe("captured MSRP media", () => {
	test("sipsimple chat", () => {
		const octets = captured("sipsimple-sip-msrp-chat-001.sdp");
		const [media] = parseSdp(octets, 0, octets.length).media;
		expect(media!.port).toBe(37543);
		expect(media!.connection!.address).toBe("127.0.0.1");
		expect(media!.msrp).toEqual({
			...NOTHING,
			path: ["msrp://127.0.0.1:37543/65619aa382b87c0863f3;tcp"],
			acceptTypes: ["message/cpim", "text/*", "image/*", "application/im-iscomposing+xml"],
			acceptWrappedTypes: ["text/*", "image/*", "application/im-iscomposing+xml"],
			setup: "actpass",
		});
	});
});
