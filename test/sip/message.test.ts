import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import {
	address,
	contacts,
	contentDisposition,
	contentType,
	cseq,
	decodeSipDatagram,
	dialogReference,
	event,
	headerKey,
	identities,
	isContactStar,
	parseCSeq,
	parseVia,
	routes,
	type SipMessage,
	SipStreamDecoder,
	subscriptionState,
	tag,
	topVia,
	vias,
} from "../../src/core/protocols/sip/index.js";
import { decode } from "./decode.js";

function message(...rows: string[]): string {
	return `NOTIFY sip:a@h SIP/2.0\r\n${rows.map((row) => `${row}\r\n`).join("")}\r\n`;
}

describe("headers", () => {
	test("spans are octets of the frame, folds and UTF-8 included", () => {
		const wire = Buffer.from("MESSAGE sip:a@h SIP/2.0\r\nSubject :\t caf\u00e9 \r\n au lait  \r\nX-Y: z\r\nno colon\r\n\r\n", "utf8");
		const m = decode(wire);
		const cut = (from: number, to: number) => wire.toString("utf8", from, to);
		expect(m.headers.map((h) => [h.name, h.key, h.value])).toEqual([
			["Subject", "subject", "caf\u00e9 au lait"],
			["X-Y", "x-y", "z"],
			["", "", "no colon"],
		]);
		expect(m.headers.map((h) => cut(h.start, h.end))).toEqual(["Subject :\t caf\u00e9 \r\n au lait  \r\n", "X-Y: z\r\n", "no colon\r\n"]);
		expect(m.headers.map((h) => cut(h.valueStart, h.valueEnd))).toEqual(["caf\u00e9 \r\n au lait", "z", "no colon"]);
		expect(m.row("x-y")).toEqual(m.headers[1]);
		expect(m.row("absent")).toBeUndefined();
	});

	test("get, all: any case, compact forms, lists split, others not", () => {
		const m = decode(
			message("vIA: a, b", "v: c", "SUBJECT: x, y", "s: z", "WWW-Authenticate: Digest a=1, b=2", 'In-Reply-To: a@b, "c<d', "X: 1, 2"),
		);
		expect(m.all("via")).toEqual(["a", "b", "c"]);
		expect(m.get("via")).toBe("a, b");
		expect(m.all("subject")).toEqual(["x, y", "z"]);
		expect(m.all("www-authenticate")).toEqual(["Digest a=1, b=2"]);
		expect(m.all("in-reply-to")).toEqual(["a@b", '"c<d']);
		expect(m.all("x")).toEqual(["1, 2"]);
		expect(m.all("absent")).toEqual([]);
		expect(m.get("absent")).toBeUndefined();
	});

	test("every compact form", () => {
		const forms =
			"a accept-contact b referred-by c content-type d request-disposition e content-encoding f from i call-id j reject-contact k supported l content-length m contact n identity-info o event r refer-to s subject t to u allow-events v via x session-expires y identity".split(
				" ",
			);
		for (let i = 0; i < forms.length; i += 2) {
			expect(headerKey(forms[i]!.toUpperCase())).toBe(forms[i + 1]);
			expect(decode(message(`${forms[i]}: 0`)).get(forms[i + 1]!)).toBe("0");
		}
		expect([headerKey("Z"), headerKey("X-Z")]).toEqual(["z", "x-z"]);
	});

	test("wrong UTF-8 is replaced, never thrown at", () => {
		const m = decode(
			Buffer.concat([Buffer.from("MESSAGE sip:a@h SIP/2.0\r\nSubject: "), Buffer.from([0xff, 0x41]), Buffer.from("\r\n\r\n")]),
		);
		expect(m.get("subject")).toBe("\ufffdA");
	});

	test("a UTF-8 Request-URI and reason", () => {
		expect(decode(Buffer.from("MESSAGE sip:\u00e9@h SIP/2.0\r\nl: 0\r\n\r\n", "utf8")).requestUri).toBe("sip:\u00e9@h");
		expect(decode(Buffer.from("SIP/2.0 200 \u00e9t\u00e9\r\nl: 0\r\n\r\n", "utf8")).reason).toBe("\u00e9t\u00e9");
	});

	test("offset of the Request-URI", () => {
		const wire = "INVITE   <sip:a@h>  SIP/2.0\r\nl: 0\r\n\r\n";
		const m = decode(wire);
		expect([m.requestUri, wire.slice(m.requestUriStart, m.requestUriStart + 9)]).toEqual(["sip:a@h", "<sip:a@h>"]);
		expect(decode("SIP/2.0 200 OK\r\nl: 0\r\n\r\n").requestUriStart).toBe(0);
	});

	test("method of a response comes from CSeq", () => {
		const method = (row: string) => decode(`SIP/2.0 200 OK\r\n${row}\r\n\r\n`).method;
		expect(method("CSeq: 1 \t INVITE")).toBe("INVITE");
		expect(["CSeq: INVITE", "CSeq: 1INVITE", "CSeq: 1", "CSeq: 1 a b", "X: y"].map(method)).toEqual(["", "", "", "", ""]);
	});
});

