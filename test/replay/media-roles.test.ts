import { describe, expect, it } from "vitest";
import { MediaRoles } from "../../src/core/replay/media-roles.js";

const sdp = (uri: string, setup?: string, more = ""): string =>
	`v=0\r\nm=message 9 TCP/MSRP *\r\na=path:${uri}\r\n${setup === undefined ? "" : `a=setup:${setup}\r\n`}${more}`;
const message = (start: string, method: string, body: string, number = 1): Buffer =>
	Buffer.from(
		`${start}\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nCall-ID: c\r\nCSeq: ${number} ${method}\r\n${body === "" ? "" : "Content-Type: application/sdp\r\n"}Content-Length: ${body.length}\r\n\r\n${body}`,
	);
const invite = (body: string): Buffer => message("INVITE sip:b@example.com SIP/2.0", "INVITE", body);
const ok = (body: string): Buffer => message("SIP/2.0 200 OK", "INVITE", body);
const ack = (body: string): Buffer => message("ACK sip:b@example.com SIP/2.0", "ACK", body);
const OURS = "msrp://192.0.2.1:2855/ours;tcp";
const THEIRS = "msrp://192.0.2.2:2855/theirs;tcp";

describe("who opens the MSRP connection", () => {
	it.each([
		[undefined, undefined, true],
		["actpass", "passive", true],
		["actpass", "active", false],
		["active", "passive", true],
		["passive", "active", false],
		["active", undefined, true],
	] as const)("offer of ours says %s, their answer %s: ours %s", (offer, answer, opens) => {
		const roles = new MediaRoles();
		roles.said(invite(sdp(OURS, offer)), true);
		expect(roles.opens(OURS)).toBeUndefined();
		roles.said(ok(sdp(THEIRS, answer)), false);
		expect([roles.opens(OURS), roles.opens(THEIRS)]).toEqual([opens, opens]);
	});

	it("without a=setup it is who offers, also where the offer is in the 200 and the answer in the ACK", () => {
		const theirs = new MediaRoles();
		theirs.said(invite(sdp(THEIRS)), false);
		theirs.said(ok(sdp(OURS)), true);
		expect(theirs.opens(OURS)).toBe(false);
		const late = new MediaRoles();
		late.said(invite(""), true);
		late.said(ok(sdp(THEIRS)), false);
		late.said(ack(sdp(OURS)), true);
		expect(late.opens(OURS)).toBe(false);
		expect(late.opens("msrp://192.0.2.9:1/other;tcp")).toBeUndefined();
	});
});

describe("a=setup of our answer", () => {
	it.each([
		["active", "passive"],
		["passive", "active"],
		["actpass", undefined],
		[undefined, undefined],
	] as const)("to an offer that says %s where the recorded one said something else: %s", (offer, answer) => {
		const roles = new MediaRoles();
		roles.said(invite(sdp(THEIRS, offer)), false, invite(sdp(THEIRS, "holdconn")));
		expect(roles.answerSetup(ok(sdp(OURS, "passive")))).toBe(answer);
	});

	it("stays, right or wrong, where the offer says what the recorded one said; and in offers of ours", () => {
		const roles = new MediaRoles();
		roles.said(invite(sdp(THEIRS, "passive")), false, invite(sdp(THEIRS, "passive")));
		expect(roles.answerSetup(ok(sdp(OURS, "passive")))).toBeUndefined();
		expect(new MediaRoles().answerSetup(invite(sdp(OURS, "active")))).toBeUndefined();
	});
});

it("knows the fingerprint that the peer gave, by either URI", () => {
	const roles = new MediaRoles();
	roles.said(invite(sdp(OURS, "active", "a=fingerprint:SHA-256 01\r\n")), true);
	expect(roles.fingerprint(THEIRS)).toBeUndefined();
	roles.said(ok(sdp(THEIRS, "passive", "a=fingerprint:SHA-256 AB:CD\r\n")), false);
	expect([roles.fingerprint(THEIRS), roles.fingerprint(OURS)]).toEqual(["SHA-256 AB:CD", "SHA-256 AB:CD"]);
});

it("what is no SIP with a description says nothing", () => {
	const roles = new MediaRoles();
	for (const octets of [Buffer.from("hello"), invite(""), Buffer.alloc(0)]) roles.said(octets, false);
	expect(roles.answerSetup(Buffer.from("hello"))).toBeUndefined();
	expect(roles.opens(OURS)).toBeUndefined();
});
