import type { Endpoint } from "../model/flow.js";
import { addressPair } from "./address.js";
import type { Stamp } from "./ip-packet.js";
import { packetBlock } from "./packet-block.js";

const TAG = {
	end: 0,
	dissector: 12,
	ipv4Source: 20,
	ipv4Target: 21,
	ipv6Source: 22,
	ipv6Target: 23,
	portType: 24,
	sport: 25,
	dport: 26,
} as const;
/** values of the port type tag (epan/exported_pdu.h) */
const PORT_TYPE = { tcp: 2, udp: 3 } as const;

export interface Pdu {
	/** name of Wireshark's dissector */
	protocol: "sip" | "msrp";
	transport: "tcp" | "udp";
	from: Endpoint;
	to: Endpoint;
	octets: Uint8Array;
	/** octets of the message on the wire */
	length: number;
}

/** One message with the tags of LINKTYPE_WIRESHARK_UPPER_PDU in an Enhanced Packet Block. */
export function exportedPdu(pdu: Pdu, stamp: Stamp): Buffer {
	const [source, target] = addressPair(pdu.from.address, pdu.to.address);
	const v4 = source.length === 4;
	const tags = Buffer.concat([
		tag(TAG.dissector, text(pdu.protocol)),
		tag(v4 ? TAG.ipv4Source : TAG.ipv6Source, source),
		tag(v4 ? TAG.ipv4Target : TAG.ipv6Target, target),
		tag(TAG.portType, word(PORT_TYPE[pdu.transport])),
		tag(TAG.sport, word(pdu.from.port)),
		tag(TAG.dport, word(pdu.to.port)),
		tag(TAG.end, Buffer.alloc(0)),
	]);
	const missing = pdu.length - pdu.octets.length;
	const length = tags.length + pdu.octets.length;
	const { block, at } = packetBlock(stamp.interfaceId, stamp.at, length, stamp.comments, Math.min(length + missing, 0xffff_ffff));
	tags.copy(block, at);
	block.set(pdu.octets, at + tags.length);
	return block;
}

function tag(code: number, value: Buffer): Buffer {
	const head = Buffer.alloc(4);
	head.writeUInt16BE(code, 0);
	head.writeUInt16BE(value.length, 2);
	return Buffer.concat([head, value]);
}

/** Strings are padded with zeros to four octets, and the padding counts. */
function text(value: string): Buffer {
	const out = Buffer.alloc((value.length + 3) & ~3);
	out.write(value, "latin1");
	return out;
}

function word(value: number): Buffer {
	const out = Buffer.alloc(4);
	out.writeUInt32BE(value);
	return out;
}
