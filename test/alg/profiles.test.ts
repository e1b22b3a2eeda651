import { describe, expect, it } from "vitest";
import { call } from "./call.js";
import { A, answer, CONTACT_B, changed, INVITE, latin1, NAT, row, SDP, Wire, wire } from "./scene.js";

/** The INVITE with lines of its SDP changed; Content-Length follows. */
const invite = (edit: (sdp: string) => string): string => {
	const [head] = INVITE.split("\r\n\r\n");
	const body = edit(SDP);
	return `${head!.replace(/Content-Length: \d+/, `Content-Length: ${body.length}`)}\r\n\r\n${body}`;
};

describe("nated-contact", () => {
	it("writes where the packet came from into Contact, Via and c=", () => {
		const outcome = new Wire("nated-contact").out(INVITE, NAT);
		expect(changed(INVITE, outcome)).toEqual([
			"- Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKa1;rport",
			'- Contact: "A" <sip:alice@10.0.0.5:5060;transport=udp>;+sip.instance="<urn:uuid:0f>";+g.oma.sip-im;isfocus',
			`- Content-Length: ${SDP.length}`,
			"- c=IN IP4 10.0.0.5",
			"+ Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKa1;rport=40123;received=203.0.113.9",
			'+ Contact: "A" <sip:alice@203.0.113.9:40123;transport=udp>;+sip.instance="<urn:uuid:0f>";+g.oma.sip-im;isfocus',
			`+ Content-Length: ${SDP.length + 3 + "a=oldmediaip:10.0.0.5\r\n".length}`,
			"+ c=IN IP4 203.0.113.9",
			"+ a=oldmediaip:10.0.0.5",
		]);
	});

	it("removes maddr and brackets IPv6", () => {
		const text = INVITE.replace(";transport=udp>", ";maddr=192.0.2.1;transport=udp>");
		expect(row(latin1(new Wire("nated-contact").out(text, { address: "2001:db8::9", port: 5070 })), "Contact")).toContain(
			"<sip:alice@[2001:db8::9]:5070;transport=udp>",
		);
	});

	it("follows the flags of fix_nated_sdp", () => {
		const body = (flags: number) => latin1(new Wire(`nated-contact:oldmediaip=false:sdp=${flags}`).out(INVITE, NAT)).split("\r\n\r\n")[1];
		expect(body(0)).toBe(SDP);
		expect(body(1)).toBe(`${SDP}a=direction:active\r\n`);
		expect(body(4)).toBe(`${SDP}a=nortpproxy:yes\r\n`);
		expect(body(8)).toBe(SDP.replace("o=- 1 1 IN IP4 10.0.0.5", "o=- 1 1 IN IP4 203.0.113.9"));
		expect(body(10)).toBe(SDP.replaceAll("IN IP4 10.0.0.5", "IN IP4 203.0.113.9"));
	});

	it("changes the first Contact only", () => {
		const text = wire("SIP/2.0 300 Multiple Choices", ["CSeq: 1 INVITE", "Contact: <sip:a@10.0.0.5>, <sip:b@10.0.0.6>"]);
		expect(row(latin1(new Wire("nated-contact").out(text, NAT)), "Contact")).toBe("<sip:a@203.0.113.9:40123>, <sip:b@10.0.0.6>");
	});
});