describe("lent octets", () => {
	test("retain keeps what the buffer loses", () => {
		const wire = Buffer.from(`xx${message("Subject: \u00e9", "l: 3").trimEnd()}\r\n\r\nabc`, "utf8");
		const m = decodeSipDatagram(wire, 2, wire.length, "udp")!;
		expect(m.bytes).toBe(wire);
		expect(m.retain()).toBe(m);
		wire.fill(0);
		expect([m.get("subject"), m.bytes.toString("latin1", m.start + m.bodyOffset, m.end)]).toEqual(["\u00e9", "abc"]);
		expect(m.retain().bytes).toBe(m.bytes);
	});

	test("a stream decoder hands out the caller's memory where it can, and its own where it must", () => {
		const wire = Buffer.from(message("l: 0"));
		const from: boolean[] = [];
		const sink = { message: (m: SipMessage) => from.push(m.bytes === wire), keepalive() {}, skipped() {}, problem() {} };
		const decoder = new SipStreamDecoder(sink);
		decoder.feed(wire, 0, wire.length);
		decoder.feed(wire, 0, 10);
		decoder.feed(wire, 10, wire.length);
		decoder.feed(wire, 0, wire.length);
		expect(from).toEqual([true, false, true]);
	});
});

describe("datagrams", () => {
	test("CRLF in front counts as offset; what is no SIP is undefined", () => {
		const padded = decode(`\r\n\r\n${message("l: 0")}`);
		expect([padded.offset, padded.start, padded.length]).toEqual([4, 4, 32]);
		for (const other of [
			"",
			"\r\n\r\n",
			"\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
			"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
			"OPTIONS rtsp://x RTSP/1.0\r\nCSeq: 1\r\nFrom: a\r\nVia: b\r\n\r\n",
			"MSRP abcd SEND\r\nTo-Path: x\r\n",
		]) {
			const buf = Buffer.from(other, "latin1");
			expect(decodeSipDatagram(buf, 0, buf.length, "udp")).toBeUndefined();
		}
	});

	test("only buf[start, end) counts", () => {
		const wire = Buffer.from(`${message("l: 2")}okmore`);
		const m = decodeSipDatagram(wire, 0, wire.length - 4, "udp")!;
		expect([m.bodyLength, m.problems, m.end]).toEqual([2, null, wire.length - 4]);
		expect(decodeSipDatagram(wire, 0, 20, "udp")).toBeUndefined();
	});

	test("a head longer than the first look, a body longer than is kept", () => {
		const rows = Array.from({ length: 100 }, (_, i) => `X-${i}: ${"y".repeat(50)}`);
		const wire = Buffer.from(`${message(...rows, "l: 100")}${"b".repeat(100)}`);
		const limits = { ...DEFAULT_LIMITS, inspect: 10 };
		const m = decodeSipDatagram(wire, 0, wire.length, "udp", limits)!;
		expect([m.headers.length, m.bodyLength, m.bodyKept, m.end, m.complete]).toEqual([101, 100, 10, wire.length - 90, true]);
	});
});

