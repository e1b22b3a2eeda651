import { describe, expect, it } from "vitest";
import { A, answer, B, CONTACT_A, changed, INVITE, latin1, NAT, row, SDP, SDP_B, VIA_A, Wire, wire } from "./scene.js";

describe("nf-sip", () => {
	it("maps Via and Contact of the INVITE, and leaves MSRP private", () => {
		const outcome = new Wire("nf-sip").out(INVITE);
		expect(changed(INVITE, outcome)).toEqual([
			`Via: ${VIA_A} -> Via: SIP/2.0/UDP 203.0.113.9:40123;branch=z9hG4bKa1;rport`,
			`Contact: ${CONTACT_A} -> Contact: ${CONTACT_A.replace("10.0.0.5:5060", "203.0.113.9:40123")}`,
		]);
		expect(outcome.edits.map(({ part }) => part)).toEqual(["top Via host:port", "Contact host:port"]);
		expect(latin1(outcome)).toContain("c=IN IP4 10.0.0.5\r\n");
		expect(latin1(outcome)).toContain("a=path:msrp://10.0.0.5:2855/s3cr3tA;tcp\r\n");
	});

	it("turns the response and the in-dialog request back octet by octet", () => {
		const box = new Wire("nf-sip");
		const sent = latin1(box.out(INVITE));
		const ok = answer(sent, "200 OK", ["Contact: <sip:room7@198.51.100.20:5060;gr=x>;isfocus"], SDP_B);
		const seen = latin1(box.in(ok));
		expect(row(seen, "Via")).toBe(VIA_A);
		expect(row(seen, "Contact")).toBe("<sip:room7@198.51.100.20:5060;gr=x>;isfocus");
		const bye = wire("BYE sip:alice@203.0.113.9:40123;transport=udp SIP/2.0", [
			"Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bKb1",
			"From: <sip:bob@example.com>;tag=t2",
			"To: <sip:alice@example.com>;tag=f1",
			"Call-ID: c1@10.0.0.5",
			"CSeq: 2 BYE",
		]);
		const outcome = box.in(bye);
		expect(changed(bye, outcome)).toEqual([
			"BYE sip:alice@203.0.113.9:40123;transport=udp SIP/2.0 -> BYE sip:alice@10.0.0.5:5060;transport=udp SIP/2.0",
		]);
		expect(outcome.nextHop).toEqual(A);
	});

	it("turns received and rport of the response back", () => {
		const box = new Wire("nf-sip");
		const sent = latin1(box.out(INVITE));
		const ok = answer(sent, "180 Ringing", []).replace(";rport", ";received=203.0.113.9;rport=40123");
		expect(row(latin1(box.in(ok)), "Via")).toBe("SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKa1;received=10.0.0.5;rport=5060");
	});

	it("gives a Contact without port its spelling back", () => {
		const box = new Wire("nf-sip");
		const invite = INVITE.replace("alice@10.0.0.5:5060", "alice@10.0.0.5");
		expect(row(latin1(box.out(invite)), "Contact")).toContain("<sip:alice@203.0.113.9:40123;transport=udp>");
		const bye = wire("BYE sip:alice@203.0.113.9:40123 SIP/2.0", ["Via: SIP/2.0/UDP 198.51.100.20", "Call-ID: c1@10.0.0.5", "CSeq: 1 BYE"]);
		expect(latin1(box.in(bye)).split("\r\n")[0]).toBe("BYE sip:alice@10.0.0.5 SIP/2.0");
	});

	it.each([
		["another port", "alice@10.0.0.5:5070"],
		["a port below 1024", "alice@10.0.0.5:506"],
		["a host name", "alice@phone.example.com:5060"],
		["another address", "alice@10.0.0.50:5060"],
	])("does not map %s", (_, uri) => {
		const invite = INVITE.replace("alice@10.0.0.5:5060", uri);
		expect(row(latin1(new Wire("nf-sip").out(invite)), "Contact")).toContain(uri);
	});

	it("does not see sips: nor a Via over TLS", () => {
		const invite = INVITE.replace("<sip:alice@10", "<sips:alice@10").replace("SIP/2.0/UDP", "SIP/2.0/TLS");
		expect(new Wire("nf-sip").out(invite).edits).toEqual([]);
	});

	it("writes a stray address into an SDP with m=message alone, on old kernels", () => {
		const outcome = new Wire("nf-sip:strayAddress=0.0.0.0").out(INVITE);
		expect(changed(INVITE, outcome).slice(2)).toEqual([
			`Content-Length: ${SDP.length} -> Content-Length: ${SDP.length - 2}`,
			"o=- 1 1 IN IP4 10.0.0.5 -> o=- 1 1 IN IP4 0.0.0.0",
			"c=IN IP4 10.0.0.5 -> c=IN IP4 0.0.0.0",
		]);
		const random = (seed: number): string | undefined =>
			/c=IN IP4 (\S+)/.exec(latin1(new Wire("nf-sip:strayAddress=random", undefined, { seed }).out(INVITE)))?.[1];
		expect(random(1)).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
		expect(random(1)).toBe(random(1));
		expect(random(1)).not.toBe(random(2));
		expect(random(1)).not.toBe("10.0.0.5");
	});

	it("maps o= and c= where there is audio, and the media's own c=", () => {
		const body = `${SDP.replace("m=message", "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 10.0.0.5\r\nm=message")}`;
		const invite = wire(INVITE.split("\r\n")[0]!, ["Via: SIP/2.0/UDP 10.0.0.5:5060", "CSeq: 1 INVITE"], body);
		const text = latin1(new Wire("nf-sip").out(invite));
		expect(text.match(/IN IP4 203\.0\.113\.9\r\n/g)).toHaveLength(3);
		expect(text).toContain("a=path:msrp://10.0.0.5:2855");
		expect(row(text, "Content-Length")).toBe(String(body.length + 9));
	});

	it.each([
		["no CSeq", INVITE.replace("CSeq: 1 INVITE\r\n", "")],
		["CSeq 0", INVITE.replace("CSeq: 1", "CSeq: 0")],
		["m=audio has port 500, below 1024", INVITE.replace("m=message 2855", "m=audio 500 RTP/AVP 0\r\nm=message 2855")],
	])("drops %s", (reason, text) => {
		const outcome = new Wire("nf-sip").out(text);
		expect(outcome.dropped).toBe(`nf-sip: ${reason}`);
		expect(outcome.octets).toEqual(Buffer.from(text));
	});

	it("looks only at its ports and at what is not encrypted", () => {
		const box = new Wire("nf-sip:ports=5062");
		expect(box.out(INVITE)).toMatchObject({ edits: [], untouched: "nf-sip: neither port 5060 nor 5060 is looked at (ports=5062)" });
		const tls = new Wire("nf-sip");
		tls.transport = "tls";
		expect(tls.out(INVITE)).toMatchObject({ edits: [], untouched: "nf-sip: SIP over tls is not read" });
	});

	it("forgets the mapping: a request to it comes through no more", () => {
		const box = new Wire("nf-sip:idle=180");
		box.out(INVITE);
		const bye = wire("BYE sip:alice@203.0.113.9:40123 SIP/2.0", ["Via: SIP/2.0/UDP 198.51.100.20", "Call-ID: c1@10.0.0.5", "CSeq: 1 BYE"]);
		box.now += 179;
		expect(box.in(bye).dropped).toBeUndefined();
		box.now += 181;
		expect(box.in(bye).dropped).toBe("nf-sip: the mapping for 10.0.0.5:5060 is gone after 180 s without traffic");
	});

	it("keeps two phones behind one address apart by their calls", () => {
		const box = new Wire("nf-sip");
		const other = { address: "10.0.0.6", port: 5060 };
		box.out(INVITE);
		box.out(INVITE.replaceAll("10.0.0.5", "10.0.0.6").replaceAll("alice", "carol").replace("c1@", "c2@"), other);
		const bye = (user: string, id: string) =>
			wire(`BYE sip:${user}@203.0.113.9:40123 SIP/2.0`, [`Via: SIP/2.0/UDP ${B.address}`, `Call-ID: ${id}`, "CSeq: 1 BYE"]);
		expect(latin1(box.in(bye("alice", "c1@10.0.0.5"), NAT))).toContain("BYE sip:alice@10.0.0.5:5060 SIP/2.0");
		expect(latin1(box.in(bye("carol", "c2@10.0.0.6"), NAT))).toContain("BYE sip:carol@10.0.0.6:5060 SIP/2.0");
	});
});