describe("alias", () => {
	it("adds itself and takes itself out again, as next hop", () => {
		const seen = call("alias", { source: NAT });
		expect(seen.byeSent.split("\r\n")[0]).toBe("BYE sip:alice@10.0.0.5:5060;transport=udp;alias=203.0.113.9~40123~1 SIP/2.0");
		expect(changed(seen.byeSent, seen.byeOutcome)).toEqual([
			"BYE sip:alice@10.0.0.5:5060;transport=udp;alias=203.0.113.9~40123~1 SIP/2.0 -> BYE sip:alice@10.0.0.5:5060;transport=udp SIP/2.0",
		]);
		expect(seen.byeOutcome.nextHop).toEqual(NAT);
	});

	it("adds brackets where there are none, and stands before the headers of the URI", () => {
		const out = (contact: string, name = "alias") =>
			row(latin1(new Wire(name).out(wire("INVITE sip:b@x SIP/2.0", ["CSeq: 1 INVITE", `Contact: ${contact}`]), NAT)), "Contact");
		expect(out("sip:alice@10.0.0.5;isfocus")).toBe("<sip:alice@10.0.0.5;alias=203.0.113.9~40123~1>;isfocus");
		expect(out("<sip:alice@10.0.0.5;lr?a=b>")).toBe("<sip:alice@10.0.0.5;lr;alias=203.0.113.9~40123~1?a=b>");
		expect(out("<sip:alice@10.0.0.5;lr>", "alias:mode=add")).toBe("<sip:alice@10.0.0.5;alias=203.0.113.9~40123~1;lr>");
		expect(out("<sip:alice@203.0.113.9:40123>", "alias:mode=add")).toBe("<sip:alice@203.0.113.9:40123>");
	});

	it("takes the first or the last of several, IPv6 too", () => {
		const text = wire("BYE sip:a@h;alias=192.0.2.1~5060~1;alias=[2001:db8::1]~5061~3 SIP/2.0", ["CSeq: 1 BYE"]);
		const first = new Wire("alias").in(text);
		expect([latin1(first).split("\r\n")[0], first.nextHop]).toEqual([
			"BYE sip:a@h;alias=[2001:db8::1]~5061~3 SIP/2.0",
			{ address: "192.0.2.1", port: 5060 },
		]);
		const last = new Wire("alias:take=last").in(text);
		expect([latin1(last).split("\r\n")[0], last.nextHop]).toEqual([
			"BYE sip:a@h;alias=192.0.2.1~5060~1 SIP/2.0",
			{ address: "2001:db8::1", port: 5061 },
		]);
	});
});

describe("topoh", () => {
	it("packs the lower Via and the Record-Route, and knows them again without memory", () => {
		const proxied = INVITE.replace(
			"Max-Forwards",
			"Record-Route: <sip:10.0.0.1;lr>\r\nVia: SIP/2.0/UDP 10.0.0.7;branch=z9hG4bKlow\r\nMax-Forwards",
		);
		const sent = latin1(new Wire("topoh").out(proxied));
		const vias = sent.match(/^Via: .*$/gm)!;
		expect(vias).toHaveLength(3);
		expect(vias[0]).toMatch(/^Via: SIP\/2\.0\/UDP 203\.0\.113\.9:40123;branch=z9hG4bKth-[0-9a-f]{12}$/);
		for (const via of vias.slice(1)) expect(via).toMatch(/^Via: SIP\/2\.0\/UDP 127\.0\.0\.8;branch=z9hG4bKsr-[\w-]+$/);
		expect(row(sent, "Record-Route")).toMatch(/^<sip:127\.0\.0\.8;line=sr-[\w-]+;lr>$/);
		expect(sent).not.toContain("10.0.0.7");
		// Another box with the same seed: what it reads stands in the message itself.
		const back = latin1(new Wire("topoh").in(answer(sent, "200 OK", [`Contact: ${CONTACT_B}`])));
		expect(back.match(/^Via: .*$/gm)).toEqual(proxied.match(/^Via: .*$/gm));
		expect(row(back, "Record-Route")).toBe("<sip:10.0.0.1;lr>");
	});

	it("reads Route and Refer-To, and leaves masks of others alone", () => {
		const box = new Wire("topoh");
		const masked = /<(sip:127[^>]*)>/.exec(row(latin1(box.out(INVITE)), "Contact")!)![1]!;
		const refer = wire(`REFER ${masked} SIP/2.0`, [
			"CSeq: 2 REFER",
			`Route: <${masked};lr>`,
			`Refer-To: <${masked}>`,
			"Contact: <sip:127.0.0.8;line=sr-other>",
		]);
		const seen = latin1(box.in(refer));
		expect(seen.split("\r\n")[0]).toBe("REFER sip:alice@10.0.0.5:5060;transport=udp SIP/2.0");
		expect(row(seen, "Route")).toBe("<sip:alice@10.0.0.5:5060;transport=udp>");
		expect(row(seen, "Refer-To")).toBe("<sip:alice@10.0.0.5:5060;transport=udp>");
		const other = latin1(new Wire("topoh", undefined, { seed: 2 }).in(refer));
		expect(other.split("\r\n")[0]).toBe(refer.split("\r\n")[0]);
	});
});

