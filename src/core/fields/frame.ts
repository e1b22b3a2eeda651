import type { Entry } from "../model/entry.js";
import { formatEpoch } from "../model/time.js";
import { type Field, own, some, wireshark } from "./types.js";

const v6 = (entry: Entry): boolean => entry.from.address.includes(":");
const tcp = (entry: Entry): boolean => entry.flow.transport === "tcp";

/** Fields that every entry has: when, where, and what it belongs to. */
export const FRAME_FIELDS: readonly Field[] = [
	own("entry", "integer", "number of the entry, from 1, in order of completion", (entry) => entry.number),
	own("protocol", "string", "sip, msrp, tls, websocket, tcp, unparsed or keepalive", (entry) => entry.protocol),
	wireshark(
		"frame.number",
		"integer",
		"packet that completed the message, from 1; absent on live traffic",
		(entry) => entry.at.packet || undefined,
	),
	wireshark("frame.time_epoch", "epoch", "when the last octet arrived, seconds since 1970", (entry) => formatEpoch(entry.at)),
	own("began", "epoch", "when the first octet arrived, where that was another moment", (entry) =>
		entry.began.sec === entry.at.sec && entry.began.nsec === entry.at.nsec ? undefined : formatEpoch(entry.began),
	),
	wireshark("ip.src", "string", "sender, IPv4", (entry) => (v6(entry) ? undefined : entry.from.address)),
	wireshark("ip.dst", "string", "receiver, IPv4", (entry) => (v6(entry) ? undefined : entry.to.address)),
	wireshark("ipv6.src", "string", "sender, IPv6", (entry) => (v6(entry) ? entry.from.address : undefined)),
	wireshark("ipv6.dst", "string", "receiver, IPv6", (entry) => (v6(entry) ? entry.to.address : undefined)),
	wireshark("tcp.srcport", "integer", "port of the sender, TCP", (entry) => (tcp(entry) ? entry.from.port : undefined)),
	wireshark("tcp.dstport", "integer", "port of the receiver, TCP", (entry) => (tcp(entry) ? entry.to.port : undefined)),
	wireshark("udp.srcport", "integer", "port of the sender, UDP", (entry) => (tcp(entry) ? undefined : entry.from.port)),
	wireshark("udp.dstport", "integer", "port of the receiver, UDP", (entry) => (tcp(entry) ? undefined : entry.to.port)),
	own("flow", "integer", "number of the connection or UDP address pair, from 1", (entry) => entry.flow.id),
	own("direction", "integer", "0: from the opener of the flow; 1: to it", (entry) => entry.dir),
	own("carrier", "string", "udp, tcp, tls, ws, wss or exported", (entry) => entry.over),
	own("tunnels", "strings", "tunnels around the flow, outermost first", (entry) => some(entry.flow.tunnels)),
	own("offset", "integer", "octets before the message in its direction of the stream", (entry) => entry.offset),
	own("length", "integer", "octets of the message", (entry) => entry.length),
	own("session", "string", "call, subscription or chat that it belongs to; what --session takes", (entry) => entry.links.session),
	own("dialog", "string", "SIP dialog that it belongs to", (entry) => entry.links.dialog),
	own("answers", "integer", "entry that this one answers or reports on", (entry) => entry.links.answers),
	own(
		"repeats",
		"integer",
		"earlier entry with the same message: a retransmission, or the other side of a proxy",
		(entry) => entry.links.repeats,
	),
	own("mark", "strings", "marks put on the entry by hand, by a rule or over the API", (entry) => entry.marks),
	own("chat", "string", "MSRP message whose chunks and reports share this key", (entry) => entry.links.chat),
];
