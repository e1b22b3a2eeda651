/** Bounds that keep hostile input from using memory or time. Each is a setting; the numbers are the defaults. */
export interface Limits {
	/** octets of one message's content that are kept for decoding; the rest is counted and passed by */
	inspect: number;
	sipStartLine: number;
	sipHeaderLine: number;
	sipHeaderSection: number;
	sipHeaders: number;
	mimeDepth: number;
	msrpLine: number;
	msrpHead: number;
	/** octets of one reassembled MSRP message that are kept */
	msrpMessage: number;
	/** MSRP messages that are open at once, per flow table */
	msrpOpenMessages: number;
	/** MSRP messages, and entries, that later chunks, reports and findings can still refer to: at least half of that number */
	msrpRemembered: number;
	/** transactions (SIP and MSRP) that are open at once */
	openTransactions: number;
	sessions: number;
	webSocketMessage: number;
	httpHead: number;
	/** out-of-order TCP octets and segments held per direction */
	tcpReorderBytes: number;
	tcpReorderSegments: number;
	/** out-of-order TCP octets held over all flows */
	tcpReorderTotal: number;
	/** live flows; the longest idle one is closed beyond that */
	flows: number;
	/** seconds of capture time after which a flow counts as idle */
	tcpIdle: number;
	udpIdle: number;
	packet: number;
	pcapngBlock: number;
	xml: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = Object.freeze({
	inspect: 1 << 20,
	sipStartLine: 8 << 10,
	sipHeaderLine: 16 << 10,
	sipHeaderSection: 64 << 10,
	sipHeaders: 256,
	mimeDepth: 32,
	msrpLine: 16 << 10,
	msrpHead: 64 << 10,
	msrpMessage: 1 << 20,
	msrpOpenMessages: 10_000,
	msrpRemembered: 32_768,
	openTransactions: 100_000,
	sessions: 100_000,
	webSocketMessage: 16 << 20,
	httpHead: 16 << 10,
	tcpReorderBytes: 4 << 20,
	tcpReorderSegments: 4096,
	tcpReorderTotal: 64 << 20,
	flows: 200_000,
	tcpIdle: 3600,
	udpIdle: 600,
	packet: 256 << 10,
	pcapngBlock: 64 << 20,
	xml: 64 << 10,
});