describe("topo-strip", () => {
	it("shows a focus without isfocus and gr, as in the reported case", () => {
		const text = wire("INVITE sip:alice@10.0.0.5 SIP/2.0", [
			"Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bKr1",
			"Call-ID: x",
			"CSeq: 1 INVITE",
			`Contact: ${CONTACT_B}`,
		]);
		const outcome = new Wire("topo-strip", undefined, { outside: { address: "203.0.113.9", port: 5060 } }).in(text);
		expect(row(latin1(outcome), "Contact")).toMatch(/^<sip:btpsh-[0-9a-f]{8}-1@203\.0\.113\.9>$/);
		expect(row(latin1(outcome), "Via")).toMatch(/^SIP\/2\.0\/UDP 203\.0\.113\.9;branch=z9hG4bKtp-[0-9a-f]{12}$/);
	});

	it("keeps Record-Routes and gives them back as Route", () => {
		const box = new Wire("topo-strip");
		const routed = INVITE.replace("Max-Forwards", "Record-Route: <sip:10.0.0.2;lr>\r\nRecord-Route: <sip:10.0.0.1;lr>\r\nMax-Forwards");
		const sent = latin1(box.out(routed));
		expect(sent).not.toContain("Record-Route");
		const ok = answer(sent, "200 OK", ["Record-Route: <sip:198.51.100.3;lr>, <sip:198.51.100.4;lr>", `Contact: ${CONTACT_B}`]);
		const back = latin1(box.in(ok));
		expect(back.match(/^Record-Route: .*$/gm)).toEqual(routed.match(/^Record-Route: .*$/gm));
		const ack = latin1(
			box.out(
				wire(`ACK ${/<([^>]*)>/.exec(row(back, "Contact")!)![1]} SIP/2.0`, [
					"Via: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bKa2",
					"Call-ID: c1@10.0.0.5",
					"CSeq: 1 ACK",
				]),
			),
		);
		expect(row(ack, "Route")).toBe("<sip:198.51.100.4;lr>, <sip:198.51.100.3;lr>");
		const bye = wire(`BYE ${/<([^>]*)>/.exec(row(sent, "Contact")!)![1]} SIP/2.0`, [
			"Via: SIP/2.0/UDP 198.51.100.20;branch=z9hG4bKb1",
			"Call-ID: c1@10.0.0.5",
			"CSeq: 2 BYE",
			"Contact: <sip:x@y>",
		]);
		const byeSeen = latin1(box.in(bye));
		expect(row(byeSeen, "Route")).toBe("<sip:10.0.0.2;lr>, <sip:10.0.0.1;lr>");
		expect(row(byeSeen, "Contact")).toBeUndefined();
	});

	it("does not touch registrations", () => {
		expect(new Wire("topo-strip").out(INVITE.replaceAll("INVITE", "REGISTER")).edits).toEqual([]);
	});
});

