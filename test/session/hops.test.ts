import { describe, expect, test } from "vitest";
import { ids, msrpSdp, type Parts, request, response, Scene } from "./scene.js";

const A = "10.0.0.5:5060";
const PROXY = "192.0.2.9:5060";
const B = "198.51.100.20:5060";
const VIA_A = "SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK1";
const VIA_P = `SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKp\nVia: ${VIA_A}`;

/** One INVITE before and after a proxy. */
function invite(before: Parts, after: Parts) {
	const s = new Scene();
	const first = s.sip(A, PROXY, request("INVITE", "sip:bob@example.com", { via: VIA_A, ...before }));
	const second = s.sip(PROXY, B, request("INVITE", "sip:bob@198.51.100.20", { via: VIA_P, more: "Max-Forwards: 69", ...after }));
	return { s, first, second };
}

function texts(entry: { problems: { id: string; detail?: string }[] }): string[] {
	return entry.problems.map(({ id, detail }) => `${id}: ${detail}`);
}

describe("one message on two hops", () => {
	test("a proxy with two hops is one session and one dialog; nothing repeats", () => {
		const contact = '<sip:alice@10.0.0.5>;+sip.instance="<urn:uuid:1>"';
		const { s, first, second } = invite({ contact }, { contact });
		const far = s.sip(B, PROXY, response(200, "INVITE", { via: VIA_P, toTag: "b", contact: "<sip:bob@198.51.100.20>" }));
		const near = s.sip(PROXY, A, response(200, "INVITE", { via: VIA_A, toTag: "b", contact: "<sip:bob@198.51.100.20>" }));
		const ack = s.sip(A, PROXY, request("ACK", "sip:bob@198.51.100.20", { branch: "2", toTag: "b" }));
		expect(first.links).toEqual({ session: "c1", dialog: "d1" });
		expect(second.links).toEqual({ session: "c1", dialog: "d1" });
		expect(far.links).toEqual({ session: "c1", dialog: "d1", answers: 2 });
		expect(near.links).toEqual({ session: "c1", dialog: "d1", answers: 1 });
		expect(ack.links).toEqual({ session: "c1", dialog: "d1" });
		s.wait(40);
		expect(s.ids().filter((line) => !line.includes("sip.timeout"))).toEqual([]);
	});

	test("an ALG that rewrites Contact and drops isfocus, instance and a feature tag", () => {
		const { second } = invite(
			{ contact: '<sip:alice@10.0.0.5:5060;transport=udp>;isfocus;+sip.instance="<urn:uuid:1>";+g.oma.sip-im' },
			{ contact: "<sip:alice@203.0.113.9:40123>" },
		);
		expect(texts(second)).toEqual([
			"sip.contact-changed-by-hop: sip:alice@10.0.0.5:5060;transport=udp in entry 1, sip:alice@203.0.113.9:40123 here",
			"sip.isfocus-lost: Contact of entry 1 has it",
			"sip.instance-lost: +sip.instance of entry 1",
			"sip.contact-param-lost: +g.oma.sip-im, URI parameter transport of entry 1",
		]);
		expect(second.problems[1]).toEqual({
			id: "sip.isfocus-lost",
			offset: second.sip.row("contact")!.valueStart,
			length: 29,
			detail: "Contact of entry 1 has it",
		});
	});

	test("an alias parameter that a proxy adds is no change of address", () => {
		const { second } = invite(
			{ contact: "<sip:alice@10.0.0.5>;isfocus" },
			{ contact: "<sip:alice@10.0.0.5;alias=203.0.113.9~5060~1>;isfocus" },
		);
		expect(ids(second)).toEqual([]);
	});

	test("responses are compared on their way back", () => {
		const contact = "<sip:alice@10.0.0.5>";
		const { s } = invite({ contact }, { contact });
		const far = s.sip(B, PROXY, response(200, "INVITE", { via: VIA_P, toTag: "b", contact: "<sip:room@198.51.100.20>;isfocus" }));
		const near = s.sip(PROXY, A, response(200, "INVITE", { via: VIA_A, toTag: "b", contact: "<sip:b2b-91c0@203.0.113.9:5071>" }));
		expect(ids(far)).toEqual([]);
		expect(texts(near)).toEqual([
			"sip.contact-changed-by-hop: sip:room@198.51.100.20 in entry 3, sip:b2b-91c0@203.0.113.9:5071 here",
			"sip.isfocus-lost: Contact of entry 3 has it",
		]);
	});

	test("responses of two branches of a fork are different messages", () => {
		const contact = "<sip:alice@10.0.0.5>";
		const { s } = invite({ contact }, { contact });
		s.sip(B, PROXY, response(180, "INVITE", { via: VIA_P, toTag: "b1", contact: "<sip:bob@198.51.100.20>" }));
		const other = s.sip(PROXY, A, response(180, "INVITE", { via: VIA_A, toTag: "b2", contact: "<sip:bob@198.51.100.21>" }));
		expect(ids(other)).toEqual([]);
	});

	test("a second attempt at another server is not the next hop", () => {
		const s = new Scene();
		s.sip(A, PROXY, request("INVITE", "sip:bob@example.com", { via: VIA_A, contact: "<sip:alice@10.0.0.5>;isfocus" }));
		const retry = s.sip(
			A,
			"192.0.2.10:5060",
			request("INVITE", "sip:bob@example.com", { via: `${VIA_A}x`, contact: "<sip:alice@10.0.0.5:5062>" }),
		);
		expect(ids(retry)).toEqual([]);
	});

	test("SDP: a=path changed, lost, a=msrp-cema lost", () => {
		const contact = "<sip:alice@10.0.0.5>";
		const sdp = msrpSdp("msrp://10.0.0.5:2855/s3cr3tA;tcp", { more: "a=msrp-cema" });
		const changed = msrpSdp("msrp://203.0.113.9:30002/s3cr3tA;tcp");
		expect(texts(invite({ contact, sdp }, { contact, sdp: changed }).second)).toEqual([
			"sdp.path-changed: msrp://10.0.0.5:2855/s3cr3tA;tcp in entry 1, msrp://203.0.113.9:30002/s3cr3tA;tcp here",
			"sdp.cema-lost: entry 1 has it",
		]);
		const lost = sdp.replace(/^a=path.*\n/m, "");
		expect(ids(invite({ contact, sdp }, { contact, sdp: lost }).second)).toEqual(["sdp.path-lost"]);
		expect(ids(invite({ contact, sdp }, { contact, sdp: sdp.replace("c=IN IP4 10.0.0.5", "c=IN IP4 198.51.100.9") }).second)).toEqual([]);
	});
});
