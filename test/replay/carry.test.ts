import { describe, expect, it } from "vitest";
import { carried, type Way } from "../../src/core/replay/carry.js";

const way = (change: Partial<Way>): Way => ({
	over: "tcp",
	own: { address: "192.0.2.9", port: 40000 },
	peer: { address: "192.0.2.7", port: 5060 },
	recorded: "udp",
	...change,
});
const rows = (octets: Buffer): string[] => octets.toString("latin1").split("\r\n");
const request = (...headers: string[]): Buffer =>
	Buffer.from(["MESSAGE sip:b@example.com SIP/2.0", ...headers, "Call-ID: c", "CSeq: 1 MESSAGE", "Content-Length: 0", "", ""].join("\r\n"));
const response = (via: string, ...headers: string[]): Buffer =>
	Buffer.from(["SIP/2.0 200 OK", `Via: ${via}`, ...headers, "Call-ID: c", "CSeq: 1 INVITE", "Content-Length: 0", "", ""].join("\r\n"));

describe("a message over another transport than the capture's", () => {
	it.each([
		["tcp", "TCP"],
		["tls", "TLS"],
		["ws", "WS"],
		["wss", "WSS"],
	] as const)("%s: the top Via says so, and nothing below it changes", (over, token) => {
		const [, top, below] = rows(
			carried(request("Via: SIP/2.0/UDP a:5060;branch=z9hG4bK1", "Via: SIP/2.0/UDP c:5060;branch=z9hG4bK2"), way({ over })),
		);
		expect(top).toBe(`Via: SIP/2.0/${token} a:5060;branch=z9hG4bK1`);
		expect(below).toBe("Via: SIP/2.0/UDP c:5060;branch=z9hG4bK2");
	});

	it.each([
		["udp", "tcp", "<sip:a@192.0.2.9:40000>", "<sip:a@192.0.2.9:40000;transport=tcp>"],
		["udp", "wss", "<sip:a@192.0.2.9:40000;ob>", "<sip:a@192.0.2.9:40000;transport=ws;ob>"],
		["tcp", "udp", "<sip:a@192.0.2.9:40000;transport=TCP;ob>;expires=60", "<sip:a@192.0.2.9:40000;ob>;expires=60"],
		["wss", "tls", "<sip:a@df7.invalid;transport=ws>", "<sip:a@192.0.2.9:40000;transport=tls>"],
		["tls", "tcp", "<sips:a@192.0.2.9:40000>", "<sip:a@192.0.2.9:40000;transport=tcp>"],
		["ws", "wss", "<sip:a@df7.invalid;transport=ws>", "<sip:a@df7.invalid;transport=ws>"],
		["tcp", "tcp", "<sip:a@192.0.2.9:40000;transport=udp>", "<sip:a@192.0.2.9:40000;transport=udp>"],
		["udp", "tcp", "*", "*"],
	] as const)("from %s to %s: Contact %s becomes %s", (recorded, over, was, is) => {
		const via = `Via: SIP/2.0/${over.toUpperCase()} a;branch=z9hG4bK1`;
		expect(rows(carried(request(via, `Contact: ${was}`), way({ recorded, over })))[2]).toBe(`Contact: ${is}`);
	});

	it("where a request outside dialogs goes is said as it goes now; inside a dialog it is the peer's own address", () => {
		const via = "Via: SIP/2.0/TCP a;branch=z9hG4bK1";
		const outside = request(via, "Route: <sip:p;transport=udp;lr>", "To: <sip:b@example.com>");
		expect(rows(carried(outside, way({})))[2]).toBe("Route: <sip:p;transport=tcp;lr>");
		const inside = request(via, "Route: <sip:p;transport=udp;lr>", "To: <sip:b@example.com>;tag=1");
		expect(carried(inside, way({}))).toEqual(inside);
	});
});

describe("answers", () => {
	it("fill in rport and received where the client asked for them", () => {
		const sent = carried(response("SIP/2.0/UDP 10.0.0.1:5060;rport;branch=z9hG4bK1"), way({ over: "udp" }));
		expect(rows(sent)[1]).toBe("Via: SIP/2.0/UDP 10.0.0.1:5060;rport=5060;branch=z9hG4bK1;received=192.0.2.7");
	});

	it("say received where the client names another address, and nothing where it names its own", () => {
		const other = carried(response("SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1"), way({ over: "udp" }));
		expect(rows(other)[1]).toBe("Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;received=192.0.2.7");
		const own = response("SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1");
		expect(carried(own, way({ over: "udp" }))).toEqual(own);
	});
});

describe("descriptions", () => {
	const body = "v=0\r\nm=message 9 TCP/MSRP *\r\na=setup:active\r\na=fingerprint:SHA-1 00\r\na=path:msrps://a/b;tcp\r\n";
	const offer = Buffer.from(
		`INVITE sip:b@example.com SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nContent-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
	);

	it("have fingerprint and setup of this run, and their length follows", () => {
		const [head, sdp] = carried(offer, way({ recorded: "tcp", fingerprint: "SHA-256 AA:BB", setup: "passive" }))
			.toString()
			.split("\r\n\r\n");
		expect(sdp!.split("\r\n").slice(1, 5)).toEqual([
			"m=message 9 TCP/MSRP *",
			"a=setup:passive",
			"a=fingerprint:SHA-256 AA:BB",
			"a=path:msrps://a/b;tcp",
		]);
		expect(head).toContain(`Content-Length: ${sdp!.length}`);
	});

	it("stay as they are otherwise", () => {
		expect(carried(offer, way({ recorded: "tcp" }))).toEqual(offer);
	});
});

it("what is no SIP comes back as it is", () => {
	const octets = Buffer.from("MSRP a SEND\r\n-------a$\r\n");
	expect(carried(octets, way({}))).toBe(octets);
});
