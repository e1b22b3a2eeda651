import { describe, expect, it } from "vitest";
import { uriOf } from "./call.js";
import { A, answer, CONTACT_B, changed, INVITE, latin1, NAT, row, SDP, SDP_B, Wire, wire } from "./scene.js";

/** One request out with that Contact row; the row as it goes on. */
function contactRow(name: string, contact: string): string {
	const text = wire("INVITE sip:b@example.com SIP/2.0", [
		"Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKx",
		"Call-ID: s",
		"CSeq: 1 INVITE",
		contact,
	]);
	const seen = latin1(new Wire(name).out(text));
	return /^CSeq: \d+ INVITE\r\n(.*?)Content-Length/ms.exec(seen)![1]!;
}

describe("however a Contact is written", () => {
	it.each<[string, string, string]>([
		[
			"several in a line",
			"Contact: <sip:a@10.0.0.5>;q=1, <sip:b@10.0.0.5:5060>",
			"Contact: <sip:a@203.0.113.9:40123>;q=1, <sip:b@203.0.113.9:40123>\r\n",
		],
		[
			"a comma in quotes",
			'Contact: "A, <sip:x@10.0.0.5>" <sip:a@10.0.0.5>',
			'Contact: "A, <sip:x@10.0.0.5>" <sip:a@203.0.113.9:40123>\r\n',
		],
		["an escaped quote", 'Contact: "A\\", B" <sip:a@10.0.0.5>', 'Contact: "A\\", B" <sip:a@203.0.113.9:40123>\r\n'],
		["the compact form", "m: <sip:a@10.0.0.5>;isfocus", "m: <sip:a@203.0.113.9:40123>;isfocus\r\n"],
		[
			"folded",
			"Contact: <sip:a@10.0.0.5>\r\n ;isfocus,\r\n\t<sip:b@10.0.0.5>",
			"Contact: <sip:a@203.0.113.9:40123>\r\n ;isfocus,\r\n\t<sip:b@203.0.113.9:40123>\r\n",
		],
		[
			"two rows",
			"Contact: <sip:a@10.0.0.5>\r\nm: <sip:b@10.0.0.5>",
			"Contact: <sip:a@203.0.113.9:40123>\r\nm: <sip:b@203.0.113.9:40123>\r\n",
		],
		["odd case and spaces", "CONTACT \t:  <sip:a@10.0.0.5> ; isfocus", "CONTACT \t:  <sip:a@203.0.113.9:40123> ; isfocus\r\n"],
		["a star", "Contact: *", "Contact: *\r\n"],
	])("%s", (_, contact, expected) => {
		for (const name of ["A1", "nf-sip", "fw-snat"]) expect([name, contactRow(name, contact)]).toEqual([name, expected]);
	});

	it("a star stays a star through every profile", () => {
		for (const name of [
			"nated-contact",
			"alias",
			"topoh",
			"topo-strip",
			"anchor-b2bua",
			"msrp-b2bua",
			"rtpe-pass",
			"A2",
			"A3",
			"A4",
			"A5",
			"A7",
			"A8",
			"A9",
		])
			expect(contactRow(name, "Contact: *")).toBe("Contact: *\r\n");
	});
});

describe("lengths and bodies", () => {
	it.each(["A7", "anchor-b2bua", "nated-contact", "fw-snat", "naive-cpe"])("%s mends the compact Content-Length as well", (name) => {
		const text = latin1(new Wire(name).out(INVITE.replace("Content-Length:", "l:"), name === "nated-contact" ? NAT : A));
		const [head, body] = text.split("\r\n\r\n");
		expect(body).not.toBe(SDP);
		expect(row(`${head}\r\n`, "l")).toBe(String(body!.length));
	});

	it("the SDP inside a multipart is rewritten, the other parts are not", () => {
		const list = '<entry uri="sip:bill@10.0.0.5"/>';
		const part = (sdp: string) =>
			`--b\r\nContent-Type: application/sdp\r\n\r\n${sdp}\r\n--b\r\nContent-Type: application/resource-lists+xml\r\n\r\n${list}\r\n--b--\r\n`;
		const text = (sdp: string) =>
			`INVITE sip:f@x SIP/2.0\r\nCSeq: 1 INVITE\r\nContent-Type: multipart/mixed;boundary=b\r\nContent-Length: ${part(sdp).length}\r\n\r\n${part(sdp)}`;
		const now = SDP.replace("c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9").replace("m=message 2855", "m=message 30002");
		expect(latin1(new Wire("A7").out(text(SDP)))).toBe(text(now));
	});
});

/** A request in the dialog of INVITE, as the other end writes it from what it got. */
function fromB(method: string, invite: string, cseq: number, rows: readonly string[] = [], body = ""): string {
	return wire(
		`${method} ${uriOf(row(invite, "Contact"))} SIP/2.0`,
		[
			`Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bK${method}${cseq}`,
			`From: ${row(invite, "To")};tag=t2`,
			`To: ${row(invite, "From")}`,
			`Call-ID: ${row(invite, "Call-ID")}`,
			`CSeq: ${cseq} ${method}`,
			...rows,
		],
		body,
	);
}