describe("fw-snat", () => {
	it("translates headers one by one, Call-ID and From among them", () => {
		const text = INVITE.replace("<sip:alice@example.com>", "<sip:alice@10.0.0.5>").replace(
			"Max-Forwards",
			"Route: <sip:10.0.0.5:5060;lr>\r\nMax-Forwards",
		);
		expect(changed(text, new Wire("fw-snat").out(text))).toEqual([
			"Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKa1;rport -> Via: SIP/2.0/UDP 203.0.113.9:40123;branch=z9hG4bKa1;rport",
			"Route: <sip:10.0.0.5:5060;lr> -> Route: <sip:203.0.113.9:40123;lr>",
			"From: <sip:alice@10.0.0.5>;tag=f1 -> From: <sip:alice@203.0.113.9>;tag=f1",
			"Call-ID: c1@10.0.0.5 -> Call-ID: c1@203.0.113.9",
			'Contact: "A" <sip:alice@10.0.0.5:5060;transport=udp>;+sip.instance="<urn:uuid:0f>";+g.oma.sip-im;isfocus -> Contact: "A" <sip:alice@203.0.113.9:40123;transport=udp>;+sip.instance="<urn:uuid:0f>";+g.oma.sip-im;isfocus',
			`Content-Length: ${SDP.length} -> Content-Length: ${SDP.length + 6}`,
			"o=- 1 1 IN IP4 10.0.0.5 -> o=- 1 1 IN IP4 203.0.113.9",
			"c=IN IP4 10.0.0.5 -> c=IN IP4 203.0.113.9",
		]);
		expect(latin1(new Wire("fw-snat:sdpFixup=false").out(text))).toContain("c=IN IP4 10.0.0.5\r\n");
	});

	it("turns From and Call-ID back in the response, and in the request of the other end", () => {
		const text = INVITE.replace("<sip:alice@example.com>", "<sip:alice@10.0.0.5>");
		const seen = call("fw-snat", { invite: text });
		for (const key of ["Via", "From", "Call-ID"]) expect(row(seen.ok, key)).toBe(row(text, key));
		expect(row(seen.bye, "To")).toBe("<sip:alice@10.0.0.5>;tag=f1");
	});
});

describe("naive-cpe", () => {
	const path = (outcome: { octets: Buffer }): string | undefined => /a=path:(\S+)/.exec(latin1(outcome))?.[1];

	it("replaces every occurrence, a=path and Call-ID too, and no port", () => {
		const outcome = new Wire("naive-cpe").out(INVITE);
		expect(path(outcome)).toBe("msrp://203.0.113.9:2855/s3cr3tA;tcp");
		expect(latin1(outcome)).not.toContain("10.0.0.5");
		expect(row(latin1(outcome), "Call-ID")).toBe("c1@203.0.113.9");
		expect(row(latin1(outcome), "Content-Length")).toBe(String(SDP.length + 9));
	});

	it("a: leaves Content-Length stale", () => {
		expect(row(latin1(new Wire("naive-cpe:variant=a").out(INVITE)), "Content-Length")).toBe(String(SDP.length));
	});

	it("b: does not see behind the first fragment", () => {
		const long = INVITE.replace("Max-Forwards", `Subject: ${"x".repeat(1300)}\r\nMax-Forwards`);
		const outcome = new Wire("naive-cpe:variant=b").out(long);
		expect(path(outcome)).toBe("msrp://10.0.0.5:2855/s3cr3tA;tcp");
		expect(row(latin1(outcome), "Via")).toContain("203.0.113.9");
		expect(path(new Wire("naive-cpe").out(long))).toBe("msrp://203.0.113.9:2855/s3cr3tA;tcp");
	});

	it("c: leaves responses alone", () => {
		const ok = wire("SIP/2.0 200 OK", ["CSeq: 1 INVITE", "Contact: <sip:alice@10.0.0.5>"], SDP);
		expect(new Wire("naive-cpe:variant=c").out(ok).edits).toEqual([]);
		expect(row(latin1(new Wire("naive-cpe").out(ok)), "Contact")).toBe("<sip:alice@203.0.113.9>");
	});

	it("d: does not know compact forms", () => {
		const compact = INVITE.replace("Contact:", "m:").replace("Call-ID:", "i:");
		const text = latin1(new Wire("naive-cpe:variant=d").out(compact));
		expect([row(text, "m")!.includes("10.0.0.5"), row(text, "i"), row(text, "Via")!.includes("203.0.113.9")]).toEqual([
			true,
			"c1@10.0.0.5",
			true,
		]);
	});

	it("e: does not read TCP", () => {
		const box = new Wire("naive-cpe:variant=e");
		box.transport = "tcp";
		expect(box.out(INVITE)).toMatchObject({ edits: [], untouched: "naive-cpe: TCP is not read (variant e)" });
	});

	it("f: replaces in bodies on the way in as well, but never in CPIM", () => {
		const text = (type: string) =>
			`MESSAGE sip:alice@203.0.113.9 SIP/2.0\r\nCSeq: 1 MESSAGE\r\nContent-Type: ${type}\r\nContent-Length: 17\r\n\r\nsee 203.0.113.9 !`;
		const into = (name: string, type: string): string | undefined => {
			const box = new Wire(name);
			box.out(INVITE);
			return latin1(box.in(text(type))).split("\r\n\r\n")[1];
		};
		expect(into("naive-cpe", "text/plain")).toBe("see 203.0.113.9 !");
		expect(into("naive-cpe:variant=f", "text/plain")).toBe("see 10.0.0.5 !");
		expect(into("naive-cpe:variant=f", "message/cpim")).toBe("see 203.0.113.9 !");
	});

	it("g: hits longer addresses", () => {
		const text = INVITE.replace("Max-Forwards", "Subject: 10.0.0.50 and 110.0.0.5\r\nMax-Forwards");
		expect(row(latin1(new Wire("naive-cpe").out(text)), "Subject")).toBe("10.0.0.50 and 110.0.0.5");
		expect(row(latin1(new Wire("naive-cpe:variant=g").out(text)), "Subject")).toBe("203.0.113.90 and 1203.0.113.9");
	});

	it("h: gives everything to the last phone", () => {
		const bye = wire("BYE sip:alice@203.0.113.9:5060 SIP/2.0", ["Call-ID: c1@10.0.0.5", "CSeq: 2 BYE"]);
		const hop = (name: string) => {
			const box = new Wire(name);
			box.out(INVITE);
			box.out(INVITE.replace("c1@", "c2@"), { address: "10.0.0.6", port: 5060 });
			return box.in(bye).nextHop;
		};
		expect(hop("naive-cpe")).toEqual(A);
		expect(hop("naive-cpe:variant=h")).toEqual({ address: "10.0.0.6", port: 5060 });
	});
});

