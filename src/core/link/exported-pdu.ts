/** What the tags before an exported PDU say (LINKTYPE_WIRESHARK_UPPER_PDU, 252). */
export interface ExportedPdu {
	/** dissector name, e.g. "sip" or "msrp" */
	protocol: string;
	family: 4 | 6;
	/** offsets of the addresses in the packet, -1 when absent */
	source: number;
	target: number;
	sport: number;
	dport: number;
	/** the PDU itself */
	start: number;
	end: number;
}

enum Tag {
	End = 0,
	LinkType = 11,
	DissectorName = 12,
	HeuristicName = 13,
	Ipv4Source = 20,
	Ipv4Target = 21,
	Ipv6Source = 22,
	Ipv6Target = 23,
	SourcePort = 25,
	TargetPort = 26,
}

/** Reads the tag list of buf[start, end); undefined when it is damaged or names no dissector. */
export function readExportedPdu(buf: Buffer, start: number, end: number): ExportedPdu | undefined {
	const pdu: ExportedPdu = { protocol: "", family: 4, source: -1, target: -1, sport: 0, dport: 0, start: -1, end };
	let at = start;
	while (at + 4 <= end) {
		const tag = buf.readUInt16BE(at);
		const length = buf.readUInt16BE(at + 2);
		const value = at + 4;
		if (value + length > end) return undefined;
		at = value + length;
		switch (tag) {
			case Tag.End:
				pdu.start = at;
				return pdu.protocol === "" ? undefined : pdu;
			case Tag.DissectorName:
			case Tag.HeuristicName:
			case 14:
				// Old writers used 12 for "proto name", new ones 12 to 14 for dissector, heuristic and table names.
				if (pdu.protocol === "") pdu.protocol = buf.toString("latin1", value, at).replace(/\0.*$/s, "");
				break;
			case Tag.Ipv4Source:
			case Tag.Ipv6Source:
				pdu.source = value;
				pdu.family = length === 16 ? 6 : 4;
				break;
			case Tag.Ipv4Target:
			case Tag.Ipv6Target:
				pdu.target = value;
				break;
			case Tag.SourcePort:
				if (length >= 4) pdu.sport = buf.readUInt32BE(value) & 0xffff;
				break;
			case Tag.TargetPort:
				if (length >= 4) pdu.dport = buf.readUInt32BE(value) & 0xffff;
				break;
		}
	}
	return undefined;
}
