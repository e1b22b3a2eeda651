import type { Problem } from "../../model/problem.js";

/** One line; offsets count from the first octet of the SDP body. */
export interface SdpLine {
	type: string;
	value: string;
	/** whole line with its line end */
	start: number;
	end: number;
	valueStart: number;
	valueEnd: number;
}

export interface SdpAttribute {
	name: string;
	/** undefined for a property attribute */
	value: string | undefined;
	line: SdpLine;
}

export interface SdpConnection {
	netType: string;
	addrType: string;
	address: string;
	line: SdpLine;
}

export type SetupRole = "active" | "passive" | "actpass" | "holdconn";

/** What RFC 4975, 4976, 5547, 6135, 6714 and 7701 put into an MSRP media description. */
export interface SdpMsrp {
	path: string[];
	acceptTypes: string[] | undefined;
	acceptWrappedTypes: string[] | undefined;
	maxSize: number | undefined;
	setup: SetupRole | undefined;
	cema: boolean;
	fingerprint: string | undefined;
	/** RFC 7701: undefined when the attribute is absent, else its tokens (maybe none) */
	chatroom: string[] | undefined;
	fileSelector: { name?: string; type?: string; size?: number; hash?: string } | undefined;
	fileTransferId: string | undefined;
	fileDisposition: string | undefined;
	fileRange: { start: number; end: number | undefined } | undefined;
}

export interface SdpMedia {
	index: number;
	line: SdpLine;
	media: string;
	port: number;
	portCount: number;
	proto: string;
	formats: string[];
	connection: SdpConnection | undefined;
	attributes: SdpAttribute[];
	direction: "sendrecv" | "sendonly" | "recvonly" | "inactive";
	/** present when proto is TCP/MSRP or TCP/TLS/MSRP */
	msrp: SdpMsrp | undefined;
}

export interface Sdp {
	lines: SdpLine[];
	origin:
		| { user: string; sessionId: string; version: string; netType: string; addrType: string; address: string; line: SdpLine }
		| undefined;
	sessionName: string | undefined;
	connection: SdpConnection | undefined;
	attributes: SdpAttribute[];
	media: SdpMedia[];
	problems: Problem[];
}