describe("anchor-b2bua", () => {
	it("has a leg of its own, and leaves a=path wrong", () => {
		const seen = call("anchor-b2bua");
		expect(row(seen.invite, "Call-ID")).toMatch(/^[0-9a-f]{12}@203\.0\.113\.9$/);
		expect(row(seen.invite, "From")).toMatch(/^<sip:alice@example\.com>;tag=[0-9a-f]{12}$/);
		expect(row(seen.invite, "CSeq")).toBe("101 INVITE");
		expect(row(seen.bye, "CSeq")).toBe("207 BYE");
		const body = seen.invite.split("\r\n\r\n")[1]!;
		expect(body).toMatch(/^v=0\r\no=- \d+ 1 IN IP4 203\.0\.113\.9\r\n/);
		expect(body).toContain("c=IN IP4 203.0.113.9\r\n");
		expect(body).toContain("m=message 30002 TCP/MSRP *\r\n");
		expect(body).toContain("a=path:msrp://10.0.0.5:2855/s3cr3tA;tcp\r\n");
		expect(seen.ok.split("\r\n\r\n")[1]).toContain("m=message 30004 TCP/MSRP *\r\n");
	});

	it.each<[string, (body: string) => void]>([
		["path=drop", (body) => expect(body).not.toContain("a=path")],
		[
			"unknownAttributes=drop",
			(body) =>
				expect([body.includes("a=chatroom"), body.includes("a=accept-types"), body.includes("a=path")]).toEqual([false, true, true]),
		],
		["cema=drop", (body) => expect(body).not.toContain("a=msrp-cema")],
		["setup=force-passive", (body) => expect(body).toContain("a=setup:passive\r\n")],
		["setup=drop", (body) => expect(body).not.toContain("a=setup")],
		["mline=zero", (body) => expect(body).toContain("m=message 0 TCP/MSRP *\r\n")],
		["mline=remove", (body) => expect(body).toMatch(/t=0 0\r\n$/)],
	])("%s", (option, check) => {
		const text = invite((sdp) => `${sdp}a=msrp-cema\r\na=chatroom\r\n`);
		const sent = latin1(new Wire(`anchor-b2bua:${option}`).out(text));
		const body = sent.split("\r\n\r\n")[1]!;
		check(body);
		expect(row(sent, "Content-Length")).toBe(String(body.length));
		const kept = latin1(new Wire("anchor-b2bua").out(text)).split("\r\n\r\n")[1]!;
		for (const line of ["a=msrp-cema", "a=chatroom", "a=setup:actpass", "a=path:"]) expect(kept).toContain(line);
	});
});

