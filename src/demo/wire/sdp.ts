export interface SdpParts {
	/** numeric; IPv6 without brackets */
	address: string;
	sessionId: number;
	version: number;
	port: number;
	secure: boolean;
	path: string;
	acceptTypes: readonly string[];
	acceptWrappedTypes?: readonly string[] | undefined;
	setup?: "active" | "passive" | "actpass" | undefined;
	/** RFC 7701: tokens of a=chatroom; undefined: no such line */
	chatroom?: readonly string[] | undefined;
}

/** One MSRP media description (RFC 4975 §8, RFC 6135 §4, RFC 7701 §8). */
export function msrpSdp(parts: SdpParts): Buffer {
	const family = parts.address.includes(":") ? "IP6" : "IP4";
	const lines = [
		"v=0",
		`o=- ${parts.sessionId} ${parts.version} IN ${family} ${parts.address}`,
		"s=-",
		`c=IN ${family} ${parts.address}`,
		"t=0 0",
		`m=message ${parts.port} ${parts.secure ? "TCP/TLS/MSRP" : "TCP/MSRP"} *`,
		`a=path:${parts.path}`,
		`a=accept-types:${parts.acceptTypes.join(" ")}`,
	];
	if (parts.acceptWrappedTypes !== undefined) lines.push(`a=accept-wrapped-types:${parts.acceptWrappedTypes.join(" ")}`);
	if (parts.setup !== undefined) lines.push(`a=setup:${parts.setup}`);
	if (parts.chatroom !== undefined) lines.push(parts.chatroom.length === 0 ? "a=chatroom" : `a=chatroom:${parts.chatroom.join(" ")}`);
	return Buffer.from(`${lines.join("\r\n")}\r\n`);
}
