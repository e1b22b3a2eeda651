import { describe, expect, it } from "vitest";
import { CONTACT_URI_A, CONTACT_URI_B, call, INVITE, NAT, uriOf } from "./call.js";
import { CONTACT_A, row, VIA_A } from "./scene.js";

const REQUEST_URI = (text: string): string => text.split(" ")[1]!;

/** Boxes through which a call works: everything comes back as its owner wrote it. */
const WORKING = [
	"nf-sip",
	"alias",
	"topoh",
	"topoh:callId=true",
	"topo-strip",
	"topo-strip:callId=true",
	"topo-strip:key=param",
	"fw-snat",
	"naive-cpe",
	"anchor-b2bua",
	"msrp-b2bua",
	"rtpe-pass",
	"A1",
	"A2",
	"A3",
	"A4",
	"A5",
	"A7",
	"A8",
	"A9",
];

describe.each(WORKING)("a call through %s", (name) => {
	const seen = call(name);

	it("gives the caller its own Via, From, Call-ID and CSeq in the response", () => {
		const ours = (key: string) => row(INVITE, key);
		expect(row(seen.ok, "Via")).toBe(VIA_A);
		expect(row(seen.ok, "From")).toBe(ours("From"));
		expect(row(seen.ok, "Call-ID")).toBe(ours("Call-ID"));
		expect(row(seen.ok, "CSeq")).toBe(ours("CSeq"));
		expect(seen.ok.match(/^Via:/gm)).toHaveLength(1);
		expect(seen.ok).not.toMatch(/^Record-Route:/m);
	});

	it("gives the callee its own Contact in the ACK, and the same dialog", () => {
		expect(REQUEST_URI(seen.ack)).toBe(CONTACT_URI_B);
		expect(row(seen.ack, "Call-ID")).toBe(row(seen.okSent, "Call-ID"));
		expect(row(seen.ack, "To")).toBe(row(seen.okSent, "To"));
		expect(row(seen.ack, "From")).toBe(row(seen.okSent, "From"));
		expect(row(seen.ack, "CSeq")!.split(" ")[0]).toBe(row(seen.okSent, "CSeq")!.split(" ")[0]);
	});

	it("gives the caller its own Contact in the BYE, octet by octet, and the same dialog", () => {
		expect(REQUEST_URI(seen.bye)).toBe(CONTACT_URI_A);
		expect(row(seen.bye, "Call-ID")).toBe(row(INVITE, "Call-ID"));
		expect(row(seen.bye, "To")).toBe(row(INVITE, "From"));
		expect(row(seen.bye, "From")).toBe(row(seen.ok, "To"));
	});

	it("gives the callee its own Via and dialog in the answer to the BYE", () => {
		for (const key of ["Via", "From", "To", "Call-ID", "CSeq"]) expect(row(seen.byeOk, key)).toBe(row(seen.byeSent, key));
	});
});

describe("what the callee sees in Contact", () => {
	it.each<[string, string | RegExp]>([
		["nf-sip", CONTACT_A.replace("10.0.0.5:5060", "203.0.113.9:40123")],
		["nated-contact", CONTACT_A.replace("10.0.0.5:5060", "203.0.113.9:40123")],
		["alias", CONTACT_A.replace("transport=udp>", "transport=udp;alias=203.0.113.9~40123~1>")],
		["topoh", /^"A" <sip:127\.0\.0\.8;line=sr-[\w-]+>;\+sip\.instance="<urn:uuid:0f>";\+g\.oma\.sip-im;isfocus$/],
		["topo-strip", /^<sip:btpsh-[0-9a-f]{8}-1@203\.0\.113\.9:40123>$/],
		[
			"topo-strip:passContactParams=isfocus+g.x:passUriParams=transport",
			/^<sip:btpsh-[0-9a-f]{8}-1@203\.0\.113\.9:40123;transport=udp>;isfocus$/,
		],
		["topo-strip:key=param", /^<sip:alice@203\.0\.113\.9:40123;tpsh=btpsh-[0-9a-f]{8}-1>$/],
		["fw-snat", CONTACT_A.replace("10.0.0.5:5060", "203.0.113.9:40123")],
		["naive-cpe", CONTACT_A.replace("10.0.0.5", "203.0.113.9")],
		["anchor-b2bua", /^<sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:40123>$/],
		["anchor-b2bua:contactUser=keep:contactParams=isfocus", "<sip:alice@203.0.113.9:40123>;isfocus"],
		["msrp-b2bua", /^<sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:40123>$/],
		["rtpe-pass", CONTACT_A],
		["A1", CONTACT_A.replace("10.0.0.5:5060", "203.0.113.9:40123")],
		["A2", /^"A" <sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:40123>;\+sip\.instance="<urn:uuid:0f>";\+g\.oma\.sip-im;isfocus$/],
		["A3", '"A" <sip:alice@10.0.0.5:5060;transport=udp>'],
		["A4", CONTACT_A],
		["A5", CONTACT_A],
		["A7", CONTACT_A],
		["A8", CONTACT_A],
		["A9", /^"A" <sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:40123>;\+sip\.instance="<urn:uuid:0f>";\+g\.oma\.sip-im;isfocus$/],
		["A9:contact=A1", CONTACT_A.replace("10.0.0.5:5060", "203.0.113.9:40123")],
	])("%s", (name, contact) => {
		// nathelper stands behind the NAT: it sees where the packet came from.
		const source = /nated|alias/.test(name) ? { source: NAT } : {};
		const value = row(call(name, source).invite, "Contact");
		if (typeof contact === "string") expect(value).toBe(contact);
		else expect(value).toMatch(contact);
	});
});