describe("msrp-b2bua", () => {
	it("shows a path of its own on each leg", () => {
		const seen = call("msrp-b2bua");
		expect(seen.invite).toMatch(/m=message 2855 TCP\/MSRP \*\r\n.*a=path:msrp:\/\/203\.0\.113\.9:2855\/[0-9a-f]{12};tcp\r\n/s);
		const path = (text: string) => /a=path:(\S+)/.exec(text)![1];
		expect(path(seen.ok)).toMatch(/^msrp:\/\/203\.0\.113\.9:2855\/[0-9a-f]{12};tcp$/);
		expect(path(seen.ok)).not.toBe(path(seen.invite));
	});
});

describe("rtpe-pass", () => {
	it("anchors audio and leaves m=message its address", () => {
		const text = invite((sdp) => sdp.replace("m=message", "m=audio 4000 RTP/AVP 0\r\nm=message"));
		expect(latin1(new Wire("rtpe-pass").out(text)).split("\r\n\r\n")[1]).toBe(
			SDP.replace("c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9").replace(
				"m=message 2855 TCP/MSRP *\r\n",
				"m=audio 30002 RTP/AVP 0\r\nm=message 2855 TCP/MSRP *\r\nc=IN IP4 10.0.0.5\r\n",
			),
		);
		expect(new Wire("rtpe-pass").out(INVITE).edits).toEqual([]);
	});
});

