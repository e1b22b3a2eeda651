import { describe, expect, it } from "vitest";
import { Drive } from "./drive.js";

const SDP =
	"v=0\r\no=- 1 1 IN IP4 10.0.0.5\r\ns=-\r\nc=IN IP4 10.0.0.5\r\nt=0 0\r\nm=message 2855 TCP/MSRP *\r\na=accept-types:*\r\na=path:msrp://10.0.0.5:2855/s3cr3tA;tcp\r\n";

function invite(vias: string[], body: string, length: number): string {
	return [
		"INVITE sip:bob@example.com SIP/2.0",
		...vias.map((via) => `Via: ${via}`),
		"Max-Forwards: 70",
		"From: <sip:alice@example.com>;tag=f1",
		"To: <sip:bob@example.com>",
		"Call-ID: c1@10.0.0.5",
		"CSeq: 1 INVITE",
		"Contact: <sip:alice@10.0.0.5:5060>",
		"Content-Type: application/sdp",
		`Content-Length: ${length}`,
		"",
		body,
	].join("\r\n");
}

/** The ids that the INVITE behind the box shows. */
function behindBox(body: string, length: number): string[] {
	const drive = new Drive();
	const before = "SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKa1";
	const udp = { transport: "udp", openerKnown: false } as const;
	drive.connect("10.0.0.5:5060", "192.0.2.9:5060", udp).send("a", invite([before], SDP, SDP.length));
	drive
		.connect("192.0.2.9:5060", "198.51.100.20:5060", udp)
		.send("a", invite(["SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKp1", before], body, length));
	return (drive.entries[1]?.problems ?? []).map((problem) => problem.id);
}

describe("sip.sdp-content-length-stale", () => {
	const rewritten = SDP.replaceAll("10.0.0.5", "203.0.113.9");

	it("fires when a box rewrote the SDP and left the old length", () => {
		expect(behindBox(rewritten, SDP.length)).toContain("sip.sdp-content-length-stale");
	});

	it("stays silent when the length was mended, when nothing was rewritten, and for a wrong length of other making", () => {
		expect(behindBox(rewritten, rewritten.length)).not.toContain("sip.sdp-content-length-stale");
		expect(behindBox(SDP, SDP.length)).not.toContain("sip.sdp-content-length-stale");
		expect(behindBox(rewritten, rewritten.length - 3)).not.toContain("sip.sdp-content-length-stale");
	});
});