const MAPPING = ["nf-sip", "alias", "topoh", "topo-strip", "fw-snat", "naive-cpe", "anchor-b2bua", "msrp-b2bua", "A1", "A2", "A4", "A9"];

describe.each(MAPPING)("requests in the dialog through %s", (name) => {
	it("all come to the Contact as it was written, and so after UPDATE gave another", () => {
		const box = new Wire(name);
		const invite = latin1(box.out(INVITE));
		box.in(answer(invite, "200 OK", [`Contact: ${CONTACT_B}`], SDP_B));
		const own = "sip:alice@10.0.0.5:5060;transport=udp";
		for (const [index, method] of ["INVITE", "UPDATE", "REFER", "NOTIFY", "MESSAGE", "INFO", "OPTIONS", "PRACK", "BYE"].entries())
			expect(latin1(box.in(fromB(method, invite, 7 + index))).split("\r\n")[0]).toBe(`${method} ${own} SIP/2.0`);
		const refresh = wire("UPDATE sip:room7@198.51.100.20:5060;gr=x SIP/2.0", [
			"Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKu",
			"From: <sip:alice@example.com>;tag=f1",
			"To: <sip:bob@example.com>;tag=t2",
			"Call-ID: c1@10.0.0.5",
			"CSeq: 2 UPDATE",
			"Contact: <sip:desk@10.0.0.5:5060;ob>",
		]);
		const update = latin1(box.out(refresh));
		const after = fromB("BYE", invite, 30).replace(/^BYE \S+/, `BYE ${uriOf(row(update, "Contact"))}`);
		expect(latin1(box.in(after)).split("\r\n")[0]).toBe("BYE sip:desk@10.0.0.5:5060;ob SIP/2.0");
	});

	it("a retransmission, a CANCEL and the ACK to a refusal are written alike", () => {
		const box = new Wire(name);
		const first = latin1(box.out(INVITE));
		expect(latin1(box.out(INVITE))).toBe(first);
		const cancel = wire("CANCEL sip:bob@example.com SIP/2.0", [
			"Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKa1;rport",
			"From: <sip:alice@example.com>;tag=f1",
			"To: <sip:bob@example.com>",
			"Call-ID: c1@10.0.0.5",
			"CSeq: 1 CANCEL",
		]);
		for (const sent of [cancel, cancel.replaceAll("CANCEL", "ACK")]) {
			const seen = latin1(box.out(sent));
			for (const key of ["Via", "From", "Call-ID"]) expect([key, row(seen, key)]).toEqual([key, row(first, key)]);
			expect(row(seen, "CSeq")!.split(" ")[0]).toBe(row(first, "CSeq")!.split(" ")[0]);
		}
	});

	it("a request tried again after 407 shows the same Contact", () => {
		const box = new Wire(name);
		const first = latin1(box.out(INVITE));
		const again = latin1(box.out(INVITE.replace("1 INVITE", "2 INVITE").replace("z9hG4bKa1", "z9hG4bKa9")));
		expect([row(again, "Contact"), row(again, "Call-ID")]).toEqual([row(first, "Contact"), row(first, "Call-ID")]);
	});

	it("forks that answer with different Contacts are both reached", () => {
		const box = new Wire(name);
		const invite = latin1(box.out(INVITE));
		for (const [tag, contact] of [
			["t2", "sip:one@198.51.100.20:5060"],
			["t3", "sip:two@198.51.100.20:5060"],
		] as const) {
			const ok = latin1(box.in(answer(invite, "200 OK", [`Contact: <${contact}>`], "", tag)));
			const ack = wire(`ACK ${uriOf(row(ok, "Contact"))} SIP/2.0`, [
				`Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK${tag}`,
				`From: ${row(ok, "From")}`,
				`To: ${row(ok, "To")}`,
				`Call-ID: ${row(ok, "Call-ID")}`,
				"CSeq: 1 ACK",
			]);
			expect(latin1(box.out(ack)).split("\r\n")[0]).toBe(`ACK ${contact} SIP/2.0`);
		}
	});
});

