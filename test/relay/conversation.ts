/** A call of a user to a room, whose messages then come over MSRP (classification specification, context K1). */
export const ROOM = "sip:sess-7f3a@focus.im.example.com";
export const FOCUS_PATH = "msrp://198.51.100.2:2855/s7f3aB0b;tcp";
export const CLIENT_PATH = "msrp://192.0.2.1:7654/k3j9s2x0;tcp";

function message(start: string, headers: readonly string[], body = ""): string {
	const type = body === "" ? [] : ["Content-Type: application/sdp"];
	return [start, ...headers, ...type, `Content-Length: ${body.length}`, "", body].join("\r\n");
}

function sdp(path: string, setup: string, more = ""): string {
	const [, host, port] = /\/\/([^:]+):(\d+)/.exec(path)!;
	return `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=message ${port} TCP/MSRP *\r\na=accept-types:message/cpim\r\na=accept-wrapped-types:*\r\na=setup:${setup}\r\na=path:${path}\r\n${more}`;
}

const dialog = (method: string, n: number, toTag: string) => [
	`Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bKb${n}`,
	"From: <sip:bob@example.com>;tag=9fx",
	`To: <sip:conf-factory@im.example.com>${toTag}`,
	"Call-ID: c1@ue-bob",
	`CSeq: ${n} ${method}`,
];

export const INVITE = message(
	"INVITE sip:conf-factory@im.example.com SIP/2.0",
	[...dialog("INVITE", 1, ""), "Max-Forwards: 70", "Contact: <sip:bob@192.0.2.1:5060;transport=tcp>"],
	sdp(CLIENT_PATH, "active"),
);
export const OK = message(
	"SIP/2.0 200 OK",
	[...dialog("INVITE", 1, ";tag=832"), `Contact: <${ROOM};isfocus>;isfocus`, "Server: IM-serv/OMA2.0 ExampleFocus/1.4"],
	sdp(FOCUS_PATH, "passive", "a=chatroom:private-messages\r\n"),
);
export const ack = (uri: string) => message(`ACK ${uri} SIP/2.0`, [...dialog("ACK", 1, ";tag=832"), "Max-Forwards: 70"]);
export const bye = (uri: string) => message(`BYE ${uri} SIP/2.0`, [...dialog("BYE", 2, ";tag=832"), "Max-Forwards: 70"]);
export const BYE_OK = message("SIP/2.0 200 OK", dialog("BYE", 2, ";tag=832"));

/** One message of the room to the client, as CPIM in one SEND. */
export function fromRoom(id: string, from: string, to: string, text = "hello"): string {
	const body = `From: <${from}>\r\nTo: <${to}>\r\nDateTime: 2026-03-02T15:02:31Z\r\n\r\nContent-Type: text/plain;charset=utf-8\r\n\r\n${text}`;
	return `MSRP ${id} SEND\r\nTo-Path: ${CLIENT_PATH}\r\nFrom-Path: ${FOCUS_PATH}\r\nMessage-ID: m-${id}\r\nByte-Range: 1-${body.length}/${body.length}\r\nContent-Type: message/cpim\r\n\r\n${body}\r\n-------${id}$\r\n`;
}

export function accepted(id: string): string {
	return `MSRP ${id} 200 OK\r\nTo-Path: ${FOCUS_PATH}\r\nFrom-Path: ${CLIENT_PATH}\r\n-------${id}$\r\n`;
}

/** The URI in the Contact of a message. */
export function contactOf(text: string): string {
	return /^Contact: <([^>]*)>/m.exec(text)![1]!;
}
