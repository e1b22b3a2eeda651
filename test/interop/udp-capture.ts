/** A little-endian pcap file with SIP messages over UDP, a second apart, from 192.0.2.1 to 192.0.2.2. */
export function udpCapture(messages: readonly (string | Buffer)[]): Buffer {
	const head = Buffer.alloc(24);
	head.writeUInt32LE(0xa1b2c3d4, 0);
	head.writeUInt16LE(2, 4);
	head.writeUInt16LE(4, 6);
	head.writeUInt32LE(65_535, 16);
	head.writeUInt32LE(101, 20);
	const packets = messages.map((message, index) => {
		const sip = typeof message === "string" ? Buffer.from(message) : message;
		const packet = Buffer.alloc(28);
		packet[0] = 0x45;
		packet.writeUInt16BE(28 + sip.length, 2);
		packet[8] = 64;
		packet[9] = 17;
		Buffer.from([192, 0, 2, 1, 192, 0, 2, 2]).copy(packet, 12);
		packet.writeUInt16BE(5060, 20);
		packet.writeUInt16BE(5060, 22);
		packet.writeUInt16BE(8 + sip.length, 24);
		const record = Buffer.alloc(16);
		record.writeUInt32LE(1_700_000_000 + index, 0);
		record.writeUInt32LE(28 + sip.length, 8);
		record.writeUInt32LE(28 + sip.length, 12);
		return Buffer.concat([record, packet, sip]);
	});
	return Buffer.concat([head, ...packets]);
}

/** A SIP request of alice to bob; rows of `more` take the place of its own. */
export function sipRequest(
	number: number,
	method: string,
	type: string,
	body: string,
	more: Readonly<Record<string, string>> = {},
): string {
	const rows: Record<string, string> = {
		Via: `SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${number}`,
		"Max-Forwards": "70",
		From: "<sip:alice@example.com>;tag=1",
		To: "<sip:bob@example.com>",
		"Call-ID": `call-${number}`,
		CSeq: `${number + 1} ${method}`,
		"Content-Type": type,
		...more,
		"Content-Length": String(Buffer.byteLength(body)),
	};
	const lines = Object.entries(rows).map(([name, value]) => `${name}: ${value}\r\n`);
	return `${method} sip:bob@example.com SIP/2.0\r\n${lines.join("")}\r\n${body}`;
}