describe("A4 to A9", () => {
	const focus = wire("INVITE sip:bob@192.0.2.40 SIP/2.0", [
		"Via: SIP/2.0/UDP 198.51.100.20:5060;branch=z9hG4bKr1",
		"From: <sip:sess@focus.example.com;isfocus>;tag=r",
		"To: <sip:bob@example.com>",
		"Call-ID: inv",
		"CSeq: 1 INVITE",
		"P-Asserted-Identity: <sip:kitesurf@im.example.com>",
		"Contact: <sip:sess@focus.example.com;isfocus;transport=tcp>;isfocus",
	]);

	it("A4 drops isfocus inside the URI, and gives it back to the focus", () => {
		const box = new Wire("A4");
		expect(row(latin1(box.in(focus)), "Contact")).toBe("<sip:sess@focus.example.com;transport=tcp>;isfocus");
		const bye = wire("BYE sip:sess@focus.example.com;transport=tcp SIP/2.0", ["Call-ID: inv", "CSeq: 1 BYE"]);
		expect(latin1(box.out(bye)).split("\r\n")[0]).toBe("BYE sip:sess@focus.example.com;isfocus;transport=tcp SIP/2.0");
	});

	it("A5 gives an invited client the wrong group identity", () => {
		const box = new Wire("A5");
		expect(changed(focus, box.in(focus))).toEqual([
			"From: <sip:sess@focus.example.com;isfocus>;tag=r -> From: <sip:sess@203.0.113.9;isfocus>;tag=r",
			"P-Asserted-Identity: <sip:kitesurf@im.example.com> -> P-Asserted-Identity: <sip:kitesurf@203.0.113.9>",
		]);
		const join = wire("INVITE sip:kitesurf@203.0.113.9 SIP/2.0", [
			"From: <sip:bob@example.com>;tag=b",
			"To: <sip:kitesurf@203.0.113.9>",
			"Call-ID: j",
			"CSeq: 1 INVITE",
		]);
		const sent = latin1(box.out(join));
		expect(sent.split("\r\n")[0]).toBe("INVITE sip:kitesurf@im.example.com SIP/2.0");
		expect(row(sent, "To")).toBe("<sip:kitesurf@im.example.com>");
		expect(row(latin1(box.in(answer(sent, "200 OK", []))), "To")).toBe("<sip:kitesurf@203.0.113.9>;tag=t2");
		expect(row(latin1(box.in(answer(sent, "200 OK", []))), "From")).toBe("<sip:bob@example.com>;tag=b");
	});

	it("A7 rewrites c= and m= alone, A8 the address in a=path alone, A9 all of it", () => {
		const body = (name: string) => latin1(new Wire(name).out(INVITE)).split("\r\n\r\n")[1]!;
		expect(body("A7")).toBe(SDP.replace("c=IN IP4 10.0.0.5", "c=IN IP4 203.0.113.9").replace("m=message 2855", "m=message 30002"));
		expect(body("A8")).toBe(SDP.replace("msrp://10.0.0.5:2855", "msrp://203.0.113.9:2855"));
		expect(body("A8:msrpPort=9")).toContain("a=path:msrp://203.0.113.9:9/s3cr3tA;tcp");
		expect(body("A9")).toMatch(/c=IN IP4 203\.0\.113\.9\r\n.*m=message 2855 .*a=path:msrp:\/\/203\.0\.113\.9:2855\/[0-9a-f]{12};tcp\r\n/s);
	});

	it("restores the own Contact in the answer to REGISTER and leaves those of other devices", () => {
		const box = new Wire("A1");
		const register = wire("REGISTER sip:example.com SIP/2.0", [
			"Via: SIP/2.0/UDP 10.0.0.5;branch=z9hG4bKr",
			"Call-ID: r",
			"CSeq: 1 REGISTER",
			"Contact: <sip:alice@10.0.0.5:5060;ob>;expires=600",
		]);
		expect(row(latin1(box.out(register)), "Contact")).toBe("<sip:alice@203.0.113.9:40123;ob>;expires=600");
		const ok = wire("SIP/2.0 200 OK", ["Call-ID: r", "CSeq: 1 REGISTER", "Contact: <sip:alice@203.0.113.9:40123;ob>;expires=600"]);
		expect(row(latin1(box.in(ok)), "Contact")).toBe("<sip:alice@10.0.0.5:5060;ob>;expires=600");
		const call = wire("INVITE sip:alice@203.0.113.9:40123;ob SIP/2.0", ["Call-ID: new", "CSeq: 1 INVITE"]);
		const outcome = box.in(call);
		expect(latin1(outcome).split("\r\n")[0]).toBe("INVITE sip:alice@10.0.0.5:5060;ob SIP/2.0");
		expect(outcome.nextHop).toEqual(A);
	});

	it("leaves the targets of a redirection alone", () => {
		const text = wire("SIP/2.0 302 Moved Temporarily", ["Call-ID: x", "CSeq: 1 INVITE", "Contact: <sip:other@192.0.2.8>"]);
		for (const name of ["A1", "A2", "topo-strip", "anchor-b2bua"])
			expect(row(latin1(new Wire(name).in(text)), "Contact")).toBe("<sip:other@192.0.2.8>");
	});

	it("keeps an old Contact usable after a target refresh", () => {
		const box = new Wire("A1");
		box.out(INVITE);
		box.out(INVITE.replace("1 INVITE", "2 INVITE").replace("alice@10.0.0.5:5060", "desk@10.0.0.5:5060"));
		const bye = (user: string) => wire(`BYE sip:${user}@203.0.113.9:40123 SIP/2.0`, ["Call-ID: c1@10.0.0.5", "CSeq: 1 BYE"]);
		expect(latin1(box.in(bye("alice"))).split("\r\n")[0]).toBe("BYE sip:alice@10.0.0.5:5060;transport=udp SIP/2.0");
		expect(latin1(box.in(bye("desk"))).split("\r\n")[0]).toBe("BYE sip:desk@10.0.0.5:5060;transport=udp SIP/2.0");
	});
});
