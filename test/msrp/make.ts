/** Makes MSRP frames for tests. Texts are octets, one character each. */
export const TO = "msrp://bob.example:8493/bQw91LmZ;tcp";
export const FROM = "msrp://alice.example:7394/aHj38sK2;tcp";

export interface Making {
	id?: string;
	method?: string;
	to?: string;
	from?: string;
	messageId?: string;
	range?: string;
	/** further header lines */
	headers?: string[];
	type?: string;
	body?: string | undefined;
	flag?: string;
}

export function request({
	id = "tid0001",
	method = "SEND",
	to = TO,
	from = FROM,
	messageId = "m-1",
	range,
	headers = [],
	type = "text/plain",
	body,
	flag = "$",
}: Making = {}): string {
	const lines = [`MSRP ${id} ${method}`, `To-Path: ${to}`, `From-Path: ${from}`];
	if (messageId !== "") lines.push(`Message-ID: ${messageId}`);
	if (range !== undefined) lines.push(`Byte-Range: ${range}`);
	lines.push(...headers);
	if (body !== undefined) lines.push(`Content-Type: ${type}`, "", body);
	lines.push(`-------${id}${flag}`, "");
	return lines.join("\r\n");
}

export function response(id: string, status: string, to = FROM, from = TO): string {
	return `MSRP ${id} ${status}\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\n-------${id}$\r\n`;
}

export function octets(text: string): Buffer {
	return Buffer.from(text, "latin1");
}