describe("what the caller sees of a focus", () => {
	it.each<[string, string | RegExp]>([
		["nf-sip", "<sip:room7@198.51.100.20:5060;gr=x>;isfocus"],
		["nated-contact", "<sip:room7@198.51.100.20:5060;gr=x>;isfocus"],
		["nated-contact:side=both", "<sip:room7@198.51.100.20:5060;gr=x>;isfocus"],
		["topoh", /^<sip:127\.0\.0\.8;line=sr-[\w-]+>;isfocus$/],
		["topo-strip", /^<sip:atpsh-[0-9a-f]{8}-[0-9a-f]{4}@203\.0\.113\.9:40123>$/],
		["anchor-b2bua", /^<sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:40123>$/],
		["A1", "<sip:room7@203.0.113.9:40123;gr=x>;isfocus"],
		["A1:side=inside", "<sip:room7@198.51.100.20:5060;gr=x>;isfocus"],
		["A2", /^<sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:40123>;isfocus$/],
		["A3", "<sip:room7@198.51.100.20:5060;gr=x>"],
		["A4", "<sip:room7@198.51.100.20:5060>;isfocus"],
	])("%s", (name, contact) => {
		const value = row(call(name).ok, "Contact");
		if (typeof contact === "string") expect(value).toBe(contact);
		else expect(value).toMatch(contact);
	});
});

describe("broken on purpose", () => {
	it("nated-contact leaves the Request-URI as the address outside, and knows where to send it", () => {
		const seen = call("nated-contact", { source: NAT });
		expect(REQUEST_URI(seen.bye)).toBe(CONTACT_URI_A.replace("10.0.0.5:5060", "203.0.113.9:40123"));
		expect(seen.byeOutcome.nextHop).toEqual(NAT);
	});

	it("naive-cpe variant c leaves the Contact of responses private", () => {
		const seen = call("naive-cpe:variant=c");
		expect(row(seen.ok, "Via")).toBe(VIA_A.replace("10.0.0.5", "203.0.113.9"));
		expect(REQUEST_URI(seen.bye)).toBe(CONTACT_URI_A);
	});

	it("A2 with A3 hides the room and that it is one", () => {
		expect(row(call(["A2", "A3"]).ok, "Contact")).toMatch(/^<sip:b2b-[0-9a-f]{8}@203\.0\.113\.9:40123>$/);
		expect(REQUEST_URI(call(["A2", "A3"]).ack)).toBe(CONTACT_URI_B);
	});
});

describe("several boxes in a row", () => {
	it.each([[["nf-sip", "topo-strip"]], [["fw-snat", "topoh", "A1"]], [["A4", "A1", "A5"]], [["naive-cpe", "anchor-b2bua"]]])(
		"%s",
		(names) => {
			const seen = call(names);
			expect(REQUEST_URI(seen.ack)).toBe(CONTACT_URI_B);
			expect(REQUEST_URI(seen.bye)).toBe(CONTACT_URI_A);
			for (const key of ["Via", "From", "To", "Call-ID", "CSeq"]) expect(row(seen.byeOk, key)).toBe(row(seen.byeSent, key));
			expect(row(seen.ok, "Via")).toBe(VIA_A);
			expect(uriOf(row(seen.ok, "From"))).toBe("sip:alice@example.com");
		},
	);
});