describe("dialogs that are named in other dialogs", () => {
	/** A calls twice; then asks B to take the place of the second call. */
	function transfer(name: string) {
		const box = new Wire(name);
		const first = latin1(box.out(INVITE));
		box.in(answer(first, "200 OK", [`Contact: ${CONTACT_B}`], SDP_B));
		const second = latin1(box.out(INVITE.replace("c1@", "c2@").replace("tag=f1", "tag=f9").replace("z9hG4bKa1", "z9hG4bKa8")));
		const ok = latin1(box.in(answer(second, "200 OK", ["Contact: <sip:carol@198.51.100.20:5060>"], SDP_B, "t9")));
		const toTag = /tag=(\S+)/.exec(row(ok, "To")!)![1]!;
		const refer = (value: string) =>
			wire("REFER sip:room7@198.51.100.20:5060;gr=x SIP/2.0", [
				"Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKr",
				"From: <sip:alice@example.com>;tag=f1",
				"To: <sip:bob@example.com>;tag=t2",
				"Call-ID: c1@10.0.0.5",
				"CSeq: 3 REFER",
				`Refer-To: ${value}`,
			]);
		const sent = `<${uriOf(row(ok, "Contact"))}?Replaces=c2%4010.0.0.5%3Bto-tag%3D${toTag}%3Bfrom-tag%3Df9>`;
		return { box, second, sent, seen: row(latin1(box.out(refer(sent))), "Refer-To"), refer };
	}

	it("msrp-b2bua names them in Refer-To as the other leg knows them", () => {
		const { second, seen } = transfer("msrp-b2bua");
		const fromTag = /tag=(\S+)/.exec(row(second, "From")!)![1]!;
		const dialog = encodeURIComponent(`${row(second, "Call-ID")};to-tag=t9;from-tag=${fromTag}`);
		expect(seen).toBe(`<sip:carol@198.51.100.20:5060?Replaces=${dialog}>`);
	});

	it("and so in Replaces and Target-Dialog; other dialogs stay", () => {
		const { box, second } = transfer("msrp-b2bua");
		const fromTag = /tag=(\S+)/.exec(row(second, "From")!)![1]!;
		const ask = (value: string) =>
			latin1(
				box.in(
					wire("INVITE sip:alice@example.com SIP/2.0", [
						"Call-ID: n",
						"CSeq: 1 INVITE",
						`Replaces: ${value};early-only`,
						`Target-Dialog: ${value}`,
					]),
				),
			);
		const seen = ask(`${row(second, "Call-ID")};to-tag=${fromTag};from-tag=t9`);
		expect(row(seen, "Replaces")).toMatch(/^c2@10\.0\.0\.5;to-tag=f9;from-tag=[0-9a-f]{12};early-only$/);
		expect(row(seen, "Target-Dialog")).toMatch(/^c2@10\.0\.0\.5;to-tag=f9;from-tag=[0-9a-f]{12}$/);
		expect(row(ask("foreign@x;to-tag=1;from-tag=2"), "Replaces")).toBe("foreign@x;to-tag=1;from-tag=2;early-only");
	});

	it("a broken escape stays as it is", () => {
		const { box, refer } = transfer("msrp-b2bua");
		expect(row(latin1(box.out(refer("<sip:x@example.com?Replaces=c2%4>"))), "Refer-To")).toBe("<sip:x@example.com?Replaces=c2%4>");
	});

	it.each(["anchor-b2bua", "msrp-b2bua:dialogNames=false", "fw-snat"])("%s leaves the mismatch", (name) => {
		const { sent, seen } = transfer(name);
		expect(seen).toBe(sent);
	});
});

it("headers that no profile maps stay: Path, Service-Route, Referred-By, P-Asserted-Identity but in A5", () => {
	const rows = [
		"Path: <sip:10.0.0.5;lr>",
		"Service-Route: <sip:10.0.0.5;lr>",
		"Referred-By: <sip:alice@10.0.0.5>",
		"P-Asserted-Identity: <sip:alice@10.0.0.5>",
	];
	const text = wire("INVITE sip:b@example.com SIP/2.0", [
		"Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKx",
		"Call-ID: s",
		"CSeq: 1 INVITE",
		...rows,
	]);
	for (const name of [
		"nf-sip",
		"nated-contact",
		"alias",
		"topoh",
		"topo-strip",
		"fw-snat",
		"anchor-b2bua",
		"msrp-b2bua",
		"rtpe-pass",
		"A1",
		"A2",
		"A3",
		"A4",
		"A7",
		"A8",
		"A9",
	]) {
		const seen = latin1(new Wire(name).out(text));
		for (const line of rows) expect(seen).toContain(`\r\n${line}\r\n`);
	}
	expect(changed(text, new Wire("A5").out(text))).toEqual([
		"P-Asserted-Identity: <sip:alice@10.0.0.5> -> P-Asserted-Identity: <sip:alice@203.0.113.9>",
	]);
});

it("topoh masks the targets of a redirection unless told not to", () => {
	const text = wire("SIP/2.0 302 Moved Temporarily", ["Call-ID: x", "CSeq: 1 INVITE", "Contact: <sip:other@192.0.2.8>"]);
	expect(row(latin1(new Wire("topoh").in(text)), "Contact")).toMatch(/^<sip:127\.0\.0\.8;line=sr-[\w-]+>$/);
	expect(row(latin1(new Wire("topoh:maskRedirects=false").in(text)), "Contact")).toBe("<sip:other@192.0.2.8>");
});

it("a request goes to whom the box knows behind the Contact", () => {
	const box = new Wire("A1");
	const invite = latin1(box.out(INVITE));
	expect(box.in(fromB("BYE", invite, 7), NAT).nextHop).toEqual(A);
});
