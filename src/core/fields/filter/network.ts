import { DIAGNOSTICS } from "../../model/diagnostics/index.js";
import type { Entry } from "../../model/entry.js";
import { type FilterField, fieldsOn, nanoseconds } from "./types.js";

const ours = fieldsOn<Entry>(undefined, "mitmsrp");
const wireshark = fieldsOn<Entry>(undefined, "wireshark");

const MESSAGES: FilterField["on"] = ["sip", "msrp"];
const v6 = (entry: Entry): boolean => entry.from.address.includes(":");
const transport = (entry: Entry): "tcp" | "udp" => entry.flow.transport;

/** Bytes of the message as far as they were kept; absent for what is no message. */
function octets(entry: Entry): Buffer | undefined {
	if (entry.protocol === "sip") return entry.sip.bytes.subarray(entry.sip.start, entry.sip.end);
	return entry.protocol === "msrp" ? entry.msrp.bytes.subarray(entry.msrp.start, entry.msrp.end) : undefined;
}

/** Fields about where and when that JSON has in other words, and the names of protocols. */
export const NETWORK_FILTERS: readonly FilterField[] = [
	wireshark("frame", "bytes", "the message as it was on the wire", octets),
	wireshark("frame.len", "number", "octets of the message", (entry) => entry.length),
	wireshark("frame.time", "time", "when the last octet arrived", (entry) => nanoseconds(entry.at)),
	wireshark("frame.time_relative", "time", "seconds since the first packet", (entry, { zero }) =>
		zero === undefined ? undefined : nanoseconds(entry.at) - nanoseconds(zero),
	),
	wireshark("ip", "presence", "over IPv4", (entry) => !v6(entry) || undefined),
	wireshark("ipv6", "presence", "over IPv6", (entry) => v6(entry) || undefined),
	wireshark("tcp", "presence", "over TCP", (entry) => transport(entry) === "tcp" || undefined),
	wireshark("udp", "presence", "over UDP", (entry) => transport(entry) === "udp" || undefined),
	wireshark("ip.addr", "ip", "sender and receiver, IPv4", (entry) => (v6(entry) ? undefined : [entry.from.address, entry.to.address])),
	wireshark("ipv6.addr", "ip", "sender and receiver, IPv6", (entry) => (v6(entry) ? [entry.from.address, entry.to.address] : undefined)),
	wireshark("tcp.port", "number", "ports of sender and receiver, TCP", (entry) =>
		transport(entry) === "tcp" ? [entry.from.port, entry.to.port] : undefined,
	),
	wireshark("udp.port", "number", "ports of sender and receiver, UDP", (entry) =>
		transport(entry) === "udp" ? [entry.from.port, entry.to.port] : undefined,
	),
	{ ...wireshark("sip", "bytes", "a SIP message, as it was on the wire", octets), on: ["sip"] },
	{ ...wireshark("msrp", "bytes", "an MSRP request or response, as it was on the wire", octets), on: ["msrp"] },
	wireshark(
		"tls",
		"presence",
		"in TLS, or about it",
		(entry) => entry.protocol === "tls" || entry.over === "tls" || entry.over === "wss" || undefined,
	),
	wireshark(
		"websocket",
		"presence",
		"in WebSocket, or about it",
		(entry) => entry.protocol === "websocket" || entry.over === "ws" || entry.over === "wss" || undefined,
	),
	ours("leg", "string", "client or server: the side of the proxy; absent in captures of others", (entry) => entry.flow.leg),
	ours("hop", "string", "name of the proxy's hop", (entry) => entry.flow.hop),
	{ ...ours("request", "presence", "a request", (entry) => kindOf(entry) === "request" || undefined), on: MESSAGES },
	{ ...ours("response", "presence", "a response", (entry) => kindOf(entry) === "response" || undefined), on: MESSAGES },
	ours("problem", "string", "ids of the findings about the message (diagnostics.md)", ({ problems }) =>
		problems.length === 0 ? undefined : problems.map(({ id }) => id),
	),
	ours("problem.severity", "string", "error, warn, note or chat, of each finding", ({ problems }) =>
		problems.length === 0 ? undefined : problems.map(({ id }) => DIAGNOSTICS[id].severity),
	),
	ours("problem.detail", "string", "the particular values of each finding", ({ problems }) => {
		const details = problems.flatMap(({ detail }) => (detail === undefined ? [] : [detail]));
		return details.length === 0 ? undefined : details;
	}),
];

function kindOf(entry: Entry): "request" | "response" | undefined {
	return entry.protocol === "sip" ? entry.sip.kind : entry.protocol === "msrp" ? entry.msrp.kind : undefined;
}