describe("typed accessors", () => {
	test("Via", () => {
		expect(parseVia("SIP/2.0/UDP [::1]:5070;branch=z9hG4bK1;received=[::2];rport")).toMatchObject({
			protocol: "SIP/2.0",
			transport: "UDP",
			host: "::1",
			port: 5070,
			branch: "z9hG4bK1",
			received: "::2",
			rport: null,
			faults: [],
		});
		expect(parseVia("SIP/2.0/TCP h;rport=5080")).toMatchObject({
			host: "h",
			port: undefined,
			rport: 5080,
			branch: undefined,
			received: undefined,
		});
		expect(parseVia("SIP / 2.0 / TLS h : 5061 ; branch = x")).toMatchObject({
			protocol: "SIP/2.0",
			transport: "TLS",
			host: "h",
			port: 5061,
			branch: "x",
			faults: [],
		});
		expect(["", "/", "//", "// ;0=;", "SIP/2.0/UDP", "SIP/2.0/UDP;x"].map((value) => parseVia(value).faults.includes("malformed"))).toEqual(
			Array(6).fill(true),
		);
		const m = decode(message('v: ,SIP/2.0/UDP a;x="1,2", SIP/2.0/UDP b', "Via: SIP/2.0/UDP c"));
		expect(topVia(m)?.host).toBe("a");
		expect(vias(m).map((via) => via.host)).toEqual(["a", "b", "c"]);
		expect(topVia(decode(message("l: 0")))).toBeUndefined();
		expect(topVia(decode(message("Via: ")))).toBeUndefined();
	});

	test("CSeq", () => {
		expect(parseCSeq("0009 INVITE")).toEqual({ digits: "9", number: 9, method: "INVITE" });
		expect(["", "1", "INVITE", "-1 INVITE", "1 IN VITE", "1 {"].map(parseCSeq)).toEqual(Array(6).fill(undefined));
		expect(cseq(decode(message("CSeq: 1 NOTIFY")))?.number).toBe(1);
		expect(cseq(decode(message("l: 0")))).toBeUndefined();
	});

	test("tags", () => {
		const m = decode(message("f: <sip:a@h>;tag=1", 'To: "x;tag=no" <sip:a;tag=user@h;tag=uri>;a=b;TAG=yes'));
		expect([tag(m, "from"), tag(m, "to")]).toEqual(["1", "yes"]);
		expect(tag(decode(message("From: <sip:a@h;tag=uri>")), "from")).toBeUndefined();
		expect(tag(decode(message("From: sip:a@h;tag=x")), "from")).toBe("x");
		expect(tag(decode(message("l: 0")), "to")).toBeUndefined();
		expect(address(m, "from")?.uriText).toBe("sip:a@h");
		expect(address(m, "refer-to")).toBeUndefined();
	});

	test("Contact, routes, identities", () => {
		const m = decode(
			message(
				"m: <sip:a@h;isfocus>;x, sip:b@h;isfocus",
				"Route: <sip:r1;lr>,<sip:r2;lr>",
				"route: <sip:r3>",
				"P-Asserted-Identity: <sip:a@h>, <tel:+1>",
			),
		);
		expect(contacts(m).map((contact) => [contact.uri.params.length, contact.params.length])).toEqual([
			[1, 1],
			[0, 1],
		]);
		expect(routes(m, "route").map((route) => route.uri.host)).toEqual(["r1", "r2", "r3"]);
		expect(identities(m, "p-asserted-identity").map((identity) => identity.uri.scheme)).toEqual(["sip", "tel"]);
		expect([isContactStar(m), isContactStar(decode(message("Contact: *"))), contacts(decode(message("Contact: *")))]).toEqual([
			false,
			true,
			[],
		]);
	});

	test("content, event, subscription state, dialog references", () => {
		const m = decode(
			message(
				'c: Multipart/Mixed ; Boundary="a;b"; x',
				"Content-Disposition: Notification;handling=optional",
				"o: Presence.WInfo;id=7",
				"Subscription-State: Terminated;reason=timeout;expires=60;retry-after=x",
				"Replaces: 98732@h;from-tag=r33;to-tag=ff;early-only",
				"Target-Dialog: abc@h;local-tag=l;remote-tag=r",
			),
		);
		expect([contentType(m)?.token, [...contentType(m)!.params]]).toEqual([
			"multipart/mixed",
			[
				["boundary", "a;b"],
				["x", ""],
			],
		]);
		expect(contentDisposition(m)?.token).toBe("notification");
		expect(event(m)).toMatchObject({ package: "presence.winfo", id: "7" });
		expect(subscriptionState(m)).toEqual({ state: "terminated", reason: "timeout", expires: 60, retryAfter: undefined });
		expect(dialogReference(m, "replaces")).toEqual({ callId: "98732@h", toTag: "ff", fromTag: "r33", earlyOnly: true });
		expect(dialogReference(m, "target-dialog")).toEqual({ callId: "abc@h", toTag: "r", fromTag: "l", earlyOnly: false });
		const none = decode(message("l: 0"));
		expect([contentType(none), contentDisposition(none), event(none), subscriptionState(none), dialogReference(none, "join")]).toEqual(
			Array(5).fill(undefined),
		);
	});
});
