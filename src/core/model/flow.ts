import type { DiagnosticId } from "./diagnostics/index.js";
import type { Entry } from "./entry.js";
import type { Moment } from "./time.js";

/** 0: from `flow.a` to `flow.b`; 1: the other way. For TCP `a` is who opened the connection, or who sent first when no SYN was seen. */
export type Direction = 0 | 1;

export interface Endpoint {
	/** numeric address in normal text form: 192.0.2.1 or 2001:db8::1, no brackets */
	address: string;
	port: number;
}

/** What carries a message, outermost name the user knows: SIP over "wss" is SIP in WebSocket in TLS in TCP. */
export type Carrier = "udp" | "tcp" | "tls" | "ws" | "wss" | "exported";

export interface Flow {
	/** 1-based, in order of first packet */
	id: number;
	transport: "tcp" | "udp";
	a: Endpoint;
	b: Endpoint;
	/** a SYN was seen, so `a` is known to be the opener */
	openerKnown: boolean;
	/** the first packet of the TCP flow was not a SYN */
	midStream: boolean;
	/** tunnels outside in, e.g. "gtp-u teid 0x1" ; empty when none */
	tunnels: readonly string[];
	began: Moment;
	/**
	 * already decoded by who captured it (exported PDU, decrypted proxy recording): upper protocol name,
	 * so no detection is needed; undefined otherwise
	 */
	protocolHint?: string;
	/**
	 * What carried the octets when the live proxy took off a layer of its own: "tls" (they are the plain text of TLS), "ws" and "wss"
	 * (every call of FlowSink.data is one WebSocket message). Undefined: they are what was on the wire.
	 */
	carrier?: Exclude<Carrier, "exported">;
	/** which side of the live proxy this flow is; undefined for captures */
	leg?: "client" | "server";
	/** name of the hop of the live proxy that the flow belongs to */
	hop?: string;
	/** Whoever made the flow sees each of its entries before it is delivered, and may add to it. */
	annotate?(entry: Entry): void;
}

export type CloseHow = "fin" | "rst" | "idle" | "end-of-capture";

/**
 * Receives what one flow carries, in order. Whoever creates flows (link layer, live proxy, replay) calls it;
 * `at` and the octets are only lent for the duration of the call.
 */
export interface FlowSink {
	/** TCP: the next octets of the stream. UDP: exactly one datagram. */
	data(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void;
	/** octets that the capture lacks; `length` is exact where sequence numbers tell, else 0 */
	gap(dir: Direction, length: number, at: Moment): void;
	/** one direction (fin) or both (all others; then dir is who caused it) are over; nothing follows in that direction */
	close(dir: Direction, how: CloseHow, at: Moment): void;
	/** a finding of the transport layer */
	problem(dir: Direction, id: DiagnosticId, detail: string, at: Moment): void;
	/** false when nobody looks at the octets any more: TCP reassembly may then drop payload unbuffered */
	interested(dir: Direction): boolean;
}

export type OpenFlow = (flow: Flow) => FlowSink;
