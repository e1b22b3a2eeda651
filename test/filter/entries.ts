import type { Entry } from "../../src/index.js";
import { Drive, msrpSend, sip } from "../pipeline/drive.js";

export const A = "msrp://192.0.2.1:7000/aaaa;tcp";
export const B = "msrp://198.51.100.2:2855/bbbb;tcp";
const CPIM = "From: Room <sip:room@example.com;isfocus>\r\nTo: <sip:a@example.com>\r\n\r\nContent-Type: text/plain\r\n\r\nhi there";
const SDP = `v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=message 7000 TCP/MSRP *\r\na=accept-types:*\r\na=path:${A}\r\n`;
const ANSWER = SDP.replaceAll("192.0.2.1", "198.51.100.2").replaceAll("7000", "2855").replaceAll("aaaa", "bbbb");

const headers = (cseq: string, more: Record<string, string> = {}) => ({
	Via: "SIP/2.0/TCP 192.0.2.1:5062;branch=z9hG4bKq1;rport, SIP/2.0/UDP proxy.example.net;branch=z9hG4bKq0",
	"Max-Forwards": "70",
	From: '"Alice" <sip:alice:secret@example.com:5070;lr>;tag=1a',
	To: "<sip:bob@example.com>",
	"Call-ID": "call-1@example.com",
	CSeq: cseq,
	Contact: "<sip:alice@192.0.2.1;transport=tcp>;isfocus",
	...more,
});

/** What the tests ask: 1 INVITE with SDP, 2 its 200, 3 SEND with CPIM, 4 its 200, 5 SEND of a picture, 6 REPORT, 7 OPTIONS over UDP and IPv6. */
export function entries(): Entry[] {
	const drive = new Drive({ classify: {} });
	const signalling = drive.connect("192.0.2.1:40000", "198.51.100.2:5060", { leg: "client", hop: "sip" });
	signalling.send("a", sip("INVITE sip:bob@example.com:5080;user=phone SIP/2.0", headers("1 INVITE"), SDP));
	signalling.send("b", sip("SIP/2.0 200 OK", headers("1 INVITE", { To: "<sip:bob@example.com>;tag=2b" }), ANSWER));
	const chat = drive.connect("192.0.2.1:40001", "198.51.100.2:2855", { leg: "server" });
	chat.send("a", msrpSend("abcd1", B, A, CPIM, "message/cpim"));
	chat.send("b", `MSRP abcd1 200 OK\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\n-------abcd1$\r\n`);
	chat.send("a", msrpSend("abcd2", B, A, "PNG", "image/png"));
	chat.send(
		"b",
		`MSRP abcd3 REPORT\r\nTo-Path: ${A}\r\nFrom-Path: ${B}\r\nMessage-ID: m-abcd2\r\nByte-Range: 1-3/3\r\nStatus: 000 200 OK\r\n-------abcd3$\r\n`,
	);
	drive
		.connect("2001:db8::1:5060", "2001:db8::2:5061", { transport: "udp" })
		.send(
			"a",
			sip("OPTIONS sip:carol@[2001:db8::2] SIP/2.0", headers("7 OPTIONS", { "Call-ID": "call-7@example.com", "User-Agent": "Büro phone" })),
		);
	return drive.entries;
}
